import pytest
import torch

from cellwise._extension import load_extension
from cellwise.kernels.gru import gru_cpu, gru_reference
from cellwise.testing import KernelContract, kernel_inputs

pytestmark = pytest.mark.skipif(load_extension()[0] is None, reason=load_extension()[1])


class TestContract(KernelContract):
    cell = "gru"
    kernel = staticmethod(gru_cpu)
    variants = ({}, {"reset_after": False})
    shapes = (*KernelContract.shapes, (2, 70, 3, 8, 64), (1, 17, 2, 130, 33))


def test_other_precisions_run_the_reference():
    x, h, *weights = (t.double() for t in kernel_inputs("gru", (2, 3, 4, 2, 5)).values())
    y, _ = gru_cpu(x, (h,), *weights)
    expected, _ = gru_reference(x, (h,), *weights)
    assert y.dtype == torch.float64
    assert torch.equal(y, expected)
