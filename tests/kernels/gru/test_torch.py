import torch

from cellwise.kernels.gru import gru_torch
from cellwise.testing import KernelContract, kernel_inputs


class TestContract(KernelContract):
    cell = "gru"
    kernel = staticmethod(gru_torch)
    variants = ({}, {"reset_after": False})


def test_runs_without_gradients():
    x, state, *weights = kernel_inputs("gru", (2, 3, 5, 2, 4)).values()
    with torch.no_grad():
        y, _ = gru_torch(x, (state,), *weights)
    assert y.shape == (2, 3, 5, 4)
    assert not y.requires_grad
