import math

import pytest
import torch

from cellwise.diagnosis import study_layers


def test_layers_of_a_trained_network(healthy):
    study = study_layers(healthy)
    (layer,) = study.layers
    assert (layer.path, layer.layer, layer.num_cells) == ("layers.0", "lstm(6)", 6)
    assert layer.similarity == pytest.approx((1.0,))
    assert len(layer.cells_frozen) == 6 and layer.frozen > 1
    assert 1 <= layer.effective_rank <= 6
    assert not study.depth_used and math.isnan(study.depth_excess)
    assert study.inputs == {"y": 1.0}
    assert sum(study.lags) == pytest.approx(1) and len(study.lags) == 24


def test_two_layers_are_compared(make_patient, noise):
    study = study_layers(make_patient("lstm(4) > gru(3)", *noise))
    assert [one.layer for one in study.layers] == ["lstm(4)", "gru(3)"]
    assert study.layers[0].similarity[1] == pytest.approx(study.layers[1].similarity[0])
    assert not math.isnan(study.layers[1].gate_steps)
    assert study.skipped == {}


def test_an_input_that_is_not_read_has_no_share(make_patient, noise):
    patient = make_patient("lstm(4)", *noise)
    patient.network.layout.views(patient.weights)["layers.0.weight_ih"][..., 1] = 0.0
    assert study_layers(patient).inputs["column 1"] == 0.0
    patient.weights.zero_()
    assert study_layers(patient).lags == ()


def test_what_cannot_be_studied_is_said(make_patient, noise):
    options = study_layers(make_patient("rnn(3) > rnn(3, residual)", *noise))
    assert "ablation" in options.skipped and math.isnan(options.layers[0].frozen)
    branches = study_layers(make_patient("[lstm(2) | gru(2)]", *noise))
    assert branches.layers == () and "layers" in branches.skipped
    assert torch.tensor(branches.lags).sum() == pytest.approx(1)
