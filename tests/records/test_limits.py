import math

from cellwise.records import LimitRecord, LimitsRecord, from_plain, to_plain


def test_limits_come_back_from_json():
    rule = LimitRecord(
        key="cover",
        name="cover",
        side="gap",
        value=math.nan,
        kind="theorem",
        assumptions="",
        source="",
        silence="not stated",
    )
    limits = LimitsRecord(
        architecture="lstm(8)",
        num_layers=1,
        cells=8,
        num_parameters=329,
        num_targets=100,
        num_independent=10,
        memory=0,
        limits=(rule,),
    )
    found = from_plain(LimitsRecord, to_plain(limits))
    assert math.isnan(found.limits[0].value) and found.limits[0].silence == "not stated"
    assert found.cells == 8
