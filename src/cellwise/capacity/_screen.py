"""The desk on one screen: side by side, in words, and at equal budget."""

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cellwise.capacity._case import Case
from cellwise.capacity._desk import Answer, Appraisal
from cellwise.capacity._format import ABSENT, short, stated, whole
from cellwise.capacity._statement import Statement
from cellwise.capacity._words import sentences

SCREEN_WIDTH = 96
"""Columns that the screen is laid out for."""

# section, then rows: label, and the statements of each number in the row
_ROWS: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    (
        "Size",
        (
            ("weights / as torch stores", ("weights", "weights_double")),
            (
                "  input / recurrent / output",
                ("weights_input", "weights_recurrent", "weights_head"),
            ),
            ("FLOPs a window / bytes, training", ("training_flops", "training_bytes")),
            ("numbers carried step to step", ("state",)),
        ),
    ),
    (
        "VC dimension",
        (
            ("at least, order, exact weights", ("vc_lower",)),
            ("at most, 32-bit weights", ("vc_cap",)),
            ("windows to learn, order, noise", ("noisy_samples",)),
            ("windows enough for any data", ("samples_enough",)),
        ),
    ),
    (
        "Gap to new data, loss 0 to 1",
        (
            ("Occam, 32 bits a weight", ("occam_32",)),
            ("Occam, 5 bits a weight", ("occam_5",)),
            ("cover of LSTM stacks", ("cover",)),
            ("score of Chen, Li & Zhao", ("chen_score",)),
        ),
    ),
    (
        "Rules of thumb",
        (
            ("cells, alpha 10 / 2, as written", ("alpha_10_written", "alpha_2_written")),
            ("cells a layer, by weights", ("alpha_10_weights", "alpha_2_weights")),
            ("targets per weight (its alpha)", ("targets_per_weight",)),
            ("cells to represent any function", ("mean_width", "uniform_width")),
            ("cells to hold the memory", ("memory_floor",)),
            ("target bits per storable bit", ("memorisation_ratio",)),
        ),
    ),
)
_IN_FULL = {"weights", "weights_double", "state"}
_EQUAL = (
    ("weights", "weights"),
    ("FLOPs", "training_flops"),
    ("state", "state"),
    ("VC ≥", "vc_lower"),
    ("VC ≤", "vc_cap"),
    ("Occam", "occam_5"),
    ("cover", "cover"),
    ("score", "chen_score"),
    ("alpha", "targets_per_weight"),
    ("bits", "memorisation_ratio"),
)
_UNITS = {
    "parameters": "weights",
    "flops": "FLOPs of training on one window",
    "seconds": "seconds for going through the data once (one CPU thread, rough)",
}


def capacity_screen(answer: Answer) -> RenderableType:
    """Lay out an answer for a terminal of 96 columns, or for plain text.

    Args:
        answer: What `consult` found.

    Returns:
        A rich renderable.
    """
    return Group(
        _heading(answer),
        _side_by_side(answer.appraisals),
        _title("What theory decides, and what it does not"),
        *(_bullet(sentence) for sentence in sentences(answer)),
        _title(f"Equal budget: {short(answer.budget.amount)} {_UNITS[answer.budget.kind]}"),
        _equal(answer),
    )


def statements_screen(case: Case, statements: tuple[Statement, ...], about: str) -> RenderableType:
    """Lay out what was stated of one network, with what each number rests on.

    Args:
        case: The network and its data.
        statements: What was stated.
        about: A line on what was measured.

    Returns:
        A rich renderable.
    """
    found = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("statement", "value", "rests on", "assumes"):
        found.add_column(head, justify="right" if head == "value" else "left")
    for one in statements:
        rests = f"{one.kind}, says nothing" if one.silence else one.kind
        found.add_row(*map(Text, (one.name, stated(one), rests, one.assumptions)))
    q = case.question
    data = f"{q.samples:,} windows, {q.independent:,} that share no row, {q.length} steps"
    lines = (f"{case.architecture}: {data}", about)
    return Group(*(Text(line) for line in lines), found)


def _heading(answer: Answer) -> RenderableType:
    q = answer.question
    windows = "independent windows" if not q.stride else f"windows, {q.stride} apart"
    data = f"{q.inputs} in, {q.outputs} out, {q.length} steps, {q.samples:,} {windows}"
    return Text(f"{data}; numbers in brackets say nothing here", style="dim")


def _title(text: str) -> RenderableType:
    # Text: a title is never markup
    return Rule(Text(text, style="bold"), align="left", style="dim")


def _bullet(text: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text("-"), Text(text))
    return Padding(grid, (0, 0, 0, 1))


def _table(gap: int) -> Table:
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, gap, 0, 0))


def _side_by_side(both: tuple[Appraisal, ...]) -> RenderableType:
    table = _table(gap=1)
    table.add_column("", no_wrap=True)
    for one in both:
        table.add_column(Text(one.name), justify="right", overflow="fold", max_width=24)
    table.add_column("rests on", no_wrap=True)
    for section, rows in _ROWS:
        table.add_row(Text(section, style="bold cyan"))
        for label, keys in rows:
            if any(one.value(keys[0]) is not None for one in both):
                table.add_row(*_row(label, keys, both))
    return table


def _row(label: str, keys: tuple[str, ...], both: tuple[Appraisal, ...]) -> list[Text]:
    columns = [[one.statements[key] for key in keys] for one in both]
    cells = [Text(" / ").join(map(_number, column)) for column in columns]
    return [Text(" " + label), *cells, _basis([column[0] for column in columns])]


def _number(statement: Statement) -> Text:
    text = whole(statement.value) if statement.key in _IN_FULL else stated(statement)
    if statement.says:
        return Text(text)
    return Text(text if text == ABSENT else f"({text})", style="dim")


def _basis(found: list[Statement]) -> Text:
    """What a row rests on, and whether it says nothing for any network."""
    kind = found[0].kind
    if any(statement.says for statement in found):
        return Text(kind, style="green" if kind in ("exact", "theorem") else "yellow")
    return Text(f"{kind}, says nothing", style="dim")


def _equal(answer: Answer) -> RenderableType:
    if not answer.equal:
        return Text(" Even one cell costs more.", style="dim")
    # eleven columns: 80 leave no room for wider gaps
    table = _table(gap=0)
    table.add_column("network", no_wrap=True)
    for title, _ in _EQUAL:
        table.add_column(title, justify="right", no_wrap=True)
    asked = {str(one.case.architecture) for one in answer.appraisals}
    for one in answer.equal:
        style = "bold" if str(one.case.architecture) in asked else ""
        numbers = (_number(one.statements[key]) for _, key in _EQUAL)
        table.add_row(one.name, *numbers, style=style)
    return table
