"""Trained networks outside a search."""

from cellwise.export._frame import to_frame
from cellwise.export._model import Forecasts, SavedModel

__all__ = ["Forecasts", "SavedModel", "to_frame"]
