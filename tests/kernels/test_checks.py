import re

import pytest
import torch

from cellwise.kernels import choose_kernel


@pytest.mark.parametrize("backend", ["torch", "reference"])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"weight_ih": (2, 12, 5)}, "weight_ih must have shape (2, 12, 4), got (2, 12, 5)"),
        ({"weight_hh": (2, 9, 3)}, "weight_hh must have shape (2, 12, 3), got (2, 9, 3)"),
        ({"bias": (1, 12)}, "bias 0 must have shape (2, 12), got (1, 12)"),
        ({"c": (2, 1, 3)}, "state[1] must have shape (2, 5, 3), got (2, 1, 3)"),
    ],
)
def test_wrong_shape_is_named(backend, changed, message):
    shapes = {
        "x": (2, 5, 7, 4),
        "h": (2, 5, 3),
        "c": (2, 5, 3),
        "weight_ih": (2, 12, 4),
        "weight_hh": (2, 12, 3),
        "bias": (2, 12),
    } | changed
    x, h, c, *weights = (torch.zeros(shape) for shape in shapes.values())
    with pytest.raises(ValueError, match=re.escape(message)):
        choose_kernel("lstm", backend)(x, (h, c), *weights)
