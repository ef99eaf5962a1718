import pytest
import torch

from cellwise.diagnosis import (
    check_dead_cells,
    check_duplicate_cells,
    check_gates,
    check_rank,
    effective_rank,
)
from cellwise.diagnosis._gates import layer_gates
from cellwise.diagnosis._states import num_copies


@pytest.fixture
def states():
    return torch.rand(16, 30, 8, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_stuck_gates_are_found(make_patient, noise):
    patient = make_patient("lstm(4)", *noise)
    bias = patient.network.layout.views(patient.weights)["layers.0.bias"]
    bias[0, 12:] = -20.0  # the output gate is shut
    (gates,) = layer_gates(patient)
    found = check_gates(gates)
    assert (found.key, found.value) == ("saturated_gates", 1.0)
    assert "gate o" in found.seen and found.where == "layer 1, lstm(4)"


def test_an_open_forget_gate_is_a_memory(make_patient, noise):
    patient = make_patient("lstm(4)", *noise)
    patient.network.layout.views(patient.weights)["layers.0.bias"][0, 4:8] = 20.0
    assert check_gates(layer_gates(patient)[0]) is None


def test_gates_of_a_trained_network_are_not_stuck(healthy):
    assert check_gates(layer_gates(healthy)[0]) is None


def test_dead_cells_are_found(states):
    states[..., 3] = 0.25
    found = check_dead_cells("layer 2, gru(8)", states)
    assert (found.value, found.where) == (1.0, "layer 2, gru(8)")


def test_copies_are_found(states):
    states[..., 3] = -0.5 * states[..., 1] + 0.1
    found = check_duplicate_cells("layer 1", states)
    assert (found.value, num_copies(states)) == (1.0, 1)


def test_a_state_of_low_rank_is_noted(states):
    mixed = states[..., :1] @ torch.rand(1, 8) + 1e-3 * states
    found = check_rank("layer 1", mixed)
    assert found.severity == "note" and "1 of 8 cells are used" in found.seen


def test_healthy_states_are_silent(states, healthy):
    (trained,) = healthy.states().values()
    for one in (states, trained):
        for check in (check_dead_cells, check_duplicate_cells, check_rank):
            assert check("layer 1", one) is None


def test_rank_of_equal_directions_is_their_number():
    axes = torch.cat([torch.eye(4), -torch.eye(4)])
    assert effective_rank(torch.nn.functional.pad(axes, (0, 3))) == pytest.approx(4)
    assert effective_rank(torch.ones(5, 3)) == 0.0
