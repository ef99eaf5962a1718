"""How alike two layers are."""

import torch
from torch import Tensor


def linear_cka(first: Tensor, second: Tensor) -> float:
    r"""Return the centred kernel alignment of two sets of activations.

    Args:
        first: ``(..., W1)``.
        second: ``(..., W2)`` for the same windows and steps.

    Returns:
        :math:`\|Y^\top X\|_F^2 / (\|X^\top X\|_F \|Y^\top Y\|_F)` of the centred activations:
        from 0 to 1, where they are the same but for rotation and scale; 0 where one never moves.

    Reference:
        Kornblith, Norouzi, Lee & Hinton (2019), "Similarity of neural network representations
        revisited", section 3.

    Example:
        >>> x = torch.eye(4)
        >>> round(linear_cka(x, 3 * x.flip(1)), 6)
        1.0
    """
    x, y = _centred(first), _centred(second)
    sizes = torch.linalg.matrix_norm(x.T @ x) * torch.linalg.matrix_norm(y.T @ y)
    if float(sizes) <= 0:
        return 0.0
    return float(torch.linalg.matrix_norm(y.T @ x).square() / sizes)


def _centred(values: Tensor) -> Tensor:
    flat = values.reshape(-1, values.shape[-1]).double()
    return flat - flat.mean(dim=0)
