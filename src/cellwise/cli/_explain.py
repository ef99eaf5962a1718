"""`cellwise explain`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cellwise.cli import _options as options

if TYPE_CHECKING:
    from cellwise.architecture import Architecture


def explain(  # noqa: PLR0913  an option each
    architecture: Annotated[str, typer.Argument(help='Such as "lstm(64) > lstm(32)".')],
    inputs: Annotated[int, typer.Option(help="Input features of a step.")],
    context_length: Annotated[int, typer.Option(help="Past steps of a window.")],
    outputs: Annotated[int, typer.Option(help="Outputs of the output layer.")] = 1,
    output_steps: Annotated[
        int, typer.Option(help="Steps that it reads, or that a decoder writes; 0: the last alone.")
    ] = 0,
    bias: Annotated[
        Literal["single", "double"], typer.Option(help="Count one bias per gate, or torch's two.")
    ] = "single",
    svg: Annotated[Path | None, typer.Option(help="Write the drawing to this file.")] = None,
    keras: Annotated[bool, typer.Option("--keras", help="Print equivalent Keras code.")] = False,
    torch: Annotated[bool, typer.Option("--torch", help="Print equivalent PyTorch code.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Explain a network layer by layer: shapes, connections, weights, work, drawing, code."""
    from cellwise.architecture import Architecture, explanation_text
    from cellwise.architecture import explain as explain_network

    network = Architecture.parse(architecture)
    explanation = explain_network(
        network,
        input_size=inputs,
        context_length=context_length,
        output_size=outputs,
        output_steps=output_steps,
    )
    code = _code(network, (inputs, context_length, outputs, output_steps), keras, torch)
    if svg is not None:
        svg.write_text(explanation.svg, encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(explanation.to_dict() | {"code": code}))
    elif code:
        typer.echo("\n\n".join(code.values()), nl=False)
    else:
        typer.echo(explanation_text(explanation, double_bias=bias == "double"), nl=False)


def _code(
    network: "Architecture", sizes: tuple[int, int, int, int], keras: bool, torch: bool
) -> dict[str, str]:
    from cellwise.export import keras_code, torch_code

    inputs, context_length, outputs, output_steps = sizes
    code = {}
    if keras:
        code["keras"] = keras_code(
            network,
            input_size=inputs,
            context_length=context_length,
            output_size=outputs,
            output_steps=output_steps,
        )
    if torch:
        code["torch"] = torch_code(
            network, input_size=inputs, output_size=outputs, output_steps=output_steps
        )
    return code
