"""Test windows for the picture of the forecast against the truth."""

import numpy as np
import torch

from cellwise.data import Prepared, WindowReader, to_original
from cellwise.layers import forecast
from cellwise.records import ForecastExample
from cellwise.search._final import Retrained, TestOutcome

_EXAMPLES = 4
# Context steps that the picture shows at most
_SHOWN_CONTEXT = 200


def forecast_examples(
    prepared: Prepared, model: Retrained | None, outcome: TestOutcome | None
) -> tuple[ForecastExample, ...]:
    """Forecast some test windows, evenly spread, with the network that is saved.

    Args:
        prepared: The data.
        model: The retrained network; ``None`` if there is none.
        outcome: What the test rows said; ``None`` if they were not opened.

    Returns:
        At most four examples in original units; none without a network.
    """
    if model is None or outcome is None:
        return ()
    data = prepared.data
    starts = data.test.val_starts
    rows = np.unique(np.linspace(0, len(starts) - 1, _EXAMPLES + 2).astype(int)[1:-1])
    picked = starts[rows]
    network = model.experiment.network(data)
    weights = torch.from_numpy(model.result.weights[:1])
    ours = to_original(data, picked, forecast(network, weights, WindowReader(data), picked)[0])
    theirs = outcome.benchmark_forecasts
    other = None if theirs is None else to_original(data, picked, theirs[rows])
    truth = to_original(data, picked, data.targets(picked))
    shown = min(data.context_length, _SHOWN_CONTEXT)
    steps = data.context_length - shown + np.arange(shown)
    context = to_original(data, picked, data.target[picked[:, None] + steps])
    return tuple(
        ForecastExample(
            series=data.series[int(data.series_of(picked[i : i + 1])[0])].name,
            context_times=_labels(prepared, start + steps),
            context=_floats(context[i]),
            times=_labels(prepared, start + data.context_length + np.arange(data.horizon)),
            truth=_floats(truth[i]),
            network=_floats(ours[i]),
            benchmark=() if other is None else _floats(other[i]),
        )
        for i, start in enumerate(picked)
    )


def _labels(prepared: Prepared, rows: np.ndarray) -> tuple[str, ...]:
    times = prepared.table.times
    if times is None:
        return tuple(str(int(row)) for row in rows)
    picked = times[rows]
    if np.issubdtype(picked.dtype, np.datetime64):
        return tuple(str(value) for value in picked.astype("datetime64[m]"))
    return tuple(str(value) for value in picked)


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
