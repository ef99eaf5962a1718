"""Windows one behind the other, for networks whose state goes on from window to window."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cellwise.data._dataset import ForecastData, Rows

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """What must be read before windows can be forecast by a network that remembers.

    A row is a history: windows of one series, each beginning where the context of the one before
    ended, from the first that the series allows.

    Attributes:
        starts: First rows of the windows, ``(R, K)``, longest history first; -1 behind its end.
        asked: Which of the windows asked for each one is, ``(R, K)``; -1 for one on the way.
    """

    starts: Rows
    asked: Rows


def histories(data: ForecastData, starts: Rows) -> Histories:
    """Find the windows that lead to windows.

    Args:
        data: Says where each series begins.
        starts: First rows of the windows asked for, each once, ``(n,)``.

    Returns:
        The histories: what leads to a window does not depend on which others are asked for.
    """
    length = data.context_length
    heads = np.array([span.start for span in data.series])[data.series_of(starts)]
    begins = heads + (starts - heads) % length
    steps = (starts - begins) // length
    firsts, rows = np.unique(begins, return_inverse=True)
    lengths = np.zeros(len(firsts), np.int64)
    np.maximum.at(lengths, rows, steps + 1)
    order = np.argsort(-lengths, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    asked = np.full((len(order), lengths.max(initial=0)), -1)
    asked[place[rows], steps] = np.arange(len(starts))
    found = firsts[order][:, None] + length * np.arange(asked.shape[1])
    within = np.arange(asked.shape[1]) < lengths[order][:, None]
    return Histories(starts=np.where(within, found, -1), asked=asked)


def training_streams(
    data: ForecastData,
    starts: Rows,
    shape: tuple[int, int],
    generator: np.random.Generator,
) -> tuple[Rows, Flags]:
    """Order training windows so that each row of the batch goes on where it was left.

    The windows of a series fall into ``context_length`` streams, one for each first row; within a
    stream, a window begins where the context of the one before ended. Streams are cut at random
    into pieces of at most so many windows as there are steps, and pieces drawn without replacement
    fill the rows one behind the other; each begins with a fresh state.

    Args:
        data: Says which series a window lies in.
        starts: First rows of the training windows, ``(n,)``, in time order per series.
        shape: Steps and rows of the batch.
        generator: Source of the order.

    Returns:
        First rows, ``(steps, B)``, and where the state is fresh, ``(steps, B)``.
    """
    num_steps, batch = shape
    order, fresh = np.empty((batch, num_steps), np.int64), np.zeros((batch, num_steps), np.bool_)
    pieces = _Pieces(_streams(data, starts), num_steps, generator)
    for row in range(batch):
        at = 0
        while at < num_steps:
            piece = pieces.next()[: num_steps - at]
            order[row, at : at + len(piece)], fresh[row, at] = piece, True
            at += len(piece)
    return order.T, fresh.T


def _streams(data: ForecastData, starts: Rows) -> list[Rows]:
    """Split windows into those that follow one another."""
    length = data.context_length
    series = data.series_of(starts)
    heads = np.array([span.start for span in data.series])[series]
    key = series * length + (starts - heads) % length
    order = np.lexsort((starts, key))
    borders = np.flatnonzero((np.diff(key[order]) != 0) | (np.diff(starts[order]) != length)) + 1
    return np.split(starts[order], borders)


class _Pieces:
    """Pieces of streams in random order, again and again."""

    def __init__(self, streams: list[Rows], most: int, generator: np.random.Generator) -> None:
        self._streams, self._most, self._generator = streams, most, generator
        self._waiting: list[Rows] = []

    def next(self) -> Rows:
        """Return the next piece."""
        if not self._waiting:
            pieces = [piece for stream in self._streams for piece in self._cut(stream)]
            self._waiting = [pieces[index] for index in self._generator.permutation(len(pieces))]
        return self._waiting.pop()

    def _cut(self, stream: Rows) -> list[Rows]:
        if len(stream) <= self._most:
            return [stream]
        first = int(self._generator.integers(1, self._most + 1))
        return np.split(stream, range(first, len(stream), self._most))
