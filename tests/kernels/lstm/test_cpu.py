import pytest
import torch

from cellwise._extension import load_extension
from cellwise.kernels.lstm import lstm_cpu, lstm_reference
from cellwise.testing import KernelContract, kernel_inputs

pytestmark = pytest.mark.skipif(load_extension()[0] is None, reason=load_extension()[1])


class TestContract(KernelContract):
    cell = "lstm"
    kernel = staticmethod(lstm_cpu)
    shapes = (*KernelContract.shapes, (2, 70, 3, 8, 64), (1, 17, 2, 130, 33))


def test_other_precisions_run_the_reference():
    x, h, c, *weights = (t.double() for t in kernel_inputs("lstm", (2, 3, 4, 2, 5)).values())
    y, _ = lstm_cpu(x, (h, c), *weights)
    expected, _ = lstm_reference(x, (h, c), *weights)
    assert y.dtype == torch.float64
    assert torch.equal(y, expected)
