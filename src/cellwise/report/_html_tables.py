"""The tables of the HTML report."""

from cellwise.records import CandidateRecord, Evidence, Score
from cellwise.report._facts import (
    also,
    decision_error,
    decision_on,
    method_label,
    outcome_of,
    relative_gain,
)
from cellwise.report._format import ABSENT, duration, number, p_text, percent, plus_minus, rate_text
from cellwise.report._html_template import facts, table
from cellwise.report._trials import chosen_candidate, grows, settings_words
from cellwise.report._words import comparison_sentence, outcome_word, reason_words


def sizes_table(evidence: Evidence) -> str:
    """List every size in the order of trial.

    Args:
        evidence: What the run has found.

    Returns:
        HTML; empty without candidates.
    """
    paired = ["#Gain", "#p"] if grows(evidence) else []
    heads = ["#No.", "Stage", "Network", "#Parameters", "#Rate", "#Error ± s.e.", *paired, "Result"]
    rows, classes = [], []
    for place, one in enumerate(evidence.candidates, 1):
        rows.append([str(place), *_size_row(evidence, one)])
        chosen, won = one is chosen_candidate(evidence), outcome_of(evidence, one) == "accepted"
        classes.append(f"{'strong ' if chosen else ''}{'yes' if won else ''}")
    return table(heads, rows, classes)


def _size_row(evidence: Evidence, one: CandidateRecord) -> list[str]:
    decision = decision_on(evidence, one)
    paired = [
        percent(decision.gain) if decision else ABSENT,
        p_text(decision.p_value) if decision else ABSENT,
    ]
    return [
        one.stage,
        f"{one.architecture}\n{settings_words(evidence, one)}",
        f"{one.num_parameters:,}",
        rate_text(one.learning_rate),
        plus_minus(one.error, one.standard_error),
        *(paired if grows(evidence) else []),
        outcome_word(evidence, one),
    ]


def comparisons_table(evidence: Evidence) -> str:
    """List every comparison in words.

    Args:
        evidence: What the run has found.

    Returns:
        HTML; empty without comparisons.
    """
    rows = [
        [one.stage, f"{comparison_sentence(one, evidence)}\n{reason_words(one)}"]
        for one in evidence.comparisons
    ]
    return table(["Stage", "Comparison"], rows)


def baselines_table(evidence: Evidence) -> str:
    """List the classical methods, with the reasons of those that were skipped.

    Args:
        evidence: What the run has found.

    Returns:
        HTML; empty without methods.
    """
    rows, classes = [], []
    for one in evidence.baselines:
        # no-break spaces: the folds of a method stay on one line
        folds = "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}".join(
            number(error, 3) for error in one.error_by_fold
        )
        ran = one.score is not None
        name = one.label if ran else f"{one.label}\nskipped: {one.skipped}"
        rows.append([name, number(one.error), folds, duration(one.seconds) if ran else ABSENT])
        strong = "strong" if one.name == evidence.verdict.benchmark else ""
        classes.append(strong if ran else "dim")
    return table(["Method", f"#{evidence.data.metric.upper()}", "By fold", "#Time"], rows, classes)


def finals_table(evidence: Evidence) -> str:
    """List the retrained networks and the benchmark on the test rows.

    Args:
        evidence: What the run has found.

    Returns:
        HTML; empty if the test rows have not been scored.
    """
    verdict, metric = evidence.verdict, evidence.data.metric
    base = decision_error(verdict.benchmark_test, metric)
    rows, classes = [], []
    for one in evidence.finals:
        gain = percent(relative_gain(decision_error(one.score, metric), base))
        rows.append([f"{one.architecture} ({one.role})", *_errors(one.score, metric, gain)])
        classes.append("strong" if one.role == "chosen" else "")
    if verdict.benchmark_test is not None:
        name = method_label(evidence, verdict.benchmark)
        rows.append([f"{name} (benchmark)", *_errors(verdict.benchmark_test, metric, ABSENT)])
        classes.append("")
    units = evidence.data.target
    heads = ["Method", f"#{metric.upper()}", "#Gain", *(f"#{m.upper()}" for m in also(metric))]
    return table([*heads, f"#MSE, {units} squared", f"#MAE, {units}"], rows, classes)


def data_facts(evidence: Evidence) -> str:
    """List what was forecast from what.

    Args:
        evidence: What the run has found.

    Returns:
        HTML.
    """
    data = evidence.data
    train, validation, test = data.num_windows
    pairs = [
        ("Target", data.target),
        ("Rows", f"{data.num_rows:,}"),
        ("Series", f"{data.num_series:,}"),
        ("Spacing", data.frequency or "not given"),
        ("Season", f"{data.season_length} steps" if data.season_length > 1 else "none"),
        ("Past steps read", f"{data.context_length:,}"),
        ("Steps ahead", f"{data.horizon:,}"),
        ("Training windows", f"{train:,}"),
        ("Validation windows", f"{validation:,}"),
        ("Test windows", f"{test:,}"),
        ("Decided by", data.metric.upper()),
        ("Fingerprint", data.fingerprint or ABSENT),
    ]
    return facts(pairs)


def _errors(score: Score, metric: str, gain: str) -> list[str]:
    values = [decision_error(score, other) for other in also(metric)]
    shown = [*values, score.original_mse, score.original_mae]
    return [number(decision_error(score, metric)), gain, *map(number, shown)]
