"""Reading a `keras.Sequential` as an architecture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from cellwise._errors import ArchitectureError
from cellwise.architecture import (
    ACTIVATIONS,
    Architecture,
    Conv,
    Dense,
    Dropout,
    Embedding,
    Layer,
    Norm,
    RecurrentLayer,
)

# as in layers: torch's, where Keras's default is 1e-3
_EPSILON = 1e-5
_CELLS = {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "rnn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModel:
    """A model of Keras as Cellwise sees it.

    Attributes:
        architecture: The layers without the output layer.
        layers: Keras layer of each of them, then the output layer; ``None`` for one that another
            layer's option stands for.
        input_size: Input features F, or columns of tokens.
        output_size: Outputs O.
    """

    architecture: Architecture
    layers: tuple[Any, ...]
    input_size: int
    output_size: int


def read_sequential(model: Any) -> ReadModel:
    """Read what a model of Keras computes.

    Args:
        model: A `keras.Sequential` whose last layer is dense, without activation.

    Returns:
        Its architecture, and which layer is which.

    Raises:
        ArchitectureError: If there is a layer that Cellwise does not have; names the first one.
    """
    found = [
        pair for index, layer in enumerate(model.layers, start=1) for pair in _read(layer, index)
    ]
    last = model.layers[-1]
    if type(last).__name__ != "Dense" or last.activation.__name__ != "linear" or len(found) < 2:
        raise ArchitectureError(
            "the last layer must be a Dense without activation, the output layer, with others "
            f"below it; got {type(last).__name__} {last.name!r}"
        )
    shape = model.input_shape
    return ReadModel(
        architecture=Architecture(layers=tuple(ours for ours, _ in found[:-1])),
        layers=tuple(theirs for _, theirs in found),
        input_size=shape[2] if len(shape) > 2 else 1,
        output_size=last.units,
    )


def _read(layer: Any, index: int) -> Iterator[tuple[Layer, Any]]:
    name = type(layer).__name__
    if name in ("InputLayer", "Reshape"):  # a reshape puts vectors of tokens side by side
        return
    inner = layer.forward_layer if name == "Bidirectional" else layer
    rate = getattr(inner, "dropout", 0.0)
    if type(inner).__name__ in _CELLS and rate:
        yield Dropout(rate=rate), None  # Keras drops what the layer reads
    reader = _READERS.get(name)
    if reader is None:
        _refuse(layer, index, f"Cellwise has no {name}")
    yield reader(layer, index), layer


def _refuse(layer: Any, index: int, why: str) -> NoReturn:
    raise ArchitectureError(f"layer {index} of the model, {layer.name!r}: {why}")


def _activation(layer: Any, index: int, name: str = "activation") -> Any:
    found = getattr(layer, name).__name__
    if found not in ACTIVATIONS:
        _refuse(layer, index, f"{name} must be one of {', '.join(ACTIVATIONS)}, got {found}")
    return found


def _recurrent(layer: Any, index: int, **options: Any) -> Layer:
    cell: Any = _CELLS.get(type(layer).__name__)
    if cell is None:
        _refuse(layer, index, f"Cellwise has no {type(layer).__name__}")
    if layer.go_backwards and not options:
        _refuse(layer, index, "go_backwards without a forward half has no equal")
    if cell != "rnn":
        options["gate_activation"] = _activation(layer, index, "recurrent_activation")
    return RecurrentLayer(
        cell=cell,
        hidden_size=layer.units,
        activation=_activation(layer, index),
        recurrent_dropout=layer.recurrent_dropout,
        stateful=layer.stateful,
        reset_before=cell == "gru" and not layer.reset_after,
        **options,
    )


def _bidirectional(layer: Any, index: int) -> Layer:
    merge = layer.merge_mode or "none"
    return _recurrent(layer.forward_layer, index, bidirectional=True, merge=merge)


def _dense(layer: Any, index: int) -> Layer:
    return Dense(size=layer.units, activation=_activation(layer, index))


def _conv(layer: Any, index: int) -> Layer:
    plain = layer.padding == "causal" and layer.groups == 1
    if not plain or layer.strides != (1,) or layer.dilation_rate != (1,):
        _refuse(layer, index, 'a convolution must have padding="causal", one group and no strides')
    return Conv(
        kernel_size=layer.kernel_size[0],
        channels=layer.filters,
        activation=_activation(layer, index),
    )


def _norm(layer: Any, index: int) -> Layer:
    plain = layer.center and layer.scale and not getattr(layer, "rms_scaling", False)
    if not plain or abs(layer.epsilon - _EPSILON) > 1e-9:
        _refuse(layer, index, f"layer normalisation must have epsilon={_EPSILON}, gain and shift")
    return Norm()


def _embedding(layer: Any, index: int) -> Layer:
    return Embedding(num_tokens=layer.input_dim, size=layer.output_dim)


_READERS: dict[str, Callable[[Any, int], Layer]] = {
    **dict.fromkeys(_CELLS, _recurrent),
    "Bidirectional": _bidirectional,
    "Dense": _dense,
    "Conv1D": _conv,
    "LayerNormalization": _norm,
    "Embedding": _embedding,
    "Dropout": lambda layer, index: Dropout(rate=layer.rate),
}
