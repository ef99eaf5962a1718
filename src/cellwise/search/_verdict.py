"""The verdict, from what was found."""

from dataclasses import dataclass, replace
from typing import Any

from cellwise.records import ComparisonRecord, ReachedLimit, VerdictRecord
from cellwise.search._candidate import Candidate
from cellwise.search._compare import gain_words
from cellwise.search._final import TestOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a verdict is made of.

    Attributes:
        chosen: Recommended size; ``None`` if there is none yet.
        benchmark: Name of the best classical method; empty if none ran.
        benchmark_label: Its name for people.
        validation: Chosen network against the benchmark on the folds.
        outcome: What the test rows said; ``None`` if they were not opened.
        missing: What an unfinished search has not looked at.
        goal: The error that was asked for; 0 for none.
        reached_goal: Whether a network reached it.
        reached: Limits beyond which the chosen network might have been better.
    """

    chosen: Candidate | None = None
    benchmark: str = ""
    benchmark_label: str = ""
    validation: ComparisonRecord | None = None
    outcome: TestOutcome | None = None
    missing: tuple[str, ...] = ()
    goal: float = 0.0
    reached_goal: bool = False
    reached: tuple[ReachedLimit, ...] = ()


def judge(findings: Findings) -> VerdictRecord:
    """Say what to use.

    ``use_network`` needs the chosen network to be better than the benchmark on the folds and
    significantly better on the test windows. A search that was cut short and whose network is
    not shown to be better gives no answer, since a larger network may be.

    Args:
        findings: What was found.

    Returns:
        The verdict, without scores and seconds.
    """
    if findings.chosen is None or findings.outcome is None:
        return _no_answer(findings, "The run ended before an answer.")
    if _network_wins(findings):
        return _use_network(findings)
    if findings.missing:
        return _no_answer(
            findings,
            f"The search ended before an answer: the best network so far is not shown to beat "
            f"{findings.benchmark_label}, and not everything was tried.",
        )
    return _use_benchmark(findings)


def _network_wins(findings: Findings) -> bool:
    test = findings.outcome.comparison if findings.outcome else None
    if test is None:  # no classical method could be run: there is nothing to beat
        return True
    on_folds = findings.validation is None or findings.validation.gain > 0
    return test.accepted and on_folds


def _use_network(findings: Findings) -> VerdictRecord:
    record = _chosen(findings).record
    test = findings.outcome.comparison if findings.outcome else None
    sentence = f"Use {record.architecture}: {_layers(findings)}"
    if test is not None:
        sentence += f", {test.gain:.1%} better than {findings.benchmark_label} on unseen rows"
    return VerdictRecord(
        kind="use_network",
        sentence=sentence + ".",
        reasons=_reasons(findings),
        missing=findings.missing,
        **_facts(findings),
    )


def _use_benchmark(findings: Findings) -> VerdictRecord:
    record = _chosen(findings).record
    verdict = VerdictRecord(
        kind="use_benchmark", sentence="", reasons=_reasons(findings), **_facts(findings)
    )
    needless = " ".join(("no LSTM", verdict.within)).rstrip()
    sentence = (
        f"Use {findings.benchmark_label}: the network {record.architecture} "
        f"is no better, so {needless} is needed here."
    )
    return replace(verdict, sentence=sentence)


def _no_answer(findings: Findings, sentence: str) -> VerdictRecord:
    return VerdictRecord(
        kind="no_answer",
        sentence=sentence,
        reasons=_reasons(findings),
        missing=findings.missing or ("the search was not finished",),
        **_facts(findings),
    )


def _chosen(findings: Findings) -> Candidate:
    if findings.chosen is None:
        raise ValueError("findings must hold a chosen candidate")
    return findings.chosen


def _layers(findings: Findings) -> str:
    sizes = _chosen(findings).architecture.hidden_sizes
    layers = "one layer" if len(sizes) == 1 else f"{len(sizes)} layers"
    cells = " and ".join(str(size) for size in sizes)
    return f"{layers} of {cells} cells"


def _facts(findings: Findings) -> dict[str, Any]:
    facts: dict[str, Any] = {"benchmark": findings.benchmark, "reached": findings.reached}
    if findings.chosen is not None:
        record = findings.chosen.record
        facts |= {
            "architecture": record.architecture,
            "num_parameters": record.num_parameters,
            "network_validation": record.score,
        }
    if findings.outcome is not None:
        facts |= {
            "network_test": findings.outcome.network,
            "benchmark_test": findings.outcome.benchmark,
        }
        if findings.outcome.comparison is not None:
            facts["p_value"] = findings.outcome.comparison.p_value
    return facts


def _reasons(findings: Findings) -> tuple[str, ...]:
    reasons = []
    if findings.goal:
        met = "reaches" if findings.reached_goal else "does not reach"
        reasons.append(f"The network {met} the goal of {findings.goal:g} on the validation rows.")
    label = findings.benchmark_label
    if findings.validation is not None:
        reasons.append(
            f"On the validation folds the network is {_relation(findings.validation, label)}."
        )
    if findings.outcome is not None and findings.outcome.comparison is not None:
        reasons.append(f"On the test rows it is {_relation(findings.outcome.comparison, label)}.")
    return tuple(reasons)


def _relation(record: ComparisonRecord, label: str) -> str:
    return f"{gain_words(record.gain)} than {label} (one-sided p = {record.p_value:.3g})"
