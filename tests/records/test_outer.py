import math

import pytest

from cellwise.records import OuterFoldRecord, OuterRecord, Spread, from_plain, to_plain


def fold(**changes):
    values = {
        "name": "outer fold 1",
        "num_rows": 200,
        "num_windows": 20,
        "num_candidates": 4,
        "architecture": "lstm(4)",
        "best": 0.4,
        "validation": 0.42,
        "errors": (0.5, 0.54),
        "benchmark": "ridge",
        "benchmark_validation": 0.5,
        "benchmark_test": 0.6,
    }
    return OuterFoldRecord(**{**values, **changes})


def test_optimism_is_split_into_harder_rows_and_selection():
    one = fold()
    assert one.test == pytest.approx(0.52)
    assert one.optimism == pytest.approx(0.3)  # 0.52 / 0.4
    assert one.drift == pytest.approx(0.2)  # 0.6 / 0.5
    assert one.selection == pytest.approx(1.3 / 1.2 - 1)


def test_a_fold_without_a_network_has_no_numbers_and_is_left_out():
    none = fold(architecture="", errors=(), best=math.nan)
    assert math.isnan(none.optimism) and math.isnan(none.selection)
    whole = OuterRecord(num_folds=3, folds=(fold(), none, fold(errors=(0.6,))))
    assert whole.test == Spread(
        mean=pytest.approx(0.56), standard_error=pytest.approx(0.04), count=2
    )
    assert whole.sizes == ("lstm(4)", "", "lstm(4)")


def test_spread_of_one_and_of_none():
    one, none = Spread.of([0.5]), Spread.of([math.nan])
    assert one.mean == 0.5 and math.isnan(one.standard_error)
    assert none.count == 0 and math.isnan(none.mean)


def test_a_record_comes_back_from_json():
    whole = OuterRecord(num_folds=2, folds=(fold(settings={"learning_rate": 0.01, "l1": 0}),))
    assert from_plain(OuterRecord, to_plain(whole)) == whole
