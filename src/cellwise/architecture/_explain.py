"""Explain a network layer by layer: shapes, connections, weights, work and memory."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from cellwise.architecture._architecture import Architecture
from cellwise.architecture._checks import check_size
from cellwise.architecture._connections import connection_words, return_words
from cellwise.architecture._counts import (
    FLOAT_BYTES,
    Bias,
    attention_flops,
    attention_values,
    chain_values,
    own_size,
    runs,
    step_flops,
    step_values,
)
from cellwise.architecture._encoder_decoder import Decoder
from cellwise.architecture._formulas import parameter_formula
from cellwise.architecture._questions import Answer, answers
from cellwise.architecture._scene import Steps, scene_of
from cellwise.architecture._shapes import Chain, Placed, Return, needs_all_steps, place_words
from cellwise.architecture._svg import svg_drawing
from cellwise.architecture._terminal import terminal_drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerExplanation:
    """What there is to say of one layer.

    Attributes:
        path: Where it is, such as ``layers.0``.
        place: The same in words, such as ``layer 1``.
        layer: Its text form; for the output layer ``dense(O)``.
        reads: Shape of what it reads.
        gives: Shape of what it gives.
        returns: What it hands on of that.
        connections: What is connected to what, and what is handed on, in words.
        num_parameters: Its own weights, biases counted as asked.
        formula: The count in symbols.
        numbers: The count with numbers filled in.
        num_flops: Operations for one step of one row, forwards.
        num_bytes: Memory that training needs for one step of one row, in float32.
        runs: How often it is computed for one window.
    """

    path: str
    place: str
    layer: str
    reads: str
    gives: str
    returns: Return
    connections: str
    num_parameters: int
    formula: str
    numbers: str
    num_flops: int
    num_bytes: int
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What there is to say of a network.

    Attributes:
        architecture: Its text form.
        input_size: Input features F.
        context_length: Steps T of the window.
        output_size: Outputs O.
        output_steps: Steps that the output layer reads; 0 for the last one alone.
        layers: The layers from the input upwards, the output layer last.
        bias: How biases are counted in the layers, the drawing, the answers and the memory.
        num_parameters: Weights with one bias per gate, as Cellwise and Keras count.
        num_parameters_double_bias: Weights with torch's second bias.
        num_flops: Operations of one forward pass of one window; training takes three times that.
        num_bytes: Memory that training needs for one window, in float32, weights apart.
        weight_bytes: Memory of the weights, in float32.
        questions: What readers ask, answered.
        drawing: The network drawn with the lines of a terminal.
        svg: The network drawn as an SVG document.
    """

    architecture: str
    input_size: int
    context_length: int
    output_size: int
    output_steps: int
    layers: tuple[LayerExplanation, ...]
    bias: Bias
    num_parameters: int
    num_parameters_double_bias: int
    num_flops: int
    num_bytes: int
    weight_bytes: int
    questions: tuple[Answer, ...]
    drawing: str
    svg: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, without the drawings."""
        values = asdict(self)
        return {k: v for k, v in values.items() if k not in ("drawing", "svg")}


def explain(
    architecture: Architecture | str,
    *,
    input_size: int,
    context_length: int,
    output_size: int = 1,
    output_steps: int = 0,
    columns: Sequence[str] = (),
    bias: Bias = "single",
) -> Explanation:
    """Explain a network layer by layer.

    Args:
        architecture: A network or its text form.
        input_size: Input features F.
        context_length: Steps T of the window.
        output_size: Outputs O of the output layer.
        output_steps: Steps that the output layer reads, or that a decoder writes; 0 for the last
            one alone.
        columns: Names of the input features, where branches name theirs; checked if given.
        bias: How biases are counted: as Cellwise and Keras train them, or torch's two.

    Returns:
        The explanation.

    Raises:
        ArchitectureError: If the text is malformed, a layer cannot read what it is given, a
            size is below 1, or there is no column that a branch names.

    Example:
        >>> found = explain("lstm(100) > lstm(50)", input_size=8, context_length=20)
        >>> found.layers[1].numbers, found.layers[1].num_parameters
        ('4·50·(100 + 50 + 1)', 30200)
    """  # noqa: DOC502  raised by the checks and the parser
    _check_sizes(input_size, context_length, output_size, output_steps)
    net = Architecture.parse(architecture) if isinstance(architecture, str) else architecture
    if columns:
        net.require_columns(columns)
    chain = net.place(input_size=input_size, output_size=output_size, every_step=output_steps > 0)
    steps = Steps(window=context_length, decoder=max(1, output_steps), bias=bias)
    layers = (*(_layer(one, steps) for one in chain.walk()), _head(chain, output_size, steps))
    scene = scene_of(str(net), chain, steps, outputs=output_size)
    single = net.num_parameters(input_size=input_size, output_size=output_size)
    double = net.num_parameters(input_size=input_size, output_size=output_size, bias="double")
    weights = double if bias == "double" else single
    return Explanation(
        architecture=str(net),
        input_size=input_size,
        context_length=context_length,
        output_size=output_size,
        output_steps=output_steps,
        layers=layers,
        bias=bias,
        num_parameters=single,
        num_parameters_double_bias=double,
        num_flops=net.num_flops(
            input_size=input_size,
            output_size=output_size,
            num_steps=context_length,
            output_steps=output_steps,
        ),
        num_bytes=_window_bytes(chain, layers[-1], steps),
        weight_bytes=weights * FLOAT_BYTES,
        questions=answers(chain, num_steps=context_length, num_parameters=weights),
        drawing=terminal_drawing(scene),
        svg=svg_drawing(scene),
    )


def _check_sizes(input_size: int, context_length: int, output_size: int, output_steps: int) -> None:
    check_size("input_size", input_size)
    check_size("context_length", context_length)
    check_size("output_size", output_size)
    check_size("output_steps", output_steps, least=0)


def _window_bytes(chain: Chain, head: LayerExplanation, steps: Steps) -> int:
    """Memory that training needs for one window; the chain does not hold the output layer."""
    values = chain_values(chain, num_steps=steps.window, decoder_steps=steps.decoder)
    return FLOAT_BYTES * values + head.num_bytes * head.runs


def _layer(placed: Placed, steps: Steps) -> LayerExplanation:
    formula = parameter_formula(placed, steps.bias)
    reads, gives = placed.input, placed.output
    if not needs_all_steps(placed):
        reads, gives = replace(reads, steps=""), replace(gives, steps="")
    words = connection_words(placed, steps.window), return_words(placed, steps.window)
    return LayerExplanation(
        path=placed.path,
        place=place_words(placed.path),
        layer=str(placed.layer),
        reads=reads.text(steps.window, steps.decoder),
        gives=gives.text(steps.window, steps.decoder),
        returns=placed.returns,
        connections=" ".join(words),
        num_parameters=own_size(placed, steps.bias),
        formula=formula.symbols,
        numbers=formula.numbers,
        num_flops=_flops(placed, steps),
        num_bytes=FLOAT_BYTES * _values(placed, steps),
        runs=runs(placed, steps.window, steps.decoder),
    )


def _flops(placed: Placed, steps: Steps) -> int:
    if isinstance(placed.layer, Decoder):
        return attention_flops(placed, steps.window, steps.decoder) // steps.decoder
    return step_flops(placed)


def _values(placed: Placed, steps: Steps) -> int:
    if isinstance(placed.layer, Decoder):
        return attention_values(placed, steps.window, steps.decoder) // steps.decoder
    return step_values(placed)


def _head(chain: Chain, output_size: int, steps: Steps) -> LayerExplanation:
    last, width = chain.placed[-1], chain.output.width
    every = last.returns == "all"
    time = f"{steps.decoder}, " if every else ""
    comma = "" if every else ","
    read = "each of the steps that it reads" if every else "the end of the window"
    outputs = "the output" if output_size == 1 else f"each of the {output_size} outputs"
    return LayerExplanation(
        path="head",
        place="output layer",
        layer=f"dense({output_size})",
        reads=f"({time}{width}{comma})",
        gives=f"({time}{output_size}{comma})",
        returns="all" if every else "last",
        connections=f"All {width} values at {read} go to {outputs}. "
        "It is not part of the text: the task sets it.",
        num_parameters=(width + 1) * output_size,
        formula="O(F + 1)",
        numbers=f"{output_size}·({width} + 1)",
        num_flops=2 * width * output_size,
        num_bytes=FLOAT_BYTES * output_size,
        runs=steps.decoder if every else 1,
    )
