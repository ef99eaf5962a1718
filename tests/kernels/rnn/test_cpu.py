import pytest
import torch

from cellwise._extension import load_extension
from cellwise.kernels.rnn import rnn_cpu, rnn_reference
from cellwise.testing import KernelContract, kernel_inputs

pytestmark = pytest.mark.skipif(load_extension()[0] is None, reason=load_extension()[1])


class TestContract(KernelContract):
    cell = "rnn"
    kernel = staticmethod(rnn_cpu)
    variants = ({"activation": "tanh"}, {"activation": "relu"})
    shapes = (*KernelContract.shapes, (2, 70, 3, 8, 64), (1, 17, 2, 130, 33))


def test_other_precisions_run_the_reference():
    x, h, *weights = (t.double() for t in kernel_inputs("rnn", (2, 3, 4, 2, 5)).values())
    y, _ = rnn_cpu(x, (h,), *weights)
    expected, _ = rnn_reference(x, (h,), *weights)
    assert y.dtype == torch.float64
    assert torch.equal(y, expected)
