import pytest
import torch

from cellwise.kernels import choose_kernel
from cellwise.testing import KernelContract


class TestLstmTorch(KernelContract):
    cell = "lstm"
    kernel = staticmethod(choose_kernel("lstm", "torch"))


class TestGruTorch(KernelContract):
    cell = "gru"
    kernel = staticmethod(choose_kernel("gru", "torch"))


class TestRnnTorch(KernelContract):
    cell = "rnn"
    kernel = staticmethod(choose_kernel("rnn", "torch"))


def swapped_gates(x, state, weight_ih, weight_hh, bias):
    order = [1, 0, 2, 3]
    swap = [w.unflatten(1, (4, -1))[:, order].flatten(1, 2) for w in (weight_ih, weight_hh, bias)]
    return choose_kernel("lstm")(x, state, *swap)


def no_bias_gradient(x, state, weight_ih, weight_hh, bias):
    return choose_kernel("lstm")(x, state, weight_ih, weight_hh, bias.detach() + 0 * bias)


def unwritten_last_step(x, state, *weights):
    y, final = choose_kernel("lstm")(x, state, *weights)
    return torch.cat([y[:, :, :-1], torch.zeros_like(y[:, :, -1:])], dim=2), final


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (swapped_gates, "y at"),
        (no_bias_gradient, "d bias 0"),
        (unwritten_last_step, "y at"),
    ],
)
def test_contract_catches_a_planted_fault(fault, named):
    class Wrong(KernelContract):
        cell = "lstm"
        kernel = staticmethod(fault)

    with pytest.raises(AssertionError, match=named):
        Wrong().test_outputs_and_gradients()
