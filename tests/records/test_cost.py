import math

from cellwise.records import CostRecord, from_plain, to_plain


def test_a_cohort_that_was_not_trained_has_no_measured_time():
    record = CostRecord(
        stage="width",
        architecture="lstm(2)",
        num_models=27,
        predicted_seconds=2.0,
        least_seconds=1.0,
        most_seconds=3.0,
        predicted_bytes=10,
    )
    plain = to_plain(record)
    assert plain["seconds"] is None and math.isnan(from_plain(CostRecord, plain).seconds)
    assert plain["predicted_seconds"] == 2.0
