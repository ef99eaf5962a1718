import math
from dataclasses import replace

import pytest

from cellwise.records import AlphaStep, RatePoint, StageRecord, TuningRecord, from_plain, to_plain


@pytest.fixture
def stage(make_record):
    return make_record(StageRecord, name="dropout", before="dropout 0", after="dropout 0.2")


def test_stage_has_changed_something_where_it_ends_otherwise(stage):
    assert stage.changed and not replace(stage, after="dropout 0").changed


def test_tuning_round_trips_with_what_was_not_measured(stage):
    record = TuningRecord(
        architecture="lstm(4)",
        settings={"schedule": "step", "dropout": 0.2},
        error_before=0.5,
        error=0.4,
        stages=(stage,),
        range_test=(RatePoint(learning_rate=1.0, error=math.nan),),
        alpha=(AlphaStep(alpha=2, cells_by_windows=10.5, cells_by_independent=0.3),),
    )
    again = from_plain(TuningRecord, to_plain(record))
    assert math.isnan(again.range_test[0].error) and math.isnan(again.alpha[0].gap)
    assert again.stages == record.stages and again.settings == record.settings
