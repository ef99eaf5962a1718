import pytest
import torch

from cellwise.diagnosis._ablation import ablate, can_ablate


def by_hand(patient, cell):
    """Error with one output of an only layer at 0, stepping by hand."""
    views = {k: v[0] for k, v in patient.network.layout.views(patient.weights).items()}
    x, hidden = patient.windows.inputs, views["layers.0.weight_hh"].shape[1]
    h = torch.zeros(len(x), hidden)
    for t in range(x.shape[1]):
        total = x[:, t] @ views["layers.0.weight_ih"].T + h @ views["layers.0.weight_hh"].T
        h = (total + views["layers.0.bias"]).tanh()
        h[:, cell] = 0.0
    outputs = h @ views["head.weight"].T + views["head.bias"]
    return float((outputs - patient.windows.targets).square().mean())


def test_a_cell_that_is_removed_is_not_there(make_patient, noise):
    patient = make_patient("rnn(4)", *noise)
    whole = float((patient.outputs() - noise[1]).square().mean())
    found = ablate(patient)["layers.0"].cells_removed
    expected = [by_hand(patient, cell) / whole for cell in range(4)]
    assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("text", ["2*lstm(5)", "gru(4, to_output) > gru(3)", "lstm(6, proj=2)"])
def test_an_output_that_nothing_reads_costs_nothing(make_patient, noise, text):
    patient = make_patient(text, *noise)
    for name, view in patient.network.layout.views(patient.weights).items():
        if name in ("layers.0.weight_hh", "layers.1.weight_ih", "head.weight"):
            view[..., 0] = 0.0
    found = ablate(patient)["layers.0"]
    assert found.cells_frozen[0] == pytest.approx(1, abs=1e-5)
    assert found.cells_removed[0] == pytest.approx(1, abs=1e-5)
    assert found.cells_removed[1] != pytest.approx(1, abs=1e-5)


def test_freezing_a_constant_cell_costs_nothing(make_patient, noise):
    patient = make_patient("rnn(3)", *noise)
    views = patient.network.layout.views(patient.weights)
    views["layers.0.weight_ih"][0, 0], views["layers.0.weight_hh"][0, 0] = 0.0, 0.0
    views["layers.0.bias"][0, 0] = 0.7
    found = ablate(patient)["layers.0"]
    assert found.cells_frozen[0] == pytest.approx(1, abs=1e-4)
    assert found.cells_removed[0] != pytest.approx(1, abs=1e-3)


def test_a_trained_layer_is_needed(healthy):
    before = healthy.weights.clone()
    assert ablate(healthy)["layers.0"].frozen > 1.5
    assert torch.equal(healthy.weights, before)


def test_what_hands_on_more_than_its_cells_is_not_ablated(make_patient, noise):
    assert can_ablate(make_patient("2*lstm(4)", *noise))
    for text in ("bilstm(4)", "lstm(2) > lstm(2, residual)", "lstm(4) > dense(3)"):
        assert not can_ablate(make_patient(text, *noise))
