"""Cohorts: M models trained together as the rows of one matrix."""

from cellwise.training._calibrate import calibrated
from cellwise.training._cohort import Cohort
from cellwise.training._cost import CohortCost, CostModel
from cellwise.training._experiment import CohortResult, Experiment, MemberScore, network_for
from cellwise.training._gradients import GradientTrace
from cellwise.training._optimizer import RowOptimizer
from cellwise.training._results import load_result, save_result
from cellwise.training._schedules import usual_drops
from cellwise.training._scoring import mean_score, score_forecasts, score_members
from cellwise.training._settings import (
    OPTIMIZERS,
    SCHEDULES,
    Member,
    Schedule,
    TrainingSettings,
)
from cellwise.training._train import EpochReport, train_cohort
from cellwise.training._watch import Activations, read_activations

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "Activations",
    "Cohort",
    "CohortCost",
    "CohortResult",
    "CostModel",
    "EpochReport",
    "Experiment",
    "GradientTrace",
    "Member",
    "MemberScore",
    "RowOptimizer",
    "Schedule",
    "TrainingSettings",
    "calibrated",
    "load_result",
    "mean_score",
    "network_for",
    "read_activations",
    "save_result",
    "score_forecasts",
    "score_members",
    "train_cohort",
    "usual_drops",
]
