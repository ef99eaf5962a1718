"""The evidence in sentences that a newcomer understands."""

import math
import re

from cellwise.architecture import Architecture
from cellwise.records import CandidateRecord, ComparisonRecord, Evidence, VerdictRecord
from cellwise.report._facts import decision_error, known_floor, method_label, outcome_of, parsed
from cellwise.report._format import ABSENT, number, p_equation, percent
from cellwise.report._trials import chosen_candidate, trial_numbers

_TITLES = {
    "use_network": "Use this network",
    "use_benchmark": "Use no LSTM here",
    "no_answer": "No answer yet",
}

_PREFIXES = {
    "benchmark": "On the folds, ",
    "test": "On the test rows, ",
    "control": "As a control, ",
}
_ENDINGS = {
    "choice": ("chosen", "not chosen"),
    "benchmark": ("the network wins", "the network does not win"),
    "test": ("the network wins", "the network does not win"),
}


def chosen_word(evidence: Evidence) -> str:
    """Name what the verdict's network is.

    Args:
        evidence: What the run has found.

    Returns:
        ``chosen``, or ``best network`` where no network is advised.
    """
    return "chosen" if evidence.verdict.kind == "use_network" else "best network"


def outcome_word(evidence: Evidence, candidate: CandidateRecord) -> str:
    """Say what became of a candidate.

    Args:
        evidence: What the run has found.
        candidate: A candidate of it.

    Returns:
        ``start``, ``accepted``, ``rejected``; where nothing was decided by itself, what the verdict
        calls the one it speaks of, and a dash for the others.
    """
    outcome = outcome_of(evidence, candidate)
    if outcome != "open":
        return outcome
    return chosen_word(evidence) if candidate is chosen_candidate(evidence) else ABSENT


def size_words(name: str, evidence: Evidence) -> str:
    """Name a network or a method in words.

    Args:
        name: Text form or short name of a classical method.
        evidence: What the run has found; knows the methods' labels.

    Returns:
        Text such as ``8 cells``, ``2 layers (16 + 4 cells)`` or a method's label.
    """
    architecture = parsed(name)
    return method_label(evidence, name) if architecture is None else _network_words(architecture)


def comparison_sentence(comparison: ComparisonRecord, evidence: Evidence) -> str:
    """Say a paired comparison in words.

    Args:
        comparison: One comparison.
        evidence: What the run has found.

    Returns:
        Text such as ``8 cells were 3.1 % better than 4 cells (p = 0.002): accepted``.
    """
    verb = "were" if parsed(comparison.candidate) is not None else "was"
    luck = "" if math.isnan(comparison.p_value) else f" ({p_equation(comparison.p_value)})"
    names = (comparison.candidate, comparison.incumbent)
    numbers = trial_numbers(comparison, evidence)
    ours, theirs = (size_words(n, evidence) + no for n, no in zip(names, numbers, strict=True))
    yes, no = _ENDINGS.get(comparison.stage, ("accepted", "not accepted"))
    sentence = (
        f"{_PREFIXES.get(comparison.stage, '')}{ours} "
        f"{_difference(comparison.gain, verb)} {theirs}{luck}: "
        f"{yes if comparison.accepted else no}"
    )
    return sentence[0].upper() + sentence[1:]


def reason_words(comparison: ComparisonRecord) -> str:
    """Say why a comparison ended as it did, without what its sentence has said already.

    Args:
        comparison: One comparison.

    Returns:
        What is left of the reason; empty if it is the gain and the p-value only.
    """
    left = re.sub(r"^\d[\d.]*% (better|worse)( on the test windows)?", "", comparison.reason)
    left = re.sub(r"^(, but|,)? *", "", left)
    left = re.sub(r"^p = \S+( is not below)?", lambda p: f"p{p[1]}" if p[1] else "", left).strip()
    test = re.fullmatch(r"\((.*)\)", left)
    return f"test: {test[1]}" if test else left


def next_steps(evidence: Evidence, run: str = "RUN") -> str:
    """Say what to do with the verdict.

    Args:
        evidence: What the run has found.
        run: Run directory, for the commands.

    Returns:
        A short paragraph; commands stand between backquotes.
    """
    verdict = evidence.verdict
    if verdict.kind == "use_network":
        return (
            f"Forecast with `cellwise predict {run} TABLE`, where TABLE holds at least the last "
            f"{evidence.data.context_length} steps. Fit again when the data has changed or grown "
            "by a lot."
        )
    if verdict.kind == "use_benchmark":
        method = method_label(evidence, verdict.benchmark) or "the best classical method"
        network = f"An LSTM {verdict.within}".rstrip()
        return (
            f"Use {method}. {network} is not worth its cost on this table. {_raise(verdict)}More "
            "rows, or columns that are known ahead, may change that: run `cellwise fit` again when "
            "you have them."
        )
    missing = "; ".join(one.rstrip(".") for one in verdict.missing)
    return (
        f"Continue with `cellwise resume {run}`, with a larger `--budget` where the time ended."
        f"{f' Still missing: {missing}.' if missing else ''}"
    )


def verdict_title(verdict: VerdictRecord) -> str:
    """Say a verdict in the fewest words.

    Args:
        verdict: The verdict.

    Returns:
        Its title, with the limits within which a refusal holds.
    """
    if verdict.kind == "use_benchmark" and verdict.reached:
        return f"Use no LSTM {verdict.within} here"
    return _TITLES[verdict.kind]


def _raise(verdict: VerdictRecord) -> str:
    """Which limits to raise, and why; empty if none was reached."""
    told = [f"`--{one.name.replace('_', '-')}` ({one.reason})" for one in verdict.reached]
    return f"To know of others, raise {' and '.join(told)}. " if told else ""


def noise_floor_sentence(evidence: Evidence) -> str:
    """Say what the noise floor is.

    Args:
        evidence: What the run has found.

    Returns:
        A sentence.
    """
    floor = known_floor(evidence)
    if math.isnan(floor):
        return "The noise floor could not be estimated."
    below = _lower_on_the_test_rows(floor, evidence)
    doubt = (
        f" On the test rows {' and '.join(below)}: either these are calmer than the training rows, "
        "from which the floor is estimated, or the estimate is too high."
    )
    return (
        f"Noise floor: about {number(floor, 3)}. No method is expected to get below this "
        f"{evidence.data.metric.upper()}.{doubt if below else ''}"
    )


def _lower_on_the_test_rows(floor: float, evidence: Evidence) -> list[str]:
    """What has an error below the noise floor there, in words."""
    verdict, metric = evidence.verdict, evidence.data.metric
    scores = {
        "the network": verdict.network_test,
        method_label(evidence, verdict.benchmark): verdict.benchmark_test,
    }
    errors = {name: decision_error(score, metric) for name, score in scores.items()}
    return [f"{name} has {number(one, 3)}" for name, one in errors.items() if one < floor]


def reading_sentence(evidence: Evidence) -> str:
    """Say how often the test rows were scored.

    Args:
        evidence: What the run has found.

    Returns:
        A sentence.
    """
    reads = evidence.test_reads
    times = {0: "have not been scored", 1: "were scored once, at the very end"}
    return f"The test rows {times.get(reads, f'were scored {reads} times')}."


def _network_words(architecture: Architecture) -> str:
    kinds = {layer.cell for layer in architecture.recurrent_layers}
    noun = "cells" if kinds == {"lstm"} else f"{'/'.join(sorted(k.upper() for k in kinds))} cells"
    sizes = architecture.hidden_sizes
    if len(sizes) == 1:
        return f"{sizes[0]} {noun}" if sizes[0] > 1 else f"1 {noun.removesuffix('s')}"
    return f"{len(sizes)} layers ({' + '.join(map(str, sizes))} {noun})"


def _difference(gain: float, verb: str) -> str:
    if math.isnan(gain):
        return f"{verb} not comparable with"
    size = percent(gain, signed=False)
    if size == "0.0 %":
        return f"{verb} as good as"
    if gain < -1:
        return f"had {number(1 - gain, 2)} times the error of"
    return f"{verb} {size} {'better' if gain > 0 else 'worse'} than"
