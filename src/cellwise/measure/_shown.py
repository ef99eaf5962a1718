"""Vectors that are shown once and asked for later."""

import torch
from torch import Tensor

NUM_STEPS = 5


def shown_first(vectors: Tensor) -> Tensor:
    """Return sequences of 5 steps that show a vector at the first and nothing after it.

    Args:
        vectors: A vector for each sequence, ``(m, B, F)``.

    Returns:
        ``(m, B, T, F)``, in the order of memory that the kernels like.
    """
    members, batch, features = vectors.shape
    x = torch.zeros(members, NUM_STEPS, features, batch)
    x[:, 0] = vectors.transpose(1, 2)
    return x.permute(0, 3, 1, 2)
