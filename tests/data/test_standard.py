import numpy as np
import pytest

from cellwise.data._standard import column_scales, series_scales, standardise


def test_seasonal_naive_error_is_in_standard_deviations():
    # differences at lag 2 are all 1; the standard deviation of 0 5 1 6 is 2.5495
    assert series_scales(np.array([0.0, 5, 1, 6]), 2) == pytest.approx((3.0, 2.549510, 0.392232))


def test_exact_season_falls_back_to_the_naive_error():
    assert series_scales(np.array([0.0, 2, 0, 2]), 2)[2] == pytest.approx(2.0)


def test_short_series_falls_back_to_the_naive_error():
    assert series_scales(np.array([0.0, 2.0]), 24)[2] == pytest.approx(2.0)


def test_constant_has_scale_one():
    assert series_scales(np.full(1000, 0.1), 1) == pytest.approx((0.1, 1.0, 1.0))
    np.testing.assert_allclose(column_scales(np.full((1000, 1), 0.1)), [[0.1, 1.0]])


def test_columns_are_measured_in_their_scales():
    values = np.array([[1.0, 10.0], [3.0, 30.0]])
    found = standardise(values, column_scales(values))
    np.testing.assert_array_equal(found, np.array([[-1, -1], [1, 1]], dtype=np.float32))


def test_worked_scale_of_mase():
    # theory.md 11
    _, scale, relative = series_scales(np.array([10.0, 12, 11, 13, 12, 14, 13, 15]), 1)
    assert relative * scale == pytest.approx(1.571429, abs=5e-7)
