"""The outer folds as a part of the page, of the terminal report and of the JSON."""

import math
from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from cellwise.records import Evidence, OuterFoldRecord, OuterRecord, Spread, to_plain
from cellwise.report._facts import method_label
from cellwise.report._format import ABSENT, duration, number, percent, plus_minus
from cellwise.report._html_template import bullets, section, table
from cellwise.report._terminal_lines import listed

_ABOUT = (
    "A whole search (classical methods, growth, choice, tuning, fresh seeds) on the table as it was "
    "at earlier times, scored once on rows that it never saw. The search on all rows comes after "
    "these. Errors are standardised by the training rows of each fold."
)


def outer_section(evidence: Evidence) -> str:
    """Tell what the outer folds have found.

    Args:
        evidence: What the run has found.

    Returns:
        HTML; empty if there are none.
    """
    if evidence.outer is None:
        return ""
    heads = ["Fold", "Choice", "#Compared", "#Lowest validation", "#Its validation"]
    heads += ["#Test", "#Optimism", "#Benchmark, test", "#Its drift", "#Time"]
    body = table(heads, [_row(evidence, fold) for fold in evidence.outer.folds])
    return section("Outer folds", body + bullets(outer_sentences(evidence)), about=_ABOUT)


def outer_lines(evidence: Evidence) -> RenderableType | None:
    """Tell what the outer folds have found, in a terminal.

    Args:
        evidence: What the run has found.

    Returns:
        A line for each fold and each conclusion; ``None`` if there are none.
    """
    if evidence.outer is None:
        return None
    lines = [_line(evidence, fold) for fold in evidence.outer.folds]
    return listed((*lines, *outer_sentences(evidence)))


def outer_json(outer: OuterRecord | None) -> dict[str, Any] | None:
    """Return what the outer folds have found as values that JSON can hold.

    Args:
        outer: What they have found.

    Returns:
        Folds, and mean with standard error of ``test``, ``benchmark_test``, ``optimism``,
        ``drift`` and ``selection``; ``None`` if there are none.
    """
    if outer is None:
        return None
    names = ("test", "benchmark_test", "optimism", "drift", "selection")
    spreads = {name: to_plain(getattr(outer, name)) for name in names}
    folds = [
        {**to_plain(fold), "test": to_plain(fold.test), "optimism": to_plain(fold.optimism)}
        for fold in outer.folds
    ]
    return {"num_folds": outer.num_folds, **spreads, "folds": folds}


def outer_sentences(evidence: Evidence) -> Iterator[str]:
    """Say what the outer folds mean.

    Args:
        evidence: What the run has found.

    Yields:
        str: A sentence each.
    """
    outer = evidence.outer
    if outer is None:
        return
    metric, count = evidence.data.metric.upper(), len(outer.folds)
    if count < outer.num_folds:
        yield f"{count} of {outer.num_folds} outer folds are done."
    if not outer.test.count:
        return
    yield (
        f"Honest {metric}: {plus_minus(outer.test.mean, outer.test.standard_error)} (mean ± standard "
        f"error over {outer.test.count} outer folds); the benchmark of each: "
        f"{plus_minus(outer.benchmark_test.mean, outer.benchmark_test.standard_error)}."
    )
    yield (
        f"Optimism: on new rows the error of the choice differed by {_shift(outer.optimism)} from "
        f"the lowest validation error of its search ({_each(f.optimism for f in outer.folds)})."
    )
    if outer.drift.count:
        yield (
            f"The rows themselves account for {_shift(outer.drift)} (the benchmark's test against "
            f"its validation error); {_shift(outer.selection)} are left for the search."
        )
    yield _stability(outer, evidence.verdict.architecture)


def _stability(outer: OuterRecord, final: str) -> str:
    sizes = [size or "no network" for size in outer.sizes]
    told = f"Choices in time order: {', '.join(sizes)}"
    if len(set(sizes)) == 1:
        told += "; the same in every outer fold"
    if not final:
        return f"{told}."
    return f"{told}; on all rows {final}, as in {sizes.count(final)} of {len(sizes)}."


def _shift(spread: Spread) -> str:
    """Such as ``+4.0 % ± 1.2 %``."""
    if not math.isfinite(spread.standard_error):
        return percent(spread.mean)
    return f"{percent(spread.mean)} ± {percent(spread.standard_error, signed=False)}"


def _each(values: Iterator[float]) -> str:
    return "per fold " + ", ".join(percent(value) for value in values)


def _line(evidence: Evidence, fold: OuterFoldRecord) -> str:
    ended = f"; {'; '.join(fold.missing)}" if fold.missing else ""
    return (
        f"{fold.name}: {fold.architecture or 'no network'} of {fold.num_candidates}, validation "
        f"{number(fold.validation)} (lowest {number(fold.best)}), test {number(fold.test)} on "
        f"{fold.num_windows:,} windows; {method_label(evidence, fold.benchmark) or 'no benchmark'} "
        f"{number(fold.benchmark_validation)}, test {number(fold.benchmark_test)}{ended}"
    )


def _row(evidence: Evidence, fold: OuterFoldRecord) -> list[str]:
    ended = f"\n{'; '.join(fold.missing)}" if fold.missing else ""
    label = method_label(evidence, fold.benchmark)
    return [
        f"{fold.name}\n{fold.num_rows:,} rows, {fold.num_windows:,} test windows",
        f"{fold.architecture or ABSENT}{ended}",
        str(fold.num_candidates),
        number(fold.best),
        number(fold.validation),
        number(fold.test),
        percent(fold.optimism),
        f"{number(fold.benchmark_test)}\n{label}",
        percent(fold.drift),
        duration(fold.seconds),
    ]
