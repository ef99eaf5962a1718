"""Losses with the member axis: one number per model."""

import torch
from torch import Tensor

from cellwise.training._settings import TrainingSettings


def member_losses(settings: TrainingSettings, output: Tensor, target: Tensor) -> Tensor:
    """Return the loss of each model.

    Args:
        settings: Names the loss and its constant.
        output: What the networks gave, ``(M, B, horizon)``.
        target: What they were to give, same shape.

    Returns:
        Mean over windows and steps, ``(M,)``.

    Reference:
        Huber (1964); quantile loss: Koenker & Bassett (1978).
    """
    error = output - target
    if settings.loss == "mse":
        values = error.square()
    elif settings.loss == "mae":
        values = error.abs()
    elif settings.loss == "huber":
        delta, size = settings.huber_delta, error.abs()
        values = torch.where(size < delta, 0.5 * error.square(), delta * (size - 0.5 * delta))
    else:  # error = output - target: too low an output costs the quantile, too high one minus it
        values = torch.maximum(-settings.quantile * error, (1 - settings.quantile) * error)
    return values.mean(dim=(1, 2))
