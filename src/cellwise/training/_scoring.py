"""Errors of trained members over windows, in pieces that fit the memory."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from cellwise.data import Metric, Rows, WindowReader, all_errors, to_original, window_errors
from cellwise.layers import Network, forecast
from cellwise.records import Score
from cellwise.training._experiment import MemberScore

PIECE = 4096
"""Windows that are scored at a time."""


def score_members(
    network: Network, parameters: Tensor, reader: WindowReader, starts: Rows, metric: Metric
) -> tuple[MemberScore, ...]:
    """Score models on windows.

    Args:
        network: The network.
        parameters: ``(M, P)``.
        reader: Reads the windows.
        starts: First rows of the windows, ``(n,)``.
        metric: Decision metric.

    Returns:
        A score per model.
    """
    pieces = [starts[first : first + PIECE] for first in range(0, len(starts), PIECE)]
    found: list[list[MemberScore]] = [[] for _ in range(parameters.shape[0])]
    for piece in pieces:
        for m, forecasts in enumerate(forecast(network, parameters, reader, piece)):
            found[m].append(score_forecasts(reader, piece, forecasts, metric))
    return tuple(_join(scores) for scores in found)


def score_forecasts(
    reader: WindowReader, starts: Rows, forecasts: NDArray[np.float32], metric: Metric
) -> MemberScore:
    """Score forecasts of windows.

    Args:
        reader: Holds the truth.
        starts: First rows of the windows, ``(n,)``.
        forecasts: Standardised units, ``(n, horizon)``.
        metric: Decision metric.

    Returns:
        The score.
    """
    data = reader.data
    difference = to_original(data, starts, forecasts) - to_original(
        data, starts, data.targets(starts)
    )
    return MemberScore(
        window_errors=window_errors(metric, data, starts, forecasts),
        score=Score(**all_errors(data, starts, forecasts)),
        lead_errors=np.abs(difference).mean(axis=0),
    )


def mean_score(scores: list[Score], weights: list[int] | None = None) -> Score:
    """Average scores field by field.

    Args:
        scores: At least one score.
        weights: Weight of each; equal if not given.

    Returns:
        The mean.
    """
    values = {
        name: float(np.average([getattr(s, name) for s in scores], weights=weights))
        for name in Score.__dataclass_fields__
    }
    return Score(**values)


def _join(parts: list[MemberScore]) -> MemberScore:
    counts = [len(part.window_errors) for part in parts]
    return MemberScore(
        window_errors=np.concatenate([part.window_errors for part in parts]),
        score=mean_score([part.score for part in parts], counts),
        lead_errors=np.average([part.lead_errors for part in parts], axis=0, weights=counts),
    )
