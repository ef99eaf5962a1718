"""The first card of the HTML report: the answer and its key figures."""

import math

from cellwise.records import Evidence
from cellwise.report._audit import audit_sentence
from cellwise.report._facts import (
    decision_error,
    known_floor,
    method_label,
    relative_gain,
)
from cellwise.report._format import ABSENT, duration, number, p_text, percent, tidied
from cellwise.report._html_template import bullets, escape, facts, prose
from cellwise.report._words import next_steps, verdict_title


def verdict_card(evidence: Evidence, run: str) -> str:
    """Write the verdict, its key figures, its reasons and what to do next.

    Args:
        evidence: What the run has found.
        run: Run directory, for the commands.

    Returns:
        HTML.
    """
    verdict = evidence.verdict
    missing = bullets(verdict.missing)
    stamp = f"<p><b>{escape(audit_sentence(evidence.audit))}</b></p>" if evidence.audit else ""
    return (
        f'<div class="verdict {escape(verdict.kind)}">'
        f'<p class="pill">{escape(verdict_title(verdict))}</p>'
        f"<h1>{escape(verdict.sentence)}</h1>"
        f"{facts(_figures(evidence))}{bullets(map(tidied, verdict.reasons))}{stamp}"
        f"{f'<h3>Not looked at yet</h3>{missing}' if missing else ''}"
        f'<p class="next"><b>What to do next.</b> {prose(next_steps(evidence, run))}</p></div>'
    )


def _figures(evidence: Evidence) -> list[tuple[str, str]]:
    verdict, metric = evidence.verdict, evidence.data.metric
    tested = verdict.network_test is not None and verdict.benchmark_test is not None
    place = "test" if tested else "validation"
    network = verdict.network_test if tested else verdict.network_validation
    benchmark = verdict.benchmark_test if tested else verdict.benchmark_validation
    ours, theirs = decision_error(network, metric), decision_error(benchmark, metric)
    name = method_label(evidence, verdict.benchmark) or "benchmark"
    pairs = [
        (
            "Network" if verdict.kind == "use_network" else "Best network",
            verdict.architecture or ABSENT,
        ),
        ("Parameters", f"{verdict.num_parameters:,}" if verdict.num_parameters else ABSENT),
        (f"Network, {place} {metric.upper()}", number(ours)),
        (f"{name}, {place} {metric.upper()}", number(theirs)),
        ("Network against benchmark", _difference(ours, theirs)),
        ("p-value, test rows", p_text(verdict.p_value)),
        ("Noise floor", number(known_floor(evidence), 3)),
        ("Time", duration(verdict.seconds) if verdict.seconds else ABSENT),
    ]
    # an early end has few figures; dashes would only look broken
    return [pair for pair in pairs if pair[1] != ABSENT]


def _difference(ours: float, theirs: float) -> str:
    gain = relative_gain(ours, theirs)
    if math.isnan(gain):
        return ABSENT
    if gain < -1:
        return f"{number(1 - gain, 2)} times the error"
    return f"{percent(gain, signed=False)} {'better' if gain > 0 else 'worse'}"
