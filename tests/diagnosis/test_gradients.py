import numpy as np
import pytest
import torch

from cellwise.diagnosis import check_exploding, check_vanishing, dependence, gradient_flow
from cellwise.diagnosis._gradients import input_jacobian


def delayed(lag, rows=300, steps=24):
    """The target is the input some steps back."""
    x = torch.randn(rows, steps, 1, generator=torch.Generator().manual_seed(0))
    return x, x[:, steps - lag]


def linear_rnn(make_patient, factor, inputs, targets):
    """Make one relu cell h = factor * h + x, whose gradient is known."""
    patient = make_patient("rnn(1, activation=relu)", inputs, targets)
    views = patient.network.layout.views(patient.weights)
    patient.weights.zero_()
    views["layers.0.weight_hh"][:] = factor
    views["layers.0.weight_ih"][:] = 1.0
    views["head.weight"][:] = 1.0
    return patient


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.2])
def test_gradient_of_a_linear_cell_is_a_power(make_patient, factor):
    inputs = torch.rand(10, 12, 1)
    patient = linear_rnn(make_patient, factor, inputs, torch.zeros(10, 1))
    flow = gradient_flow(patient)
    np.testing.assert_allclose(flow.inputs / flow.inputs[0], factor ** np.arange(12.0), rtol=1e-4)
    growth = flow.states["layers.0"] / flow.states["layers.0"][0]
    np.testing.assert_allclose(growth, factor ** (np.array(flow.lags) - 1.0), rtol=1e-4)


def test_a_gradient_that_vanishes_is_found(make_patient):
    patient = linear_rnn(make_patient, 0.3, *delayed(16))
    flow = gradient_flow(patient)
    assert 4 <= flow.reach <= 6  # 0.3^5 > 1e-3 > 0.3^6, less where a relu is shut
    past = dependence(np.random.default_rng(0).normal(size=500), 20)
    found = check_vanishing(patient, flow, past)
    assert found.key == "vanishing_gradient" and "the data need 16" in found.seen
    assert "mutual information up to lag 0" in found.seen and "ln(16 - 1) = 2.7" in found.do


def test_a_short_reach_is_no_fault_where_nothing_lies_further(make_patient, noise):
    for inputs, targets in (delayed(1), (torch.randn(300, 24, 1), torch.randn(300, 1))):
        patient = linear_rnn(make_patient, 0.3, inputs, targets)
        assert check_vanishing(patient, gradient_flow(patient)) is None
    few = linear_rnn(make_patient, 0.3, torch.randn(20, 24, 1), torch.randn(20, 1))
    assert "windows" in check_vanishing(few, gradient_flow(few))


def test_a_trained_network_is_healthy(healthy):
    flow = gradient_flow(healthy)
    assert flow.reach == 24
    assert check_vanishing(healthy, flow) is None
    assert check_exploding(healthy, flow) is None


def test_a_gradient_that_explodes_is_found(make_patient):
    patient = linear_rnn(make_patient, 1.5, torch.rand(10, 24, 1), torch.zeros(10, 1))
    found = check_exploding(patient, gradient_flow(patient))
    assert found.key == "exploding_gradient" and "at lag 23" in found.seen
    assert found.where == "layer 1, rnn(1, activation=relu)"


def test_two_directions_cannot_be_cut(make_patient, noise):
    patient = make_patient("bilstm(2)", *noise)
    flow = gradient_flow(patient)
    assert "forward" in check_exploding(patient, flow)
    assert len(flow.inputs) == 20


def test_jacobian_of_a_linear_cell_is_a_power(make_patient):
    inputs = torch.rand(10, 12, 1)
    patient = linear_rnn(make_patient, 0.5, inputs, torch.zeros(10, 1))
    found = input_jacobian(patient.network, patient.weights, inputs)
    np.testing.assert_allclose(found[:, 0], 0.5 ** np.arange(11, -1, -1.0), rtol=1e-4)
