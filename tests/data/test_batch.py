from dataclasses import replace

import numpy as np
import pytest

from cellwise.data import WindowReader

STARTS = np.array([[3, 20]])


def test_reads_windows_with_the_batch_last_and_anchored(ramp):
    data = replace(ramp, input_gain=2.0)
    x, anchor = WindowReader(data).read(STARTS)
    assert x.shape == (1, 4, 1, 2)
    assert anchor.tolist() == [[ramp.target[6], ramp.target[23]]]
    assert np.allclose(x[0, :, 0, 0], 2 * (ramp.target[3:7] - ramp.target[6]), atol=1e-6)


@pytest.mark.parametrize(("anchor", "expected"), [("mean", 4.5), ("none", 0.0)])
def test_other_anchors(ramp, anchor, expected):
    target = np.arange(100, dtype=np.float32)
    _, found = WindowReader(replace(ramp, target=target, anchor=anchor)).read(STARTS)
    assert found[0, 0] == expected


def test_over_the_horizon_target_and_past_are_hidden_and_known_is_shown(ramp):
    rows = np.arange(100, dtype=np.float32)[:, None]
    data = replace(ramp, past=rows + 1, known=rows + 1000)
    x, _ = WindowReader(data).read(STARTS)
    window = x[0, ..., 0]  # (T, F): target, flag, past, known
    assert window[4:, 0].tolist() == [0, 0]
    assert window[:, 1].tolist() == [0, 0, 0, 0, 1, 1]
    assert window[:, 2].tolist() == [4, 5, 6, 7, 0, 0]
    assert window[:, 3].tolist() == [1003, 1004, 1005, 1006, 1007, 1008]


def test_a_change_of_the_future_target_changes_no_input(ramp):
    target = ramp.target.copy()
    target[7:9] = 1e6
    before, after = (
        WindowReader(d).read(STARTS[:, :1])[0] for d in (ramp, replace(ramp, target=target))
    )
    assert np.array_equal(before, after)


def test_forecasts_undo_scaled_targets(ramp):
    reader = WindowReader(replace(ramp, output_gain=3.0))
    _, anchor = reader.read(STARTS)
    back = reader.forecasts(reader.scaled_targets(STARTS, anchor), anchor)
    assert np.allclose(back[0], ramp.targets(STARTS[0]), atol=1e-6)
