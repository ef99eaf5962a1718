"""The sections of the HTML report that hold charts."""

from collections.abc import Iterable

from cellwise.records import Evidence
from cellwise.report._canvas import Figure, page_part
from cellwise.report._charts import charts
from cellwise.report._html_template import escape, section
from cellwise.report._palette import STAGES
from cellwise.report._steps import staircase_of
from cellwise.report._trials import grows, is_joint, tuned_candidate
from cellwise.report._words import chosen_word

_KEYS = {
    "forecasts": (
        ("muted", "known"),
        ("ink", "truth"),
        ("network", "network"),
        ("benchmark dash", "benchmark"),
    ),
    "rates": (("ink dot full", "kept rate"), ("ink dot", "dropped, after fewer epochs")),
}
_TEXTS = {
    "staircase": (
        "Error by number of cells",
        "Lower is better; bars are one standard error.",
        "No size has been measured yet.",
    ),
    "forecasts": (
        "Forecasts against the truth",
        "Windows of the test rows, in the data's own units.",
        "",
    ),
    "leads": (
        "Error by step ahead",
        "Mean absolute error on the test rows, in the data's own units.",
        "",
    ),
    "marginals": (
        "Error by value of each setting",
        "Means over the trials that had a value, or a range of values, while all else varied too, "
        "with one standard error; a line through them, all on one scale. With the share that the "
        "setting explains by itself.",
        "",
    ),
    "curves": (
        "Learning curves",
        "Validation error after each epoch at the kept rate: a thin line for each fold and seed, "
        "a thick one for their mean as long as all were in training. All on one scale.",
        "",
    ),
    "rates": (
        "Learning rates",
        "Each line is a size. Every size tried several rates and kept its best, so that no size "
        "lost for a bad rate; triangles lie above the picture.",
        "",
    ),
}


def chart_sections(evidence: Evidence) -> tuple[dict[str, str], bool]:
    """Write every section that holds charts.

    Args:
        evidence: What the run has found.

    Returns:
        Name of the section to HTML, and whether anything was drawn.
    """
    figures = charts(evidence)
    notes = {"staircase": _staircase_note(evidence)}
    sections = {}
    for name, (title, about, absent) in _TEXTS.items():
        body = _figures(name, figures[name])
        if body:
            body = _key(_stage_keys(evidence, name)) + body + notes.get(name, "")
        rule = f" {_rule(evidence)}" if name == "staircase" else ""
        sections[name] = section(title, body, about=about + rule, absent=absent)
    return sections, any(figures.values())


def _figures(name: str, figures: dict[str, Figure]) -> str:
    if not figures:
        return ""
    parts = [
        f"<div>{f'<h3>{escape(caption)}</h3>' if caption else ''}{page_part(figure, f'{name}-{i}')}</div>"
        for i, (caption, figure) in enumerate(figures.items())
    ]
    grid = {"forecasts": "wide", "curves": "small", "marginals": "small"}.get(name, "")
    return f'<div class="{grid}">{"".join(parts)}</div>'


def _stage_keys(evidence: Evidence, name: str) -> Iterable[tuple[str, str]]:
    keys = list(_KEYS.get(name, ()))
    view = staircase_of(evidence) if name == "staircase" else None
    if view is None:
        return keys
    words = ("start or accepted", "refused") if view.grows else (chosen_word(evidence), "tried")
    keys = list(zip(("network dot full", "network dot"), words, strict=True))
    kinds = {one.kind for one in view.steps}
    looks = {
        "depth": "depth diamond",
        "control": "control square",
        "tuned": "network diamond full",
    }
    return keys + [(look, STAGES[kind][2]) for kind, look in looks.items() if kind in kinds]


def _rule(evidence: Evidence) -> str:
    """How a point came to be chosen, as the strategy has it."""
    if grows(evidence):
        tuned = (
            " The staircase is before tuning; the last point is what tuning made of the chosen size."
            if tuned_candidate(evidence)
            else ""
        )
        return f"A size is accepted only if it beats the one before it by more than luck explains.{tuned}"
    drawn = "a trial with settings of its own" if is_joint(evidence) else "a network asked for"
    return f"Every point is {drawn}: none has to beat the one before it."


def _key(keys: Iterable[tuple[str, str]]) -> str:
    items = "".join(
        f'<li><i class="{look}" style="color:var(--{look.split()[0]})"></i>{escape(text)}</li>'
        for look, text in keys
    )
    return f'<ul class="key">{items}</ul>' if items else ""


def _staircase_note(evidence: Evidence) -> str:
    view = staircase_of(evidence)
    unseen = [f"{one.label} ({one.error:.3g})" for one in view.unseen] if view else []
    text = f"Off the scale: {', '.join(unseen)}." if unseen else ""
    return f'<p class="about">{escape(text)}</p>' if text else ""
