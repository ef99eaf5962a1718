"""What theory says of an architecture and a data set: plain functions, a paper each; no torch."""

from cellwise.capacity._bits import memorised_bits
from cellwise.capacity._budget import Budget, BudgetKind, equal_stacks, widest
from cellwise.capacity._case import Case
from cellwise.capacity._chen import chen_score, lstm_beta, mgu_beta, state_reach, vanilla_beta
from cellwise.capacity._counts import Parts, count_parts, state_size, training_bytes
from cellwise.capacity._cover import cover_gap, cover_of, cover_regression_gap
from cellwise.capacity._desk import Answer, Appraisal, appraise, consult
from cellwise.capacity._formulas import LayerFormula, stack_parameters
from cellwise.capacity._freedom import effective_parameters, expected_error
from cellwise.capacity._linear import dasgupta_sontag, dasgupta_sontag_order
from cellwise.capacity._norms import Block, LayerNorms, NetworkNorms, rounded_up
from cellwise.capacity._occam import occam_gap, occam_samples, occam_weights
from cellwise.capacity._published import log2_zhang_order, tu_gap, tu_growth, tu_rademacher
from cellwise.capacity._question import Question, Task
from cellwise.capacity._rules import alpha_cells, alpha_width
from cellwise.capacity._samples import (
    agnostic_samples,
    disjoint_windows,
    enough_samples,
    mixing_sample,
    needed_samples,
)
from cellwise.capacity._screen import SCREEN_WIDTH, capacity_screen, statements_screen
from cellwise.capacity._statement import Statement
from cellwise.capacity._time import StepTime
from cellwise.capacity._trained import Gates, TrainedRun, is_stated, trained_statements
from cellwise.capacity._vc import (
    Interval,
    finite_precision_vc,
    koiran_sontag,
    noisy_sample_order,
    vc_piecewise,
    vc_polynomial,
    vc_sigmoid,
)
from cellwise.capacity._words import sentences

__all__ = [
    "SCREEN_WIDTH",
    "Answer",
    "Appraisal",
    "Block",
    "Budget",
    "BudgetKind",
    "Case",
    "Gates",
    "Interval",
    "LayerFormula",
    "LayerNorms",
    "NetworkNorms",
    "Parts",
    "Question",
    "Statement",
    "StepTime",
    "Task",
    "TrainedRun",
    "agnostic_samples",
    "alpha_cells",
    "alpha_width",
    "appraise",
    "capacity_screen",
    "chen_score",
    "consult",
    "count_parts",
    "cover_gap",
    "cover_of",
    "cover_regression_gap",
    "dasgupta_sontag",
    "dasgupta_sontag_order",
    "disjoint_windows",
    "effective_parameters",
    "enough_samples",
    "equal_stacks",
    "expected_error",
    "finite_precision_vc",
    "is_stated",
    "koiran_sontag",
    "log2_zhang_order",
    "lstm_beta",
    "memorised_bits",
    "mgu_beta",
    "mixing_sample",
    "needed_samples",
    "noisy_sample_order",
    "occam_gap",
    "occam_samples",
    "occam_weights",
    "rounded_up",
    "sentences",
    "stack_parameters",
    "state_reach",
    "state_size",
    "statements_screen",
    "trained_statements",
    "training_bytes",
    "tu_gap",
    "tu_growth",
    "tu_rademacher",
    "vanilla_beta",
    "vc_piecewise",
    "vc_polynomial",
    "vc_sigmoid",
    "widest",
]
