"""Forecasts as a table of the caller's kind."""

from typing import Any

import narwhals as nw
import numpy as np

from cellwise.data import ForecastTask
from cellwise.export._model import Forecasts

FORECAST = "forecast"


def to_frame(forecasts: Forecasts, task: ForecastTask, like: Any = None) -> Any:
    """Lay forecasts out in long format: a row per series and step.

    Args:
        forecasts: What `SavedModel.predict` returned.
        task: Names the series and time columns.
        like: A pandas, polars or pyarrow frame whose kind is returned; pyarrow otherwise.

    Returns:
        A frame with the series column (if there is one), the time column (or ``step``) and
        ``forecast``.
    """
    count, horizon = forecasts.values.shape
    columns: dict[str, Any] = {}
    if task.series is not None:
        columns[task.series] = np.repeat(np.array(forecasts.series), horizon).tolist()
    if forecasts.times is None or task.time is None:
        columns["step"] = np.tile(np.arange(1, horizon + 1), count)
    else:
        columns[task.time] = forecasts.times.reshape(-1)
    columns[FORECAST] = forecasts.values.reshape(-1)
    return nw.from_dict(columns, backend=_backend(like)).to_native()


def _backend(like: Any) -> Any:
    try:
        return nw.from_native(like, eager_only=True).implementation
    except TypeError:  # a path, or nothing
        return nw.Implementation.PYARROW
