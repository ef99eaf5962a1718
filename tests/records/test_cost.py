import math

from cellwise.records import CostRecord, from_plain, to_plain


def test_a_cohort_that_was_not_trained_has_no_measured_time(make_record):
    plain = to_plain(make_record(CostRecord, predicted_seconds=2.0))
    assert plain["seconds"] is None and math.isnan(from_plain(CostRecord, plain).seconds)
    assert plain["predicted_seconds"] == 2.0
