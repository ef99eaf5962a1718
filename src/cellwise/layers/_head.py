"""The output layer."""

from collections.abc import Mapping

from torch import Tensor


def apply_head(weights: Mapping[str, Tensor], seen: Tensor, *, every: bool) -> Tensor:
    """Run the output layer, the rows of the batch side by side in memory.

    Args:
        weights: ``head.weight`` ``(M, O, W)`` and ``head.bias`` ``(M, O)``.
        seen: What it reads, ``(M, B, W)`` or ``(M, B, S, W)``.
        every: Whether that is several steps.

    Returns:
        ``(M, B, O)`` or ``(M, B, S, O)``.
    """
    width_by_batch = seen.movedim(1, -1)  # (M, [S,] W, B)
    weight, bias = weights["head.weight"], weights["head.bias"]
    if every:
        weight, bias = weight[:, None], bias[:, None]
    return (weight @ width_by_batch + bias[..., None]).movedim(-1, 1)
