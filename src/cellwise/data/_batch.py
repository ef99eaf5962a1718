"""Windows as a network reads them: gathered for one step, never kept."""

import numpy as np

from cellwise.data._dataset import Floats, ForecastData, Rows
from cellwise.data._gather import gather_windows
from cellwise.data._streams import Histories, histories


class WindowReader:
    """Gathers windows of a `ForecastData` into network inputs and scaled targets.

    The features of a step are the anchored target, a flag that is 1 over the horizon (only where
    the network walks over it), past covariates, known covariates and calendar. Over the horizon
    target and past covariates are 0.

    Args:
        data: The data to read from.
    """

    def __init__(self, data: ForecastData) -> None:
        self.data = data
        flag = [np.zeros_like(data.target)] if data.runs_over_horizon else []
        columns = [data.target, *flag, *data.past.T, *data.known.T, *data.calendar.T]
        # Features of each row before anchoring
        self.table = np.stack(columns, axis=1).astype(np.float32, order="C")  # (N, F)

    def read(self, starts: Rows) -> tuple[Floats, Floats]:
        """Gather the inputs of windows.

        Args:
            starts: First rows of the windows of each model, ``(M, B)``.

        Returns:
            Inputs, ``(M, T, F, B)``, as the kernels like them, and the anchors, ``(M, B)``, in
            standardised units.
        """
        data, context = self.data, self.data.context_length
        anchor = self._anchor(starts)
        x = gather_windows(self.table, starts, data.num_steps, anchor, data.input_gain)
        if data.runs_over_horizon:
            hidden = 2 + data.past.shape[1]
            x[:, context:, :hidden] = 0.0
            x[:, context:, 1] = 1.0
        return x, anchor

    def histories(self, starts: Rows) -> Histories:
        """Find the windows that lead to windows, for a network that remembers.

        Args:
            starts: First rows of the windows asked for, each once, ``(n,)``.

        Returns:
            The histories.
        """
        return histories(self.data, starts)

    def scaled_targets(self, starts: Rows, anchor: Floats) -> Floats:
        """Return what the network is to learn.

        Args:
            starts: First rows of windows, ``(M, B)``.
            anchor: Their anchors, ``(M, B)``.

        Returns:
            ``(target - anchor) * output_gain`` over the horizon, ``(M, B, horizon)``.
        """
        steps = self.data.context_length + np.arange(self.data.horizon)
        truth = self.data.target[starts[..., None] + steps]
        return np.asarray((truth - anchor[..., None]) * np.float32(self.data.output_gain))

    def forecasts(self, outputs: Floats, anchor: Floats) -> Floats:
        """Turn outputs of the network into forecasts.

        Args:
            outputs: What the network gave, ``(M, B, horizon)``.
            anchor: Anchors of the windows, ``(M, B)``.

        Returns:
            Forecasts in standardised units, ``(M, B, horizon)``.
        """
        return np.asarray(outputs / np.float32(self.data.output_gain) + anchor[..., None])

    def _anchor(self, starts: Rows) -> Floats:
        context, target = self.data.context_length, self.data.target
        if self.data.anchor == "last":
            return target[starts + context - 1]
        if self.data.anchor == "mean":
            return np.asarray(target[starts[..., None] + np.arange(context)].mean(axis=-1))
        return np.zeros(starts.shape, dtype=target.dtype)
