"""`cellwise explain`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cellwise._errors import SettingsError
from cellwise.cli import _options as options

if TYPE_CHECKING:
    from cellwise.architecture import Architecture


def explain(  # noqa: PLR0913  an option each
    architecture: Annotated[str, typer.Argument(help='Such as "lstm(64) > lstm(32)".')],
    context_length: Annotated[int, typer.Option(help="Past steps of a window.")],
    inputs: Annotated[int | None, typer.Option(help="Input features of a step.")] = None,
    columns: Annotated[
        str, typer.Option(help="Their names, a,b,c, where branches name columns.")
    ] = "",
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

    network, names = Architecture.parse(architecture), _names(columns, inputs)
    sizes: dict[str, Any] = {
        "input_size": len(names) if inputs is None else inputs,
        "output_size": outputs,
        "output_steps": output_steps,
        "columns": names,
    }
    explanation = explain_network(network, context_length=context_length, bias=bias, **sizes)
    code = _code(network, context_length, sizes, keras, torch)
    if svg is not None:
        svg.write_text(explanation.svg, encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(explanation.to_dict() | {"code": code}))
    elif code:
        typer.echo("\n\n".join(code.values()), nl=False)
    else:
        typer.echo(explanation_text(explanation), nl=False)


def _names(columns: str, inputs: int | None) -> tuple[str, ...]:
    names = tuple(part.strip() for part in columns.split(",") if part.strip())
    if inputs is None and not names:
        raise SettingsError("inputs must be given, or columns; use --inputs 8 or --columns a,b,c")
    if inputs is not None and names and inputs != len(names):
        raise SettingsError(f"inputs must be the {len(names)} of --columns, got {inputs}")
    return names


def _code(
    network: "Architecture", context_length: int, sizes: dict[str, Any], keras: bool, torch: bool
) -> dict[str, str]:
    from cellwise.export import keras_code, torch_code

    code = {}
    if keras:
        code["keras"] = keras_code(network, context_length=context_length, **sizes)
    if torch:
        code["torch"] = torch_code(network, **sizes)
    return code
