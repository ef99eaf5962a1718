from dataclasses import replace

import numpy as np
import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.data import prepare
from cellwise.run import Run, bounds_of
from cellwise.training import network_for


def test_norms_are_those_of_the_weights(finished):
    found = bounds_of(finished.run)
    model = finished.run.model
    views = model.network.layout.views(model.weights)
    (layer,) = found.measured.norms.layers
    forget = views["layers.0.weight_hh"][0].chunk(4)[1]
    assert layer.recurrent[1].radius == pytest.approx(float(forget.norm()))
    assert layer.recurrent[1].spectral == pytest.approx(float(torch.linalg.svdvals(forget)[0]))
    entries = [one.entries for one in layer.blocks]
    norms = found.measured.norms
    assert sum(entries) + norms.head.entries + norms.head_bias.entries == found.case.weights


def test_gates_and_error_are_measured_on_training_windows(finished):
    found = bounds_of(finished.run)
    (gates,) = found.measured.gates
    data = prepare(finished.table, finished.run.model.task).data
    assert len(gates.forget) == data.num_steps == found.case.question.length
    assert all(0 < one < 1 for one in gates.forget[1:])
    assert 0 < found.measured.training_error < 1
    assert np.isfinite(found.measured.norms.input_norm)


def test_what_is_stated_is_the_error_plus_the_gap(finished):
    found = bounds_of(finished.run)
    said = {one.key: one for one in found.statements}
    assert {"occam_32_error", "cover_error", "chen_beta", "chen_score"} <= said.keys()
    assert said["occam_32_error"].value > found.measured.training_error
    assert said["cover_error"].silence  # 200 windows are far too few


def test_of_other_networks_the_error_and_what_holds_for_any_are_stated(finished, monkeypatch):
    model, architecture = finished.run.model, Architecture.parse("gru(2)")
    network = network_for(architecture, prepare(finished.table, model.task).data)
    weights = network.initial_parameters((0,))
    other = replace(model, architecture=architecture, weights=weights)
    monkeypatch.setattr(Run, "model", other)
    found = bounds_of(finished.run)
    assert found.measured.norms is None and 0 < found.measured.training_error < 1
    said = {one.key: one for one in found.statements}
    assert said["occam_32_error"].value > found.measured.training_error
    assert {said[key].silence for key in ("cover", "chen_beta", "chen_score")} == {
        "not stated for this layer"
    }
