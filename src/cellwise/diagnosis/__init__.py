"""Probes on trained members and data: findings with their cause and the way out."""

from cellwise.diagnosis._alpha import check_alpha
from cellwise.diagnosis._audit import audit
from cellwise.diagnosis._audit_check import check_reads
from cellwise.diagnosis._catalogue import KEYS, Outcome
from cellwise.diagnosis._curves import (
    check_early_stop,
    check_epochs,
    check_exploding_loss,
    check_flat,
    check_non_finite,
    rate_test,
)
from cellwise.diagnosis._dependence import Dependence, dependence
from cellwise.diagnosis._examine import Trials, diagnose
from cellwise.diagnosis._fitting import (
    OVERFIT,
    check_depth,
    check_overfitting,
    check_underfitting,
    kept_members,
    lower_bound,
    worst_pair,
)
from cellwise.diagnosis._gates import layer_gates
from cellwise.diagnosis._gradients import (
    GradientFlow,
    check_exploding,
    check_vanishing,
    gradient_flow,
)
from cellwise.diagnosis._live import LiveDoctor
from cellwise.diagnosis._outputs import check_collapse, check_one_class
from cellwise.diagnosis._patient import Patient, Windows
from cellwise.diagnosis._remedies import WarmStart, try_remedies
from cellwise.diagnosis._replay import GradientHistory, replay
from cellwise.diagnosis._setup import (
    check_carried_state,
    check_leak,
    check_order,
    check_padding,
    check_scaling,
    check_window,
)
from cellwise.diagnosis._states import (
    check_dead_cells,
    check_duplicate_cells,
    check_gates,
    check_rank,
    effective_rank,
)
from cellwise.diagnosis._study import study_layers

__all__ = [
    "KEYS",
    "OVERFIT",
    "Dependence",
    "GradientFlow",
    "GradientHistory",
    "LiveDoctor",
    "Outcome",
    "Patient",
    "Trials",
    "WarmStart",
    "Windows",
    "audit",
    "check_alpha",
    "check_carried_state",
    "check_collapse",
    "check_dead_cells",
    "check_depth",
    "check_duplicate_cells",
    "check_early_stop",
    "check_epochs",
    "check_exploding",
    "check_exploding_loss",
    "check_flat",
    "check_gates",
    "check_leak",
    "check_non_finite",
    "check_one_class",
    "check_order",
    "check_overfitting",
    "check_padding",
    "check_rank",
    "check_reads",
    "check_scaling",
    "check_underfitting",
    "check_vanishing",
    "check_window",
    "dependence",
    "diagnose",
    "effective_rank",
    "gradient_flow",
    "kept_members",
    "layer_gates",
    "lower_bound",
    "rate_test",
    "replay",
    "study_layers",
    "try_remedies",
    "worst_pair",
]
