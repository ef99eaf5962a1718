"""An explanation as lines for a terminal."""

import textwrap
from itertools import groupby

from cellwise.architecture._explain import Explanation, LayerExplanation
from cellwise.architecture._formulas import letters_of

_WIDTH = 96


def explanation_text(explanation: Explanation) -> str:
    """Write an explanation.

    Args:
        explanation: What there is to say.

    Returns:
        Lines of text.
    """
    parts = [explanation.architecture, "", explanation.drawing, ""]
    # equal layers on one another are told once
    for _, group in groupby(explanation.layers, key=_alike):
        parts += [*_layer_lines(list(group)), ""]
    parts += [*_totals(explanation), ""]
    for one in explanation.questions:
        parts += [one.question, *_wrapped(one.answer), ""]
    return "\n".join(parts).rstrip() + "\n"


def _alike(layer: LayerExplanation) -> tuple[object, ...]:
    parent = layer.path.rpartition(".")[0]
    told = (layer.layer, layer.reads, layer.gives, layer.numbers, layer.connections)
    return (parent, *told)


def _layer_lines(alike: list[LayerExplanation]) -> list[str]:
    layer = alike[0]
    place = layer.place
    if len(alike) > 1:
        chain, _, number = place.rpartition("layer ")
        place = f"{chain}layers {number} to {alike[-1].place.split()[-1]}"
    times = "" if layer.runs == 1 else f", {layer.runs:,} times a window"
    lines = [
        f"{place}: {layer.layer}",
        f"  shapes    reads {layer.reads}, gives {layer.gives}",
    ]
    if layer.num_parameters:
        lines.append(f"  weights   {layer.num_parameters:,} = {layer.formula} = {layer.numbers}")
    if layer.num_flops or layer.num_bytes:
        lines.append(
            f"  per step  {layer.num_flops:,} FLOPs forwards, {layer.num_bytes:,} bytes kept for "
            f"the gradient{times}"
        )
    return [*lines, *_wrapped(layer.connections)]


def _totals(one: Explanation) -> list[str]:
    double_bias = one.bias == "double"
    weights = one.num_parameters_double_bias if double_bias else one.num_parameters
    biases = "two biases per gate, as torch counts" if double_bias else "one bias per gate"
    return [
        "in all",
        f"  weights   {weights:,} ({biases}; Keras counts {one.num_parameters:,}, torch "
        f"{one.num_parameters_double_bias:,}), {size_text(one.weight_bytes)} in float32",
        f"  a window  {one.num_flops:,} FLOPs forwards, {3 * one.num_flops:,} in training; "
        f"{size_text(one.num_bytes)} kept for the gradient",
        *_legend(one),
    ]


def _legend(one: Explanation) -> list[str]:
    meanings = letters_of(layer.formula for layer in one.layers)
    told = ", ".join(f"{letter} {meaning}" for letter, meaning in meanings.items())
    return textwrap.wrap(told, _WIDTH, initial_indent="  letters   ", subsequent_indent=" " * 12)


def size_text(num_bytes: int) -> str:
    """Write a size with its unit.

    Args:
        num_bytes: Bytes.

    Returns:
        Such as ``176 bytes``, ``4.1 kB`` or ``45.9 MB``.
    """
    size, unit = float(num_bytes), "bytes"
    for larger in ("kB", "MB", "GB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{num_bytes} bytes" if unit == "bytes" else f"{size:.1f} {unit}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ")
