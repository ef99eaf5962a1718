import pytest

from cellwise.records import LayerProfile, LayerStudy
from cellwise.report._chart_layers import layer_figures


def profile(number, **given):
    fields = {
        "path": f"layers.{number}",
        "layer": "lstm(2)",
        "curve": (1.0, 0.5, 0.1),
        "untrained_curve": (1.0, 0.3, 0.0),
        "gradient": (0.5, 0.01),
        "states": ((0.1, 0.2, 0.3), (0.0, -0.1, 0.2)),
        "num_cells": 2,
        "cells_frozen": (),
        "cells_removed": (),
        "similarity": (1.0,),
    }
    numbers = ("time_scale", "time_scale_low", "time_scale_high", "untrained", "gate_steps")
    numbers += ("gate_steps_longest", "effective_rank", "frozen", "removed")
    return LayerProfile(**dict.fromkeys(numbers, 1.0), **fields | given)


def study(*layers, **given):
    fields = {
        "layers": layers,
        "depth_excess": 1.0,
        "depth_excess_low": 0.5,
        "depth_used": True,
        "inputs": {},
        "lags": (),
        "gradient_lags": (1, 5),
        "input_gradient": (0.4, 0.2, 0.1),
    }
    return LayerStudy(**fields | given)


@pytest.fixture
def figures():
    return layer_figures(study(profile(0), profile(1)))


def test_memory_is_drawn_beside_the_untrained_control(figures):
    assert list(figures["memory"]) == ["layer 1, lstm(2)", "layer 2, lstm(2)"]
    control, own = figures["memory"]["layer 1, lstm(2)"].data
    assert control.y == (1.0, 0.3, 0.0) and control.line.dash == "dash"
    assert own.y == (1.0, 0.5, 0.1)


def test_gradients_of_layers_and_inputs_share_one_picture(figures):
    first, second, inputs = figures["gradient"][""].data
    assert first.x == second.x == (1, 5) and first.y == (0.5, 0.01)
    assert inputs.x == (0, 1, 2) and inputs.name == "inputs"
    assert first.line.color != second.line.color


def test_a_state_has_a_line_for_each_cell(figures):
    assert [one.y for one in figures["state"]["layer 1, lstm(2)"].data] == [
        (0.1, 0.2, 0.3),
        (0.0, -0.1, 0.2),
    ]


def test_what_was_not_measured_is_not_drawn():
    bare = layer_figures(study(profile(0, gradient=(), states=(), curve=()), input_gradient=()))
    assert bare == {"memory": {}, "gradient": {}, "state": {}}
