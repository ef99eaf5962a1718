import torch

from cellwise.kernels.rnn import rnn_torch
from cellwise.testing import KernelContract, kernel_inputs


class TestContract(KernelContract):
    cell = "rnn"
    kernel = staticmethod(rnn_torch)
    variants = ({}, {"activation": "relu"})


def test_runs_without_gradients():
    x, state, *weights = kernel_inputs("rnn", (2, 3, 5, 2, 4)).values()
    with torch.no_grad():
        y, _ = rnn_torch(x, (state,), *weights)
    assert y.shape == (2, 3, 5, 4)
    assert not y.requires_grad
