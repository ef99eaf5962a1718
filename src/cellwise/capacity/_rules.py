"""Rules of thumb side by side, each with its reading and its failure. None is a theorem."""

from typing import Any

from cellwise.capacity._budget import Budget, cell_of, width_within
from cellwise.capacity._case import Case
from cellwise.capacity._samples import disjoint_windows
from cellwise.capacity._statement import Statement

ALPHAS = range(2, 11)
_ALPHA_SOURCE = "randlow.github.io and stats.stackexchange 181; origin in a text book unverified"


def alpha_cells(*, samples: float, inputs: float, outputs: float, alpha: float) -> float:
    """Number of hidden neurons by the alpha rule as written.

    Heuristic, found: ``N_h = N_s / (alpha (N_i + N_o))``. It counts the weights of a network with
    one hidden layer and no recurrence, ``weights = N_s / alpha``. Taken literally for an LSTM it
    is wrong by an order: 10,000 points with 10 inputs and 1 output give 454 cells, which is 844,895
    weights.

    Args:
        samples: Samples N_s; overlapping windows are not new ones.
        inputs: Features per step N_i, not times the number of steps.
        outputs: Outputs N_o.
        alpha: From 2 to 10.

    Returns:
        Number of neurons, not rounded.

    Example:
        >>> round(alpha_cells(samples=10_000, inputs=10, outputs=1, alpha=2), 2)
        454.55
    """
    return samples / (alpha * (inputs + outputs))


def alpha_width(case: Case, alpha: float) -> int:
    """Number of cells per layer by the alpha rule in a form that fits recurrent layers.

    Heuristic, derived: the largest n with at most ``D / alpha`` weights, counted exactly, D the
    number of training targets. With early stopping or weight decay more cells are routinely fine.

    Args:
        case: Architecture, whose depth and cell are kept, and data.
        alpha: From 2 to 10.

    Returns:
        Cells per layer; 0 if the data are too few for one.
    """
    budget = Budget(kind="parameters", amount=case.question.targets / alpha)
    return width_within(
        budget, cell_of(case.architecture), case.architecture.num_layers, case.question
    )


def uniform_width(inputs: int, outputs: int) -> int:
    """Width with which deep ReLU recurrent networks reach every continuous function.

    Theorem for ReLU and unbounded depth, found (abstract); whatever the length of the sequences.

    Args:
        inputs: Features per step.
        outputs: Outputs per step.

    Returns:
        Cells per layer that suffice, ``d_x + d_y + 3``.

    Reference:
        "Minimal Width for Universal Property of Deep RNN", JMLR 24 (2023), 22-1191.
    """
    return inputs + outputs + 3


def mean_width(inputs: int, outputs: int) -> int:
    """Width with which deep ReLU recurrent networks reach every function in the mean (L^p).

    Theorem for ReLU and unbounded depth, found (abstract).

    Args:
        inputs: Features per step.
        outputs: Outputs per step.

    Returns:
        Cells per layer that suffice, ``max(d_x + 1, d_y)``.

    Reference:
        "Minimal Width for Universal Property of Deep RNN", JMLR 24 (2023), 22-1191.
    """
    return max(inputs + 1, outputs)


def rule_statements(case: Case) -> tuple[Statement, ...]:
    """State every rule.

    Args:
        case: Architecture and data.

    Returns:
        Statements, heuristics but for the counts of windows and bits.
    """
    return (
        *(_written(case, alpha) for alpha in ALPHAS),
        *(_consistent(case, alpha) for alpha in ALPHAS),
        _degrees(case),
        *_data(case),
        _memory(case),
        *_widths(case),
    )


def _rule(key: str, name: str, value: float | None, unit: str, **fields: Any) -> Statement:
    usual: dict[str, Any] = {"kind": "heuristic", "checked": "found"}
    return Statement(key=key, name=name, value=value, unit=unit, **{**usual, **fields})


def _written(case: Case, alpha: int) -> Statement:
    question = case.question
    cells = alpha_cells(
        samples=question.samples, inputs=question.inputs, outputs=question.outputs, alpha=alpha
    )
    return _rule(
        f"alpha_{alpha}_written",
        f"cells, alpha = {alpha}, as written",
        cells,
        "cells",
        assumptions="made for one hidden layer without recurrence; for an LSTM it allows far more "
        "weights than there are targets",
        source=_ALPHA_SOURCE,
    )


def _consistent(case: Case, alpha: int) -> Statement:
    cells = alpha_width(case, alpha)
    return _rule(
        f"alpha_{alpha}_weights",
        f"cells per layer, alpha = {alpha}, by weights",
        cells,
        "cells per layer, equal layers",
        checked="derived",
        assumptions="at this depth, weights at most targets over alpha; ignores noise and how hard "
        "the task is; regularised networks may be larger",
        source=_ALPHA_SOURCE,
        silence="" if cells else "the data are too few for one cell per layer",
    )


def _degrees(case: Case) -> Statement:
    question = case.question
    freedom = question.samples * (question.inputs + question.outputs)
    return _rule(
        "degrees_share",
        "weights per degree of freedom in the data",
        case.weights / freedom,
        "weights per N_s (N_i + N_o)",
        assumptions="the justification that usually goes with the alpha rule; it would give "
        "N_s / alpha neurons, more by N_i + N_o than the rule; asks for a small part of 1",
        source=_ALPHA_SOURCE,
    )


def _data(case: Case) -> tuple[Statement, ...]:
    question = case.question
    stride = question.stride or 1
    disjoint = disjoint_windows(question.samples, length=question.length, stride=stride)
    exact: dict[str, Any] = {"kind": "exact", "checked": "derived"}
    return (
        _rule(
            "independent_windows",
            "windows that bounds count",
            question.independent,
            "windows",
            **exact,
            assumptions="every window a sequence of its own"
            if question.stride == 0
            else "windows of one series that share no row",
            source="counting",
        ),
        _rule(
            "disjoint_windows",
            f"windows of one series, {stride} apart, that share no row",
            disjoint,
            "windows",
            **exact,
            assumptions="all windows cut from one series",
            source="counting",
        ),
    )


def _memory(case: Case) -> Statement:
    demand = case.question.memory
    return _rule(
        "memory_floor",
        "memory floor",
        demand or None,
        "cells of the last layer",
        checked="derived",
        assumptions="the target depends on this many past values; one real number per cell, "
        "linear recall; a floor, no recommendation",
        source="Collins et al. 2017: recalled if and only if there are as many cells per layer",
        silence="" if demand else "needs --memory, how many past values the target depends on",
    )


def _widths(case: Case) -> tuple[Statement, ...]:
    inputs, outputs = case.question.inputs, case.question.outputs
    found = {
        "mean_width": ("width for universality in the mean", mean_width(inputs, outputs)),
        "uniform_width": ("width for universality", uniform_width(inputs, outputs)),
    }
    return tuple(
        _rule(
            key,
            name,
            value,
            "cells per layer",
            assumptions="a theorem for deep ReLU recurrent networks of any depth; for other cells "
            "only a hint; enough to represent, not to learn",
            source="Minimal Width for Universal Property of Deep RNN, JMLR 24 (2023), abstract",
        )
        for key, (name, value) in found.items()
    )
