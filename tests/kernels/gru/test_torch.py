import torch

from cellwise.kernels.gru import gru_torch
from cellwise.testing import KernelContract, kernel_inputs


class TestContract(KernelContract):
    cell = "gru"
    kernel = staticmethod(gru_torch)


def test_runs_without_gradients():
    x, *rest = kernel_inputs("gru", (2, 3, 5, 2, 4)).values()
    states = 2 if "gru" == "lstm" else 1
    with torch.no_grad():
        y, _ = gru_torch(x, tuple(rest[:states]), *rest[states:])
    assert y.shape == (2, 3, 5, 4)
    assert not y.requires_grad
