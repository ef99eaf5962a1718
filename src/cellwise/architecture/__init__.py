"""What a network is: frozen specs, their text form, shapes and counts; no torch inside."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cellwise.architecture._architecture import Architecture
from cellwise.architecture._attention import AttentionPooling
from cellwise.architecture._branches import Branch, Branches
from cellwise.architecture._cell_weights import CANDIDATES
from cellwise.architecture._change import change_layers, with_layer
from cellwise.architecture._checks import ACTIVATIONS, Activation
from cellwise.architecture._counts import chain_flops, chain_values
from cellwise.architecture._encoder_decoder import Decoder, Encoder
from cellwise.architecture._feed_forward import Conv, Dense, Dropout, Embedding, Norm
from cellwise.architecture._layer import Layer, SimpleLayer
from cellwise.architecture._recurrent import CELLS, Cell, RecurrentLayer
from cellwise.architecture._shapes import (
    Chain,
    Placed,
    Return,
    Shape,
    needs_all_steps,
    place_words,
)
from cellwise.architecture._weights import Role, Weight

if TYPE_CHECKING:
    from cellwise.architecture._explain import Explanation, LayerExplanation, explain
    from cellwise.architecture._explain_text import explanation_text

# formulas and drawings take as long to load as all else, and few commands explain
_LATER = {
    "Explanation": "_explain",
    "LayerExplanation": "_explain",
    "explain": "_explain",
    "explanation_text": "_explain_text",
}

__all__ = [
    "ACTIVATIONS",
    "CANDIDATES",
    "CELLS",
    "Activation",
    "Architecture",
    "AttentionPooling",
    "Branch",
    "Branches",
    "Cell",
    "Chain",
    "Conv",
    "Decoder",
    "Dense",
    "Dropout",
    "Embedding",
    "Encoder",
    "Explanation",
    "Layer",
    "LayerExplanation",
    "Norm",
    "Placed",
    "RecurrentLayer",
    "Return",
    "Role",
    "Shape",
    "SimpleLayer",
    "Weight",
    "chain_flops",
    "chain_values",
    "change_layers",
    "explain",
    "explanation_text",
    "needs_all_steps",
    "place_words",
    "with_layer",
]


def __getattr__(name: str) -> Any:
    """Import what explains a network when it is first used."""
    if name not in _LATER:
        raise AttributeError(f"module 'cellwise.architecture' has no attribute {name!r}")
    return getattr(import_module(f"cellwise.architecture.{_LATER[name]}"), name)
