"""Read the text form of an architecture: ``2*lstm(32, dropout=0.1) > gru(16)``.

The grammar, with spaces anywhere::

    chain   = item { ">" item }
    item    = [ N "*" ] ( layer | "[" branch { "|" branch } "]" | "(" chain ")" )
    branch  = [ column { "," column } ":" ] chain
    layer   = name [ "(" arguments ")" ]
    column  = a plain word, or any text in double quotes
"""

from collections.abc import Callable
from typing import Any

from cellwise._errors import ArchitectureError
from cellwise.architecture._attention import AttentionPooling
from cellwise.architecture._branches import Branch, Branches
from cellwise.architecture._checks import ACTIVATIONS
from cellwise.architecture._encoder_decoder import Decoder, Encoder
from cellwise.architecture._feed_forward import Conv, Dense, Dropout, Embedding, Norm
from cellwise.architecture._layer import Layer
from cellwise.architecture._options import DECODER, ENCODER, RECURRENT, Option
from cellwise.architecture._recurrent import CELLS, RecurrentLayer
from cellwise.architecture._tokens import TokenReader

_RECURRENT = tuple(prefix + cell for prefix in ("", "bi") for cell in CELLS)
_NAMES = (
    *(*_RECURRENT, "dense", "dropout", "norm", "conv", "embed", "attention"),
    *("encoder", "decoder"),
)
# Far above what an architecture may hold, and small enough to be written out
_MAX_WRITTEN = 1000


def parse_layers(text: str) -> tuple[Layer, ...]:
    """Read the layers of a text form.

    Args:
        text: Layers from the input upwards, separated by ``>``.

    Returns:
        The layers, first layer first.

    Raises:
        ArchitectureError: If the text is malformed; names the position, what was read and what
            was expected.
    """
    reader = TokenReader(text)
    try:
        layers = _chain(reader)
    except RecursionError as error:
        raise ArchitectureError("brackets are nested too deeply") from error
    if reader.peek().kind != "end":
        reader.fail(reader.peek(), "'>' or the end of the text")
    return layers


def _chain(reader: TokenReader) -> tuple[Layer, ...]:
    found = _item(reader)
    while reader.took(">"):
        found += _item(reader)
    return found


def _item(reader: TokenReader) -> tuple[Layer, ...]:
    start, times = reader.peek(), 1
    if start.kind == "number":
        times = reader.whole("a whole number of repeats")
        reader.take("*")
    layers = _repeated(reader)
    if times * len(layers) > _MAX_WRITTEN:
        reader.fail(start, f"repeats that make at most {_MAX_WRITTEN} layers")
    return layers * times


def _repeated(reader: TokenReader) -> tuple[Layer, ...]:
    if reader.took("("):
        inner = _chain(reader)
        reader.take(")")
        return inner
    return (_group(reader) if reader.took("[") else _layer(reader),)


def _group(reader: TokenReader) -> Branches:
    branches = [_branch(reader)]
    while reader.took("|"):
        branches.append(_branch(reader))
    reader.take("]")
    return Branches(branches=tuple(branches))


def _branch(reader: TokenReader) -> Branch:
    start, columns = reader.peek(), []
    if reader.peek(1).text in (",", ":"):
        columns.append(_column(reader))
        while reader.took(","):
            columns.append(_column(reader))
        reader.take(":")
    values = {"layers": _chain(reader), "columns": tuple(columns)}
    branch: Branch = _built(start.position, Branch, values)
    return branch


def _column(reader: TokenReader) -> str:
    token = reader.next()
    if token.kind not in ("name", "quoted"):
        reader.fail(token, "the name of a column, in double quotes if it is not a plain word")
    return token.text


def _layer(reader: TokenReader) -> Layer:
    name = reader.next()
    if name.kind != "name" or name.text not in _NAMES:
        reader.fail(name, f"a layer ({', '.join(_NAMES)}), or [ or (")
    if name.text == "norm" and reader.peek().text != "(":
        return Norm()
    reader.take("(")
    if name.text in _RECURRENT:
        kind, values = RecurrentLayer, _recurrent(reader, name.text)
    else:
        kind, read = _LAYERS[name.text]
        values = read(reader)
    reader.take(")")
    layer: Layer = _built(name.position, kind, values)
    return layer


def _built(position: int, kind: Any, values: dict[str, Any]) -> Any:
    try:
        return kind(**values)
    except ArchitectureError as error:
        raise ArchitectureError(f"position {position + 1}: {error}") from error


def _recurrent(reader: TokenReader, name: str) -> dict[str, Any]:
    size = reader.whole("the number of cells, a whole number of at least 1")
    values = {"cell": name.removeprefix("bi"), "hidden_size": size}
    return values | {"bidirectional": name.startswith("bi")} | _options(reader, RECURRENT)


def _options(reader: TokenReader, options: dict[str, Option]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    while reader.took(","):
        name = reader.next()
        if name.text == "return_sequences":
            reader.fail(name, "an option; what a layer hands on is derived from the layer above")
        if name.kind != "name" or name.text not in options:
            reader.fail(name, f"an option ({', '.join(options)})")
        option = options[name.text]
        if option.field in values:
            reader.fail(name, f"{name.text!r} only once")
        values[option.field] = _value(reader, option)
    return values


def _value(reader: TokenReader, option: Option) -> Any:
    if option.kind == "flag":
        return True
    if option.flag and reader.peek().text != "=":
        return option.flag
    reader.take("=")
    if option.kind == "number":
        return reader.number()
    if option.kind == "whole":
        return reader.whole("a whole number of at least 1")
    return reader.word(option.words)


def _dense(reader: TokenReader) -> dict[str, Any]:
    size = reader.whole("the size of the layer, a whole number of at least 1")
    return {"size": size} | _activation(reader)


def _activation(reader: TokenReader) -> dict[str, Any]:
    return {"activation": reader.word(ACTIVATIONS)} if reader.took(",") else {}


def _dropout(reader: TokenReader) -> dict[str, Any]:
    return {"rate": reader.number()}


def _norm(reader: TokenReader) -> dict[str, Any]:
    return {}


def _conv(reader: TokenReader) -> dict[str, Any]:
    values: dict[str, Any] = {"kernel_size": reader.whole("the steps that it sees, at least 1")}
    if reader.peek(1).kind == "number" and reader.took(","):
        values["channels"] = reader.whole("the number of channels, at least 1")
    return values | _activation(reader)


def _embed(reader: TokenReader) -> dict[str, Any]:
    num_tokens = reader.whole("the number of tokens, at least 1")
    reader.take(",")
    return {"num_tokens": num_tokens, "size": reader.whole("the size of a vector, at least 1")}


def _attention(reader: TokenReader) -> dict[str, Any]:
    if reader.peek().text == ")":
        return {}
    return {"heads": reader.whole("the number of heads, at least 1")}


def _encoder(reader: TokenReader) -> dict[str, Any]:
    return {"layers": _chain(reader)} | _options(reader, ENCODER)


def _decoder(reader: TokenReader) -> dict[str, Any]:
    return {"layers": _chain(reader)} | _options(reader, DECODER)


_LAYERS: dict[str, tuple[Any, Callable[[TokenReader], dict[str, Any]]]] = {
    "dense": (Dense, _dense),
    "dropout": (Dropout, _dropout),
    "norm": (Norm, _norm),
    "conv": (Conv, _conv),
    "embed": (Embedding, _embed),
    "attention": (AttentionPooling, _attention),
    "encoder": (Encoder, _encoder),
    "decoder": (Decoder, _decoder),
}
