"""How a decoder looks back at the encoder's steps."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from cellwise.layers._flow import affine, side_by_side

Look = Callable[[Tensor], Tensor]
"""Takes what a decoder's top layer gave, ``(M, B, S, Q)``; returns means of the encoder's steps,
``(M, B, S, E)``."""


def make_look(kind: str, weights: Mapping[str, Tensor], path: str, memory: Tensor) -> Look:
    r"""Prepare to look back at what the encoder gave.

    Args:
        kind: ``additive``, ``dot`` or ``general``.
        weights: By name; those of the attention are ``attention_*`` below the path.
        path: The decoder's.
        memory: What the encoder's top layer gave at every step, ``(M, B, T, E)``.

    Returns:
        A function of the decoder's state.

    Reference:
        Bahdanau et al. (2015), arXiv 1409.0473, appendix A.1.2; Luong et al. (2015), arXiv
        1508.04025, equations 7-8.
    """
    key = weights.get(f"{path}.attention_key")
    keys = memory if key is None else affine(memory, key)  # (M, B, T, Q)

    def look(states: Tensor) -> Tensor:
        if kind == "additive":
            query = affine(states, weights[f"{path}.attention_query"])
            mixed = (query[:, :, :, None] + keys[:, :, None]).tanh()  # (M, B, S, T, Q)
            scores = affine(mixed, weights[f"{path}.attention_score"])[..., 0]
        else:
            scores = states @ keys.transpose(2, 3)
        return torch.as_tensor(scores.softmax(dim=-1) @ memory)

    return look


def combined(states: Tensor, context: Tensor, weight: Tensor) -> Tensor:
    """Mix what the decoder gave with what it attended to.

    Args:
        states: ``(M, B, S, Q)``.
        context: ``(M, B, S, E)``.
        weight: ``(M, Q, E + Q)``.

    Returns:
        What the output layer reads, ``(M, B, S, Q)``.

    Reference:
        Luong et al. (2015), equation 5.
    """
    return affine(side_by_side([context, states]), weight).tanh()
