"""The checks of the leakage audit: what they are called, why they matter, what to do."""

from dataclasses import dataclass

from cellwise.records import AuditCheck, AuditStatus


@dataclass(frozen=True, slots=True)
class _Text:
    title: str
    why: str
    do: str


_TEXTS = {
    "scaler_range": _Text(
        "Scaling",
        "Means and deviations of all rows tell the network where the series is going.",
        "report it: `cellwise fit` takes them from the training rows",
    ),
    "window_overlap": _Text(
        "Overlap and gap of windows",
        "A target that was trained on must not be scored. Contexts may look back over the border: "
        "those values are known when the forecast is made.",
        "report it: `cellwise fit` cuts its windows apart",
    ),
    "filled_values": _Text(
        "Filled values",
        "A line over a gap is drawn with the value behind it, which nobody knows inside the gap.",
        "use --missing forward",
    ),
    "repeated_rows": _Text(
        "Rows repeated across splits",
        "A stretch that was trained on and occurs again in the test rows is remembered, not "
        "forecast.",
        "remove copied rows; if the table is exactly periodic, no network is needed",
    ),
    "future_columns": _Text(
        "The target's future in a covariate",
        "A column that holds what is to be forecast makes every error small until the day it is "
        "used.",
        "leave the column out, or give it with --past-covariates and shifted to the time when it "
        "is known",
    ),
    "future_combination": _Text(
        "The target as a combination of known covariates",
        "Columns that add up to the target, such as the parts of a sum, are not known before it.",
        "leave at least one of the columns out, or give them with --past-covariates",
    ),
    "test_reads": _Text(
        "How often the test rows were read",
        "The best of many readings of the same rows flatters, as the best of many networks does.",
        "trust the first reading, or keep rows that no run has seen: --split",
    ),
}


def make_check(key: str, status: AuditStatus, seen: str, value: float = float("nan")) -> AuditCheck:
    """Give a measurement its title, its reason and its way out.

    Args:
        key: Which check.
        status: What came of it.
        seen: What was measured, in words.
        value: The figure that decided.

    Returns:
        The check.
    """
    text = _TEXTS[key]
    return AuditCheck(
        key=key,
        title=text.title,
        status=status,
        seen=seen,
        value=value,
        why=text.why,
        do=text.do,
    )
