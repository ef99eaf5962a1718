from dataclasses import replace

import numpy as np
import pytest

from cellwise.data import WindowReader, anchors
from cellwise.data._gains import measure_gains


@pytest.mark.parametrize("anchor", ["last", "mean", "none"])
def test_anchors_agree_with_the_window_reader(ramp, anchor):
    data = replace(ramp, anchor=anchor)
    starts = np.array([0, 5, 11])
    expected = WindowReader(data).read(starts[None])[1][0]
    np.testing.assert_allclose(anchors(data, starts), expected, rtol=1e-6)


def test_gains_of_a_ramp_by_hand(ramp):
    # with step d, contexts are d * (-3, -2, -1, 0) and targets d * (1, 2) from their last value
    step = 1 / ramp.series[0].scale
    input_gain, output_gain = measure_gains(ramp, np.arange(30))
    assert input_gain == pytest.approx(1 / (step * np.sqrt(14 / 4)), rel=1e-4)
    assert output_gain == pytest.approx(1 / (step * np.sqrt(5 / 2)), rel=1e-4)


def test_gain_of_a_constant_is_one(ramp):
    data = replace(ramp, target=np.ones_like(ramp.target))
    assert measure_gains(data, np.arange(30)) == (1.0, 1.0)
