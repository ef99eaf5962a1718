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


def last_state_from_the_step_before(x, state, *weights):
    y, (_, c) = choose_kernel("lstm")(x, state, *weights)
    before = (
        choose_kernel("lstm")(x[:, :, :-1], state, *weights)[1][0] if x.shape[2] > 1 else y[:, :, 0]
    )
    return y, (before, c)


class UnwrittenGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, gradient):
        return torch.cat([gradient[:, :, :-1], torch.full_like(gradient[:, :, -1:], 1e3)], dim=2)


def unwritten_gradient_of_the_last_input(x, state, *weights):
    return choose_kernel("lstm")(UnwrittenGradient.apply(x), state, *weights)


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (swapped_gates, "y at"),
        (no_bias_gradient, "d bias 0"),
        (unwritten_last_step, "y at"),
        (last_state_from_the_step_before, "final state 0"),
        (unwritten_gradient_of_the_last_input, "d x"),
    ],
)
def test_contract_catches_a_planted_fault(fault, named):
    class Wrong(KernelContract):
        cell = "lstm"
        kernel = staticmethod(fault)

    with pytest.raises(AssertionError, match=named):
        Wrong().test_outputs_and_gradients()
