import torch

from cellwise.kernels.rnn import rnn_torch
from cellwise.testing import KernelContract, kernel_inputs


class TestContract(KernelContract):
    cell = "rnn"
    kernel = staticmethod(rnn_torch)


def test_runs_without_gradients():
    x, *rest = kernel_inputs("rnn", (2, 3, 5, 2, 4)).values()
    states = 2 if "rnn" == "lstm" else 1
    with torch.no_grad():
        y, _ = rnn_torch(x, tuple(rest[:states]), *rest[states:])
    assert y.shape == (2, 3, 5, 4)
    assert not y.requires_grad
