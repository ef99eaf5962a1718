import math

from cellwise.records import LimitRecord, LimitsRecord, from_plain, to_plain


def test_limits_come_back_from_json(make_record):
    rule = make_record(LimitRecord, value=math.nan, silence="not stated")
    limits = make_record(LimitsRecord, cells=8, limits=(rule,))
    found = from_plain(LimitsRecord, to_plain(limits))
    assert math.isnan(found.limits[0].value) and found.limits[0].silence == "not stated"
    assert found.cells == 8
