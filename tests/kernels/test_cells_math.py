import pytest
import torch

from cellwise.architecture import ACTIVATIONS
from cellwise.kernels._cells_math import activation_function, gate_functions, norm_function


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_function_of_the_text_form_is_there(name):
    values = torch.tensor([-4.0, -1.0, 0.0, 1.0, 4.0])
    expected = {
        "tanh": values.tanh(),
        "relu": values.clamp(min=0),
        "sigmoid": 1 / (1 + (-values).exp()),
        "hard_sigmoid": (values / 6 + 0.5).clamp(0, 1),
        "linear": values,
    }[name]
    torch.testing.assert_close(activation_function(name)(values), expected)


def test_norm_is_torchs_for_each_member():
    weights = {"ln_hh_gain": torch.randn(2, 6), "ln_hh_shift": torch.randn(2, 6)}
    values = torch.randn(2, 3, 4, 6)
    found = norm_function(weights, "ln_hh")(values)
    for m in range(2):
        own = weights["ln_hh_gain"][m], weights["ln_hh_shift"][m]
        expected = torch.nn.functional.layer_norm(values[m], (6,), *own)
        torch.testing.assert_close(found[m], expected)


def test_lean_norm_has_no_shift():
    weights = {"ln_ih_gain": torch.ones(1, 6)}
    found = norm_function(weights, "ln_ih")(torch.randn(1, 5, 6))
    torch.testing.assert_close(found.mean(dim=-1), torch.zeros(1, 5), atol=1e-6, rtol=0)


def test_norm_of_some_rows_uses_their_gain():
    weights = {"ln_hh_gain": torch.tensor([[1.0, 1.0, 5.0, 5.0]])}
    found = norm_function(weights, "ln_hh", slice(2, None))(torch.tensor([[[-1.0, 1.0]]]))
    torch.testing.assert_close(found, torch.tensor([[[-5.0, 5.0]]]), rtol=1e-4, atol=0)


def test_without_gain_nothing_is_normalised():
    values = torch.randn(1, 2, 3)
    assert norm_function({}, "ln_c")(values) is values


def test_a_deep_gate_reads_its_own_block_alone():
    weights = {"gate_weight_2": torch.zeros(1, 6, 3), "gate_bias_2": torch.zeros(1, 6)}
    weights["gate_weight_2"][0, 3:] = torch.eye(3)
    first, second = gate_functions(weights, 2, torch.tanh, torch.sigmoid)
    values = torch.randn(1, 4, 3)
    torch.testing.assert_close(first(values), torch.full((1, 4, 3), 0.5))
    torch.testing.assert_close(second(values), values.tanh().sigmoid())
