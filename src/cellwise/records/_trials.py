"""Trials and what was decided by them: scores, trained networks, candidates, comparisons."""

import math
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Errors of one method over a set of windows.

    Attributes:
        mse: Mean squared error, standardised units.
        mae: Mean absolute error, standardised units.
        mase: Mean absolute scaled error (Hyndman & Koehler 2006).
        smape: Symmetric mean absolute percentage error, 0 to 200.
        original_mse: Mean squared error, the data's units squared.
        original_mae: Mean absolute error, the data's units.
    """

    mse: float
    mae: float
    mase: float
    smape: float
    original_mse: float
    original_mae: float

    def error(self, metric: str) -> float:
        """Pick a metric, standardised.

        Args:
            metric: ``mse``, ``mae``, ``rmse``, ``mase`` or ``smape``.

        Returns:
            The error; NaN where it is not known.
        """
        if metric == "rmse":
            return math.sqrt(self.mse) if self.mse >= 0 else math.nan
        return float(getattr(self, metric, math.nan))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """One trained network of a cohort.

    Attributes:
        fold: Index of the fold, from 0.
        seed: Seed of its weights and of the order of its windows.
        learning_rate: Its learning rate.
        state: How it ended: ``finished``, ``stopped`` (early), ``halved`` (its rate lost) or
            ``non-finite``.
        best_epoch: Epoch, from 1, whose weights were kept; 0 if none.
        error: Decision metric of the kept weights.
        train_curve: Training loss of each epoch, standardised units.
        val_curve: Decision metric on the fold's validation windows after each epoch.
    """

    fold: int
    seed: int
    learning_rate: float
    state: str
    best_epoch: int
    error: float
    train_curve: tuple[float, ...]
    val_curve: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRecord:
    """One size under trial: a rung of the staircase.

    Attributes:
        stage: ``width``, ``depth``, ``control`` (two layers of equal budget), ``compare``, or a
            stage of tuning.
        architecture: Text form.
        num_parameters: Trainable weights, output layer included.
        num_cells: Cells of all layers.
        learning_rate: The rate whose replicates were kept.
        error: Decision metric, mean over folds and seeds.
        standard_error: Standard error of ``error`` over training runs; data noise is shared by all
            candidates and is dealt with in the paired comparisons.
        seed_deviation: Standard deviation over seeds within folds.
        error_by_fold: Mean over seeds for each fold.
        score: All errors, mean over folds and seeds.
        members: Every network of the cohort, the halved ones too.
        seconds: Wall-clock time.
        predicted_seconds: Time that was expected of it; 0 if nobody asked.
        predicted_bytes: Memory that was expected of it; 0 if nobody asked.
        measured_bytes: Memory that it took, as a share of what its cohort took; NaN if not known.
        settings: All settings by name, where more than size and rate was tried; else empty.
        started_from: Text form of the network whose weights its members began with, so that they
            have had its epochs too; empty where they were drawn.
    """

    stage: str
    architecture: str
    num_parameters: int
    num_cells: int
    learning_rate: float
    error: float
    standard_error: float
    seed_deviation: float
    error_by_fold: tuple[float, ...]
    score: Score
    members: tuple[MemberRecord, ...]
    seconds: float
    predicted_seconds: float = 0.0
    predicted_bytes: float = 0.0
    measured_bytes: float = float("nan")
    settings: dict[str, Any] = field(default_factory=dict)
    started_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRecord:
    """A paired comparison on the same windows.

    Attributes:
        stage: What it decided: a stage of growth, ``choice``, ``benchmark`` or ``test``.
        candidate: Text form or method name that was put to the test.
        incumbent: What it was compared with.
        gain: Relative improvement over the incumbent; negative where the candidate is worse.
        p_value: One-sided, against "the candidate is no better".
        alpha: Level that ``p_value`` was held against.
        accepted: Whether the candidate won.
        reason: Why, in words.
    """

    stage: str
    candidate: str
    incumbent: str
    gain: float
    p_value: float
    alpha: float
    accepted: bool
    reason: str
