"""Trained networks outside a search: on disk, in torch and in Keras, as code and with weights."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cellwise.export._activations import layer_outputs
    from cellwise.export._code_keras import keras_code
    from cellwise.export._code_torch import torch_code
    from cellwise.export._frame import to_frame
    from cellwise.export._keras import from_keras, to_keras
    from cellwise.export._model import Forecasts, SavedModel
    from cellwise.export._resize import deepen, prune, widen
    from cellwise.export._torch import from_torch, to_torch

_HOMES = {
    "Forecasts": "_model",
    "SavedModel": "_model",
    "deepen": "_resize",
    "from_keras": "_keras",
    "from_torch": "_torch",
    "keras_code": "_code_keras",
    "layer_outputs": "_activations",
    "prune": "_resize",
    "to_frame": "_frame",
    "to_keras": "_keras",
    "to_torch": "_torch",
    "torch_code": "_code_torch",
    "widen": "_resize",
}

__all__ = [
    "Forecasts",
    "SavedModel",
    "deepen",
    "from_keras",
    "from_torch",
    "keras_code",
    "layer_outputs",
    "prune",
    "to_frame",
    "to_keras",
    "to_torch",
    "torch_code",
    "widen",
]


def __getattr__(name: str) -> Any:
    """Import a name when it is first used: writing code needs no torch, a saved model does."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cellwise.export' has no attribute {name!r}")
    return getattr(import_module(f"cellwise.export.{_HOMES[name]}"), name)
