"""Checks of how training was set up: scaling, states, padding, the future, the window."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import norm
from torch import Tensor

from cellwise.architecture import Architecture
from cellwise.data import ForecastData, Rows
from cellwise.diagnosis._catalogue import Outcome, Seen, make_finding
from cellwise.diagnosis._linear import linear_probe
from cellwise.diagnosis._patient import MOST_WINDOWS, Patient, Windows

Doubles = NDArray[np.float64]

_SMALL, _LARGE = 0.01, 10.0
# One-sided level at which the end of a sequence tells the beginning of the next
_LEVEL = 0.01
_FEWEST_PAIRS = 20
# Share of sequences that may begin elsewhere than where the state was left
_BROKEN = 0.1
# Share of windows with a filled end of at least this share of their steps
_PADDED, _FILLED = 0.05, 0.1
# What a longer window must take off the error, of the linear method and of the network
_BETTER, _BETTER_THAN_NETWORK = 0.85, 0.95
_LONGER = (2, 4)
_MOST_STEPS = 512


def check_scaling(windows: Windows) -> Outcome:
    """Look for input columns whose size is far from 1.

    Args:
        windows: What the network reads.

    Returns:
        A finding if the root mean square of a column that is not constant is above 10, or below
        0.01.
    """
    x = windows.inputs.double()
    sizes = x.square().mean(dim=(0, 1)).sqrt()
    moving = x.flatten(0, 1).std(dim=0) > 0
    off = [f for f in range(len(sizes)) if moving[f] and not _SMALL <= float(sizes[f]) <= _LARGE]
    if not off:
        return None
    worst = max(off, key=lambda f: abs(float(sizes[f].log())))
    size = float(sizes[worst])
    text = f"{len(off)} of {len(sizes)} columns; the worst has a root mean square of {size:.3g}"
    return make_finding("unscaled_inputs", Seen(text=text, value=size, where=windows.column(worst)))


def check_carried_state(architecture: Architecture, ends: Doubles, beginnings: Doubles) -> Outcome:
    """Look for states that are carried from sequences that tell nothing of the next one.

    `cellwise fit` carries states within a series alone; call this with your own sequences.

    Args:
        architecture: The network.
        ends: Last value of each sequence, ``(n,)``.
        beginnings: First value of the sequence that its state is carried to, ``(n,)``.

    Returns:
        A finding if a layer is stateful and the correlation is within chance (Fisher's z, 1 %).
    """
    if not _stateful(architecture):
        return None
    if len(ends) < _FEWEST_PAIRS:
        return f"fewer than {_FEWEST_PAIRS} sequences follow one another"
    together = np.std(ends) > 0 and np.std(beginnings) > 0
    found = float(np.corrcoef(ends, beginnings)[0, 1]) if together else 0.0
    score = np.arctanh(min(abs(found), 1 - 1e-12)) * np.sqrt(len(ends) - 3)
    if score > norm.isf(_LEVEL / 2):
        return None
    text = (
        f"the end of a sequence and the beginning of the next correlate by {found:.2f} over "
        f"{len(ends)} pairs, which is within chance"
    )
    return make_finding(
        "state_across_independent",
        Seen(text=text, value=found, confidence="likely", where=_stateful(architecture)),
    )


def check_order(architecture: Architecture, starts: Rows, num_steps: int) -> Outcome:
    """Look for batches that do not go on where the states were left.

    `cellwise fit` keeps the order where a layer is stateful; call this with that of your own batches.

    Args:
        architecture: The network.
        starts: First row of each sequence, batch after batch, ``(steps, B)``.
        num_steps: Rows of a sequence.

    Returns:
        A finding if a layer is stateful and more than a tenth of the sequences do not begin where
        the one before in their row of the batch ended.
    """
    if not _stateful(architecture):
        return None
    if len(starts) < 2:
        return "there is one batch only"
    broken = float(np.mean(starts[1:] != starts[:-1] + num_steps))
    if broken <= _BROKEN:
        return None
    text = f"{broken:.0%} of the sequences do not go on where the state was left"
    return make_finding(
        "stateful_shuffled", Seen(text=text, value=broken, where=_stateful(architecture))
    )


def _stateful(architecture: Architecture) -> str:
    """Text of the first stateful layer; empty for none."""
    return next((str(one) for one in architecture.recurrent_layers if one.stateful), "")


def check_padding(inputs: Tensor, weights: Tensor | None = None) -> Outcome:
    """Look for steps that were filled in and are trained on.

    Args:
        inputs: Sequences as the network reads them, ``(B, T, F)``.
        weights: Weight of each step in the loss, or whether it is masked in, ``(B, T)``; ``None``
            where every step counts.

    Returns:
        A finding if at least 5 % of the sequences end or begin with the same row, equal in all
        columns, over a tenth of their steps or more, for different numbers of steps, and these
        steps are not masked.
    """
    count, steps = inputs.shape[:2]
    for side, x in (("end", inputs.flip(1)), ("begin", inputs)):
        lengths = _filled(x)
        padded = lengths >= max(2, int(_FILLED * steps))
        varied = len(set(lengths[padded].tolist())) > 1
        if padded.double().mean() < _PADDED or not varied:
            continue
        counted = _counted(weights, lengths * padded, from_end=side == "end")
        if not counted:
            continue
        share = float((lengths * padded).sum()) / (count * steps)
        text = (
            f"{int(padded.sum())} of {count} sequences {side} with a filling, {share:.0%} of all "
            f"steps, {counted:.0%} of which count"
        )
        return make_finding("padding_trained_on", Seen(text=text, value=share, confidence="likely"))
    return None


def _filled(x: Tensor) -> Tensor:
    """Steps at the beginning of each sequence that equal the most usual first row, ``(B,)``."""
    rows, counts = torch.unique(x[:, 0], dim=0, return_counts=True)
    same = (x == rows[counts.argmax()]).all(dim=2)  # (B, T)
    return torch.as_tensor(same.long().cumprod(dim=1).sum(dim=1))


def _counted(weights: Tensor | None, lengths: Tensor, *, from_end: bool) -> float:
    """Share of the filled steps that count in the loss."""
    if weights is None:
        return 1.0
    ordered = weights.flip(1) if from_end else weights
    filled = torch.arange(weights.shape[1])[None] < lengths[:, None]
    return float((ordered[filled] > 0).double().mean())


def check_leak(patient: Patient, known: Sequence[int] = ()) -> Outcome:
    """Look for outputs that depend on values that are not known yet.

    For networks that put out a value at every step, such as `build` makes with ``output_steps``.

    Args:
        patient: A network and windows.
        known: Input columns that are known in advance.

    Returns:
        A finding if an output depends on a later step of a column that is not known in advance
        and is not the same in all windows there, as a hidden target is.
    """
    steps = patient.network.output_steps
    secret = [f for f in range(patient.windows.inputs.shape[2]) if f not in known]
    if not steps or not secret:
        return None
    x = patient.windows.inputs[None].clone().requires_grad_()
    outputs = patient.network(patient.weights, x)[0]
    first = x.shape[2] - steps
    worst, place = 0.0, ""
    for s in {0, steps // 2} - {steps - 1}:
        (gradient,) = torch.autograd.grad(outputs[:, s].sum(), x, retain_graph=True)
        ahead = gradient[0, :, first + s + 1 :][..., secret].abs()
        later = patient.windows.inputs[:, first + s + 1 :][..., secret]
        varies = later.amax(dim=0) > later.amin(dim=0)
        seen = torch.where(varies, ahead.mean(dim=0), 0.0).amax(dim=0)
        if float(seen.max()) > worst:
            worst = float(seen.max())
            place = patient.windows.column(secret[int(seen.argmax())])
    if worst == 0.0:
        return None
    text = f"an output changes by {worst:.2g} per unit of a later value of that column"
    return make_finding("leak_of_future", Seen(text=text, value=worst, where=place))


def check_window(
    data: ForecastData, starts: Rows, error: float, refused: Sequence[int] = ()
) -> Outcome:
    """Look for values before the window that tell its future.

    Args:
        data: The data.
        starts: First rows of windows that the network was trained on, ``(n,)``, in order.
        error: Mean squared error of the network on such windows, in the units of its outputs.
        refused: Other numbers of past steps that were tried with the network and not taken.

    Returns:
        A finding if a linear method on twice or four times the context has an error 15 % below
        that of the same method on the context, and 5 % below the network's, on windows that it was
        not fitted to and the network was; a note if the network was tried with as many steps, or
        more, and was not better for it.
    """
    longest = min(max(_LONGER) * data.context_length, _MOST_STEPS)
    first = np.array([span.start for span in data.series])[data.series_of(starts)]
    usable = starts[starts + data.context_length - longest >= first]
    if longest <= data.context_length or len(usable) < 4 * _FEWEST_PAIRS:
        return "too few rows lie before the windows"
    index = np.linspace(0, len(usable) - 1, min(MOST_WINDOWS, len(usable))).astype(np.int64)
    picked = usable[index]
    targets = _anchored(data, picked, data.context_length, data.horizon)
    errors = {}
    for times in (1, *_LONGER):
        length = min(times * data.context_length, longest)
        past = _anchored(data, picked, data.context_length - length, length)
        probe = linear_probe(past[..., None], targets)
        if probe is None:
            return "too few rows lie before the windows"
        errors[length] = probe.error
    own = errors.pop(data.context_length)
    best = min(errors, key=lambda length: errors[length])
    # where the data repeat exactly, nothing is left to gain
    if min(own, error) == 0 or errors[best] > min(_BETTER * own, _BETTER_THAN_NETWORK * error):
        return None
    text = (
        f"with {best} past steps a linear method has {1 - errors[best] / own:.0%} less error than "
        f"with {data.context_length}, and {1 - errors[best] / error:.0%} less than the network"
    )
    seen = Seen(text=text, value=float(best), confidence="likely", do=f"--context-length {best}")
    tried = [length for length in refused if length >= best]
    if tried:
        told = f"{text}; tuning has tried {min(tried)} and kept {data.context_length}"
        do = "nothing: the network is not shown to be better with more past steps"
        seen = replace(seen, text=told, severity="note", do=do)
    return make_finding("window_too_short", seen)


def _anchored(data: ForecastData, starts: Rows, offset: int, length: int) -> Doubles:
    """Target over some rows relative to each window, less the last known value."""
    rows = starts[:, None] + offset + np.arange(length)
    last = data.target[starts + data.context_length - 1]
    return np.asarray((data.target[rows] - last[:, None]) * data.output_gain, dtype=np.float64)
