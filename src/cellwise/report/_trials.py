"""Which trial is which: the one chosen, its number, and the settings that tell trials apart."""

import math
from itertools import product
from typing import Any

from cellwise.records import CandidateRecord, ComparisonRecord, Evidence

# A stored gain and one computed from two stored errors differ by rounding only
_SAME = 1e-9


def grows(evidence: Evidence) -> bool:
    """Say whether sizes had to beat the ones before them.

    Args:
        evidence: What a run has found.

    Returns:
        False where a sampler drew the trials, or a list was worked through.
    """
    return bool(evidence.candidates) and evidence.candidates[0].stage == "width"


def is_joint(evidence: Evidence) -> bool:
    """Say whether settings were searched together with the size.

    Args:
        evidence: What a run has found.

    Returns:
        True where the candidates have settings of their own.
    """
    return any(one.settings for one in evidence.candidates)


def chosen_candidate(evidence: Evidence) -> CandidateRecord | None:
    """Return the one trial that the verdict speaks of, or the untuned form of it.

    Args:
        evidence: What a run has found.

    Returns:
        Among those of the verdict's architecture the one with its score, else the one with the
        lowest error; ``None`` if there is none.
    """
    verdict = evidence.verdict
    named = [one for one in evidence.candidates if one.architecture == verdict.architecture]
    exact = [one for one in named if one.score == verdict.network_validation]
    order = sorted(named, key=lambda one: one.error if math.isfinite(one.error) else math.inf)
    return next(iter([*exact, *order]), None)


def tuned_candidate(evidence: Evidence) -> CandidateRecord | None:
    """Return what tuning has ended with.

    Args:
        evidence: What a run has found.

    Returns:
        The trial of tuning that the verdict speaks of; ``None`` if tuning has changed nothing.
    """
    tuning = evidence.tuning
    if tuning is None or not any(one.changed for one in tuning.stages):
        return None
    kept = [
        one
        for one in tuning.candidates
        if one.architecture == tuning.architecture and one.error == tuning.error
    ]
    return kept[0] if kept else None


def settings_words(evidence: Evidence, candidate: CandidateRecord) -> str:
    """Say the settings in which the trials of a joint search differ, but for the learning rate.

    Args:
        evidence: What a run has found.
        candidate: A candidate of it.

    Returns:
        Text such as ``optimizer sgd, dropout 0.19``; empty where only sizes were tried.
    """
    names = [name for name in candidate.settings if name != "learning_rate"]
    differ = [name for name in names if _num_values(evidence, name) > 1]
    # what is off is not worth a word
    used = [name for name in differ if candidate.settings[name]]
    first = [name for name in used if name == "optimizer"]
    rest = [name for name in used if name != "optimizer"]
    return ", ".join(_setting(name, candidate.settings[name]) for name in first + rest)


def unshown_sentence(evidence: Evidence) -> str:
    """Say how many trials of a joint search have no row, for they were not trained to the end.

    Args:
        evidence: What a run has found.

    Returns:
        A sentence; empty where nothing is left out.
    """
    if not is_joint(evidence):
        return ""
    sizes = {one.stage: len(one.members) for one in evidence.candidates if one.members}
    made = sum(one.num_models // sizes[one.stage] for one in evidence.costs if one.stage in sizes)
    missing = made - len(evidence.candidates)
    if missing <= 0:
        return ""
    return f"{missing} of {made} trials were pruned early or failed and are not shown."


def trial_numbers(comparison: ComparisonRecord, evidence: Evidence) -> tuple[str, str]:
    """Tell networks of equal size in a comparison apart.

    Args:
        comparison: One comparison.
        evidence: What the run has found.

    Returns:
        What to add to the name of the candidate and of the incumbent, such as `` (no. 3)`` for a
        trial of a joint search, or `` (tuned)``; empty where the size says it all.
    """
    last = comparison.stage in ("benchmark", "test")
    if last and tuned_candidate(evidence):
        return " (tuned)", ""
    if not is_joint(evidence):
        return "", ""
    if last:
        chosen = chosen_candidate(evidence)
        return (_number(evidence, chosen) if chosen else ""), ""
    ours, theirs = (
        [one for one in evidence.candidates if one.architecture == name and one.error > 0]
        for name in (comparison.candidate, comparison.incumbent)
    )
    for new, old in product(ours, theirs):
        gain = 1 - new.error / old.error
        if new is not old and math.isclose(gain, comparison.gain, rel_tol=1e-6, abs_tol=_SAME):
            return _number(evidence, new), _number(evidence, old)
    return "", ""


def _number(evidence: Evidence, candidate: CandidateRecord) -> str:
    place = next(i for i, one in enumerate(evidence.candidates, 1) if one is candidate)
    return f" (no. {place})"


def _num_values(evidence: Evidence, name: str) -> int:
    return len({str(one.settings.get(name)) for one in evidence.candidates})


def _setting(name: str, value: Any) -> str:
    words = name.replace("_", " ")
    if isinstance(value, bool):
        return words
    return f"{words} {value:.3g}" if isinstance(value, float) else f"{words} {value}"
