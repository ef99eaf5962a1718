"""What each window is measured from, and how large what remains is."""

import numpy as np

from cellwise.data._dataset import Floats, ForecastData, Rows

_SAMPLE = 2000


def anchors(data: ForecastData, starts: Rows) -> Floats:
    """Return what is subtracted from the target of each window and added back to its forecast.

    Args:
        data: The data that the windows lie in.
        starts: First rows of the windows, ``(n,)``.

    Returns:
        Last or mean value of the context, or 0, as ``data.anchor`` says; standardised, ``(n,)``.
    """
    if data.anchor == "none":
        return np.zeros(len(starts), dtype=np.float32)
    if data.anchor == "last":
        return data.target[starts + data.context_length - 1]
    return np.asarray(_contexts(data, starts).mean(axis=1))


def measure_gains(data: ForecastData, starts: Rows) -> tuple[float, float]:
    """Find what gives anchored contexts and targets a unit mean square.

    Args:
        data: The data that the windows lie in.
        starts: First rows of windows that training may see, ``(n,)``; an even sample of 2000 of
            them is read.

    Returns:
        Gain of the context and of the target; 1 where all differences are 0.
    """
    picks = np.linspace(0, len(starts) - 1, min(len(starts), _SAMPLE)).astype(np.int64)
    sample = starts[picks]
    anchor = anchors(data, sample)[:, None]
    return _gain(_contexts(data, sample) - anchor), _gain(data.targets(sample) - anchor)


def _contexts(data: ForecastData, starts: Rows) -> Floats:
    return np.asarray(data.target[starts[:, None] + np.arange(data.context_length)])


def _gain(differences: Floats) -> float:
    size = float(np.sqrt(np.mean(np.square(differences, dtype=np.float64))))
    return 1.0 / size if size > 0 else 1.0
