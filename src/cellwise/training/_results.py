"""A cohort's result as a file."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cellwise._files import read_tensors, write_tensors
from cellwise.records import MemberRecord, Score, from_plain, to_plain
from cellwise.training._experiment import CohortResult, MemberScore


def save_result(path: Path, result: CohortResult) -> None:
    """Write a result, replacing the file in one step.

    Args:
        path: File to write.
        result: What a cohort has left.
    """
    tensors: dict[str, NDArray[np.floating]] = {"weights": result.weights}
    for row, score in enumerate(result.scores):
        tensors[f"window_errors.{row}"] = score.window_errors
        tensors[f"lead_errors.{row}"] = score.lead_errors
    plain = {
        "members": to_plain(result.members),
        "kept": list(result.kept),
        "scores": [to_plain(score.score) for score in result.scores],
        "seconds": result.seconds,
        "peak_bytes": to_plain(result.peak_bytes),
    }
    write_tensors(path, tensors, {"result": json.dumps(plain)})


def load_result(path: Path) -> CohortResult:
    """Read what `save_result` wrote.

    Args:
        path: File to read.

    Returns:
        The result.
    """
    tensors, metadata = read_tensors(path)
    plain = json.loads(metadata["result"])
    scores = tuple(
        MemberScore(
            window_errors=tensors[f"window_errors.{row}"],
            score=from_plain(Score, score),
            lead_errors=tensors[f"lead_errors.{row}"],
        )
        for row, score in enumerate(plain["scores"])
    )
    return CohortResult(
        members=from_plain(tuple[MemberRecord, ...], plain["members"]),
        kept=tuple(plain["kept"]),
        weights=tensors["weights"],
        scores=scores,
        seconds=plain["seconds"],
        peak_bytes=from_plain(float, plain.get("peak_bytes")),
    )
