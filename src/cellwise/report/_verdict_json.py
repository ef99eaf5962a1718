"""The verdict as a few plain values, for scripts and pipelines."""

import math
from typing import Any

from cellwise.records import Evidence, Score, to_plain
from cellwise.report._outer import outer_json


def verdict_json(evidence: Evidence, run: str) -> dict[str, Any]:
    """Return the verdict as values that JSON can hold.

    Args:
        evidence: What a run has found.
        run: Run directory.

    Returns:
        ``verdict``, ``architecture``, ``num_parameters``, ``benchmark``, ``p_value``,
        ``validation``, ``test``, ``noise_floor``, ``seconds``, ``run``, ``audit``, ``outer``; ``None`` for
        what is absent. ``validation`` and ``test`` hold the errors of network and benchmark, in
        standardised units and, under ``original``, in the data's.
    """
    verdict = evidence.verdict
    return {
        "verdict": verdict.kind,
        "architecture": verdict.architecture or None,
        "num_parameters": verdict.num_parameters or None,
        "benchmark": verdict.benchmark or None,
        "p_value": _finite(verdict.p_value),
        "validation": _part(verdict.network_validation, verdict.benchmark_validation),
        "test": _part(verdict.network_test, verdict.benchmark_test),
        "noise_floor": _finite(verdict.noise_floor),
        "seconds": _finite(verdict.seconds),
        "run": run,
        "audit": to_plain(evidence.audit),
        "outer": outer_json(evidence.outer),
    }


def _part(network: Score | None, benchmark: Score | None) -> dict[str, Any]:
    return {
        "network": _errors(network),
        "benchmark": _errors(benchmark),
        "original": {
            "network": _errors(network, "original_"),
            "benchmark": _errors(benchmark, "original_"),
        },
    }


def _errors(score: Score | None, prefix: str = "") -> dict[str, float | None]:
    if score is None:
        return {"mse": None, "mae": None}
    return {name: _finite(getattr(score, prefix + name)) for name in ("mse", "mae")}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
