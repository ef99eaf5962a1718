"""What a classical method must offer."""

from typing import Protocol

from cellwise.data import Floats, Fold, ForecastData


class Baseline(Protocol):
    """A classical method, scored on exactly the windows that the networks are scored on."""

    @property
    def name(self) -> str:
        """Short name."""
        ...

    @property
    def label(self) -> str:
        """Name for people."""
        ...

    def why_not(self, data: ForecastData) -> str:
        """Return why the method does not apply to the data; empty if it does."""
        ...

    def estimated_seconds(self, data: ForecastData, fold: Fold) -> float:
        """Predict the cost on a fold from counts alone, so that it is the same in every run."""
        ...

    def forecast(self, data: ForecastData, fold: Fold) -> Floats:
        """Fit on the fold's training rows, forecast its validation windows, ``(m, horizon)``."""
        ...
