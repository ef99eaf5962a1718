from dataclasses import replace

import numpy as np


def test_targets_follow_the_context(ramp):
    starts = np.array([0, 7])
    expected = ramp.target[[[4, 5], [11, 12]]]
    assert np.array_equal(ramp.targets(starts), expected)


def test_without_known_covariates_all_steps_come_at_once(ramp):
    assert (ramp.num_steps, ramp.input_size, ramp.output_size) == (4, 1, 2)


def test_with_known_covariates_it_walks_over_the_horizon_with_a_flag(ramp):
    data = replace(ramp, known=np.zeros((100, 3), np.float32))
    assert (data.num_steps, data.input_size, data.output_size) == (6, 5, 1)


def test_series_of_a_window(ramp):
    first = replace(ramp.series[0], stop=60)
    second = replace(ramp.series[0], start=60, stop=100)
    data = replace(ramp, series=(first, second))
    assert data.series_of(np.array([0, 59, 60, 90])).tolist() == [0, 0, 1, 1]


def test_columns_are_named_in_the_order_of_the_input(ramp):
    names = {"target_name": "y", "past_names": ("p",), "calendar_names": ("weekend",)}
    data = replace(ramp, **names, past=np.zeros((100, 1)), calendar=np.zeros((100, 1)))
    assert data.columns == ("y", "p", "weekend") and len(data.columns) == data.input_size
    over = replace(data, known_names=("k",), known=np.zeros((100, 1)))
    assert over.columns == ("y", "over_horizon", "p", "k", "weekend")
    assert len(over.columns) == over.input_size
