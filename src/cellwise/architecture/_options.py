"""Options of layers in the text form: one table for reading and for writing."""

from dataclasses import dataclass, fields
from typing import Any, Literal

from cellwise.architecture._checks import ACTIVATIONS
from cellwise.architecture._text import number_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a layer.

    Attributes:
        field: Field of the dataclass that it sets.
        kind: ``flag`` (its name alone), ``number``, ``whole`` (a whole number) or ``word``.
        words: Words that may follow; empty where the dataclass knows them.
        flag: What the name alone stands for, where a word may follow but need not.
    """

    field: str
    kind: Literal["flag", "number", "whole", "word"]
    words: tuple[str, ...] = ()
    flag: str = ""


def _flags(*names: str) -> dict[str, Option]:
    return {name: Option(field=name, kind="flag") for name in names}


RECURRENT: dict[str, Option] = {
    "merge": Option(field="merge", kind="word", words=("concat", "sum", "mul", "ave", "none")),
    "proj": Option(field="proj_size", kind="whole"),
    "skip": Option(field="skip_size", kind="whole"),
    **_flags("peephole", "coupled"),
    "ln": Option(field="layer_norm", kind="word", words=("full", "lean"), flag="full"),
    **_flags("reset_before"),
    "activation": Option(field="activation", kind="word", words=ACTIVATIONS),
    "gate_activation": Option(field="gate_activation", kind="word", words=ACTIVATIONS),
    "deep_gates": Option(field="gate_depth", kind="whole"),
    "transition": Option(field="transition_depth", kind="whole"),
    **_flags("shortcut"),
    "output": Option(field="output_depth", kind="whole"),
    "zoneout": Option(field="zoneout", kind="number"),
    "recurrent_dropout": Option(field="recurrent_dropout", kind="number"),
    "dropout": Option(field="dropout", kind="number"),
    **_flags("residual", "highway", "from_input", "to_output"),
    **_flags("stateful", "learn_state", "init_from_below"),
}
ENCODER: dict[str, Option] = _flags("reverse")
DECODER: dict[str, Option] = {
    "attention": Option(
        field="attention", kind="word", words=("none", "additive", "dot", "general")
    ),
    "teacher_forcing": Option(field="teacher_forcing", kind="number"),
    "sampling": Option(
        field="sampling", kind="word", words=("constant", "linear", "exponential", "sigmoid")
    ),
}


def option_texts(layer: Any, options: dict[str, Option]) -> list[str]:
    """Write the options of a layer that differ from their defaults.

    Args:
        layer: A dataclass.
        options: Its options.

    Returns:
        Such as ``proj=8`` and ``residual``, in the order of the table.
    """
    defaults = {field.name: field.default for field in fields(layer)}
    written = []
    for name, option in options.items():
        value = getattr(layer, option.field)
        if value != defaults[option.field]:
            written.append(_written(name, option, value))
    return written


def _written(name: str, option: Option, value: Any) -> str:
    if option.kind == "flag" or (option.flag and value == option.flag):
        return name
    return f"{name}={number_text(value) if option.kind == 'number' else value}"
