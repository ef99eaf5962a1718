import torch

from cellwise.kernels.lstm import lstm_torch
from cellwise.testing import KernelContract, kernel_inputs


class TestContract(KernelContract):
    cell = "lstm"
    kernel = staticmethod(lstm_torch)


def test_runs_without_gradients():
    x, h, c, *weights = kernel_inputs("lstm", (2, 3, 5, 2, 4)).values()
    with torch.no_grad():
        y, _ = lstm_torch(x, (h, c), *weights)
    assert y.shape == (2, 3, 5, 4)
    assert not y.requires_grad
