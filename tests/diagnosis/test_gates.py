import numpy as np
import pytest
import torch

from cellwise.architecture import RecurrentLayer
from cellwise.diagnosis._gates import gate_steps, is_simple, layer_gates


def by_torch(cell, x):
    """Run torch's cell one step at a time and note the sigmoids after the first step."""
    h, found = torch.zeros(len(x), cell.hidden_size), []
    for t in range(x.shape[1]):
        total = x[:, t] @ cell.weight_ih.T + cell.bias_ih + h @ cell.weight_hh.T + cell.bias_hh
        found.append(total.sigmoid())
        h = cell(x[:, t], h)
    return torch.stack(found[1:], dim=1)


def test_gates_of_a_gru_are_torchs(make_patient, noise):
    patient = make_patient("gru(3)", *noise)
    views = patient.network.layout.views(patient.weights)
    cell = torch.nn.GRUCell(2, 3)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(cell, name).data = views[f"layers.0.{name}"][0]
    with torch.no_grad():
        expected = by_torch(cell, noise[0])
    (gates,) = layer_gates(patient)
    assert list(gates.values) == ["r", "z"]
    for name, block in zip("rz", expected.split(3, dim=2)[:2], strict=True):
        torch.testing.assert_close(gates.values[name], block, atol=1e-5, rtol=1e-4)


def test_gates_of_an_lstm_give_its_states_back(make_patient, noise):
    patient = make_patient("lstm(3)", *noise)
    (gates,) = layer_gates(patient)
    assert list(gates.values) == ["i", "f", "o"]
    # |h| = o |tanh c| <= o
    states = patient.states()["layers.0"][:, 1:]
    assert (states.abs() <= gates.values["o"] + 1e-6).all()


def test_the_second_layer_reads_the_first(make_patient, noise):
    patient = make_patient("lstm(3) > dense(4, tanh) > gru(5)", *noise)
    assert [one.path for one in layer_gates(patient)] == ["layers.0", "layers.2"]


def test_a_forget_bias_is_a_time_constant(make_patient, noise):
    patient = make_patient("lstm(3)", *noise)
    patient.weights.zero_()
    patient.network.layout.views(patient.weights)["layers.0.bias"][0, 3:6] = 1.0
    # theory.md section 6: f = sigmoid(1) = .731059, tau = 3.192
    gates = layer_gates(patient)[0]
    assert gates.keeps.unique().tolist() == pytest.approx([0.731059], abs=1e-6)
    assert gate_steps(gates).tolist() == pytest.approx([3.192] * 3, abs=1e-3)
    patient.network.layout.views(patient.weights)["layers.0.bias"][0, 3:6] = 2.0
    gates = layer_gates(patient)[0]
    assert gates.keeps.unique().tolist() == pytest.approx([0.880797], abs=1e-6)
    assert gate_steps(gates).tolist() == pytest.approx([7.878] * 3, abs=1e-3)


@pytest.mark.parametrize(
    ("steps", "chrono", "exponential"),
    [(10, 2.197225, 2.252168), (100, 4.595120, 4.600166), (1000, 6.906755, 6.907255)],
)
def test_gates_started_as_chrono_does_keep_for_the_steps_asked(
    steps, chrono, exponential, make_patient, noise
):
    # theory.md section 6: 1 / (1 - f) = T at ln(T - 1); f = exp(-1 / T) at -ln(e^(1/T) - 1)
    assert np.log(steps - 1) == pytest.approx(chrono, abs=5e-7)
    assert -np.log(np.expm1(1 / steps)) == pytest.approx(exponential, abs=5e-7)
    patient = make_patient("lstm(3)", *noise)
    patient.weights.zero_()
    bias = patient.network.layout.views(patient.weights)["layers.0.bias"]
    bias[0, 3:6] = chrono
    keeps = layer_gates(patient)[0].keeps
    assert (1 / (1 - keeps.double())).mean().item() == pytest.approx(steps, rel=1e-3)
    bias[0, 3:6] = exponential
    assert gate_steps(layer_gates(patient)[0]).tolist() == pytest.approx([steps] * 3, rel=1e-3)


def test_options_between_input_and_gate_are_known():
    assert is_simple(RecurrentLayer(cell="lstm", hidden_size=2, dropout=0.5))
    assert not is_simple(RecurrentLayer(cell="lstm", hidden_size=2, peephole=True))
    assert not is_simple(RecurrentLayer(cell="lstm", hidden_size=2, bidirectional=True))
