"""Trained networks outside a search, and the equivalent code of other libraries."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cellwise.export._code_keras import keras_code
    from cellwise.export._code_torch import torch_code
    from cellwise.export._frame import to_frame
    from cellwise.export._model import Forecasts, SavedModel

_HOMES = {
    "Forecasts": "_model",
    "SavedModel": "_model",
    "keras_code": "_code_keras",
    "to_frame": "_frame",
    "torch_code": "_code_torch",
}

__all__ = ["Forecasts", "SavedModel", "keras_code", "to_frame", "torch_code"]


def __getattr__(name: str) -> Any:
    """Import a name when it is first used: writing code needs no torch, a saved model does."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cellwise.export' has no attribute {name!r}")
    return getattr(import_module(f"cellwise.export.{_HOMES[name]}"), name)
