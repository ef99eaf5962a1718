"""What the theory of VC dimension says of LSTM, GRU and RNN stacks, and what it does not."""

import math
from typing import Any, get_args

from cellwise.capacity._case import GATES, Case
from cellwise.capacity._samples import agnostic_samples, enough_samples, needed_samples
from cellwise.capacity._statement import NOT_STATED, Statement, held
from cellwise.capacity._vc import (
    Activation,
    finite_precision_vc,
    koiran_sontag,
    log2_gated_order,
    noisy_sample_order,
    vc_piecewise,
    vc_polynomial,
    vc_sigmoid,
)

LOG2_ROUNDING = -24.0


def free_recurrent_weights(case: Case) -> float | None:
    """Count the weights that are left when gates are pinned, in the layer that has the most.

    Theorem, derived, checked numerically: with biases that hold input and output gate open and forget gate
    shut, an LSTM layer *is* a standard recurrent network with activation ``tanh(tanh(.))``, "any
    sigmoid" of Koiran & Sontag, with a quarter of its weights; a GRU layer with update gate shut
    and reset gate open is a tanh network with a third. Layers below can hand their input on, up to
    an error as small as one likes, so a stack has at least what its largest layer has. That it has
    the sum of its layers does not follow.

    Args:
        case: Architecture and data.

    Returns:
        Number of weights, output layer left out; ``None`` for layers this is not derived for.
    """
    if not case.is_plain:
        return None
    layers = zip(case.architecture.recurrent_layers, case.layer_inputs, strict=True)
    free: float = max(layer.num_parameters(width) / GATES[layer.cell] for layer, width in layers)
    return free


def vc_statements(case: Case) -> tuple[Statement, ...]:
    """State everything about VC dimension.

    Args:
        case: Architecture and data.

    Returns:
        Statements: what carries over to this network, then the table of 1998 for a standard
        recurrent network with as many weights, then upper limits for it with their constants.
    """
    return (
        _lower(case),
        _precision(case),
        _upper(case),
        _noise(case),
        *_sample_sizes(case),
        *(row for activation in get_args(Activation) for row in _table_rows(case, activation)),
        *_explicit(case),
    )


def _vc(value: float | None, log2_value: float | None = None, **fields: Any) -> Statement:
    """A statement about sequences that can be shattered, unless its fields say otherwise."""
    if value is not None and log2_value is None:
        value, log2_value = held(value)
    usual: dict[str, Any] = {"unit": "sequences shattered", "kind": "theorem"}
    return Statement(value=value, log2_value=log2_value, **{**usual, **fields})


def _lower(case: Case) -> Statement:
    free = free_recurrent_weights(case)
    order = None if free is None else free * case.question.length
    cap = finite_precision_vc(weights=case.weights)
    silence = "" if order is not None else NOT_STATED
    if order is not None and order > cap:
        silence = "above what 32-bit weights allow"
    return _vc(
        order,
        key="vc_lower",
        name="VC dimension, at least of order",
        checked="derived",
        assumptions="up to an unknown constant; real weights; gates pinned, so that a layer is a "
        "standard recurrent network with 1/4 (LSTM) or 1/3 (GRU) of its weights; largest layer "
        "only; inputs much longer than the layer has weights; the paper may mean some network of w "
        "weights and not every shape (unchecked)",
        source="Koiran & Sontag 1998, Theorem 5 (number from memory), carried over here",
        silence=silence,
    )


def _precision(case: Case) -> Statement:
    return _vc(
        finite_precision_vc(weights=case.weights),
        key="vc_cap",
        name="VC dimension, at most, 32-bit weights",
        checked="derived",
        assumptions="weights of 32 bits; any layers, inputs of any length",
        source="counting: at most 2^(32 w) networks exist",
    )


def _upper(case: Case) -> Statement:
    cells, length = case.architecture.num_cells, case.question.length
    fields: dict[str, Any] = {"key": "vc_upper", "name": "VC dimension, at most, real weights"}
    if case.cell == "rnn":
        return _vc(
            vc_sigmoid(weights=case.weights, units=cells * length + case.question.outputs),
            **fields,
            checked="memory",
            assumptions="real weights, tanh, explicit constant",
            source="Anthony & Bartlett 1999, Theorem 8.13, on the unrolled network",
        )
    log2_order = None
    if case.is_plain:
        log2_order = log2_gated_order(weights=case.weights, cells=cells, length=length)
    return _vc(
        None if log2_order is None else 2.0**log2_order,
        log2_order,
        **fields,
        checked="derived",
        assumptions="real weights; order only, constants and logarithms left out",
        source="Karpinski & Macintyre 1997, technique carried over here: w^2 n^2 k^2",
        silence="" if log2_order is not None else NOT_STATED,
    )


def _noise(case: Case) -> Statement:
    order = noisy_sample_order(
        weights=case.weights, length=case.question.length, log2_noise=LOG2_ROUNDING
    )
    stated = case.cell == "rnn"
    return _vc(
        order,
        key="noisy_samples",
        name="windows to learn, order, with noise in every cell",
        unit="windows, up to a constant",
        kind="theorem" if stated else "heuristic",
        checked="found",
        assumptions="Gaussian noise of 2^-24 in every cell; proved for sigmoid recurrent networks"
        + ("" if stated else ", read here as if it held for gated layers"),
        source="Pour & Ashtiani 2023, abstract: O(w log(T/s))",
    )


def _sample_sizes(case: Case) -> tuple[Statement, ...]:
    question = case.question
    cap = finite_precision_vc(weights=case.weights)
    lower = free_recurrent_weights(case)
    enough = enough_samples(cap, tolerance=question.tolerance, delta=question.delta)
    agnostic = agnostic_samples(cap, tolerance=question.tolerance, delta=question.delta)
    order = min(cap, lower * question.length) if lower is not None else None
    needed = needed_samples(order, tolerance=question.tolerance) if order is not None else None
    error = f"{question.tolerance:.0%}"
    common: dict[str, Any] = {"unit": "windows", "checked": "memory"}
    return (
        _vc(
            enough,
            key="samples_enough",
            name=f"windows enough for {error} error",
            assumptions="some setting of 32-bit weights makes no error; independent windows; any "
            "distribution",
            source="Blumer et al. 1989 with the VC dimension at most 32 w",
            silence=_too_few(enough, question.independent),
            **common,
        ),
        _vc(
            agnostic,
            key="samples_agnostic",
            name=f"windows, order, for {error} above the best",
            assumptions="up to a constant; 32-bit weights; independent windows",
            source="Anthony & Bartlett 1999: (V + ln(1/d)) / e^2 with V at most 32 w",
            **common,
        ),
        _vc(
            needed,
            key="samples_needed",
            name=f"windows needed in the worst case for {error}",
            assumptions="order only, as its VC dimension; for the worst distribution there is, "
            "data that people have need far fewer",
            source="Ehrenfeucht et al. 1989",
            silence=NOT_STATED if needed is None else "",
            **common,
        ),
    )


def _too_few(enough: float, independent: int) -> str:
    if enough <= independent:
        return ""
    return f"it takes {math.ceil(enough):,} windows, there are {independent:,}"


def _table_rows(case: Case, activation: Activation) -> tuple[Statement, Statement]:
    found = koiran_sontag(activation, weights=case.weights, length=case.question.length)
    common: dict[str, Any] = {
        "checked": "found",
        "assumptions": "a standard recurrent network with as many weights, which this is not; "
        "constants left out; inputs much longer than the number of weights",
        "source": "Koiran & Sontag 1998, main table",
    }
    key, name = activation.replace(" ", "_"), f"standard network, {activation}, of order"
    return (
        _vc(
            found.lower,
            key=f"koiran_sontag_{key}_lower",
            name=f"{name}, at least",
            silence="" if found.lower else "inputs are not longer than the number of weights",
            **common,
        ),
        _vc(
            *held(found.upper),
            key=f"koiran_sontag_{key}_upper",
            name=f"{name}, at most",
            silence="no upper limit is known" if math.isinf(found.upper) else "",
            **common,
        ),
    )


def _explicit(case: Case) -> tuple[Statement, ...]:
    """Upper limits with constants, for a standard network of as many weights and cells."""
    weights, length = case.weights, case.question.length
    cells = max(1, case.architecture.num_cells)
    bartlett = "Anthony & Bartlett 1999, Theorem 8.13"
    goldberg = "Goldberg & Jerrum 1995, Theorem 2.2, carried over here; not from Koiran & Sontag"
    found = {
        "polynomial": (vc_polynomial(weights=weights, length=length, degree=2), goldberg),
        "relu": (
            vc_piecewise(weights=weights, length=length, cells=cells, degree=1, pieces=2),
            goldberg,
        ),
        "sigmoid": (vc_sigmoid(weights=weights, units=cells * length + 1), bartlett),
    }
    return tuple(
        _vc(
            value,
            key=f"explicit_{key}_upper",
            name=f"standard network, {key}, at most, with its constant",
            checked="memory",
            assumptions="a standard recurrent network with as many weights and cells, which this is "
            "not; one output; the polynomial of degree 2",
            source=source,
        )
        for key, (value, source) in found.items()
    )
