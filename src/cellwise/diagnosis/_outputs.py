"""Checks of what a network puts out: stuck, the mean, the last value, one class."""

import numpy as np
import torch
from torch import Tensor

from cellwise.diagnosis._catalogue import Outcome, Seen, make_finding
from cellwise.diagnosis._linear import FEW_WINDOWS
from cellwise.diagnosis._patient import Patient

# Deviation of the outputs over that of the targets: next to nothing, and little
_NOTHING, _LITTLE = 1e-3, 0.1
# Share of the baseline's error that a linear method takes away where there is something to learn
_LEARNABLE = 0.1
_ONE_CLASS, _BALANCED = 0.99, 0.9


def check_collapse(patient: Patient) -> Outcome:
    """Look for outputs that do not move, that are the last value, or the mean.

    The last value and the mean are faults only where a linear method, fitted to other windows,
    has an error at least a tenth lower: on a random walk the last value is the right answer.

    Args:
        patient: A network and windows.

    Returns:
        At most one finding: ``stuck_output``, ``collapse_to_last`` or ``collapse_to_mean``.
    """
    outputs, targets = patient.outputs().double(), patient.windows.targets.double()
    spread, size = _spread(outputs), _spread(targets)
    if spread <= _NOTHING * size:
        text = f"standard deviation {spread:.2g} over windows, the targets have {size:.2g}"
        return make_finding("stuck_output", Seen(text=text, value=spread))
    last = patient.windows.last
    rest = None if last is None else last.double()[:, None]
    near_last = rest is not None and _rms(outputs - rest) <= _LITTLE * _rms(targets - rest)
    if not near_last and spread > _LITTLE * size:
        return None
    probe = patient.windows.linear
    if probe is None:
        return FEW_WINDOWS
    if probe.skill < _LEARNABLE:
        return None
    key, name = (
        ("collapse_to_last", "the last value") if near_last else ("collapse_to_mean", "mean")
    )
    text = (
        f"outputs stay within a tenth of the targets' spread of {name}, and a linear method takes "
        f"{probe.skill:.0%} off that forecast's squared error on windows it was not fitted to"
    )
    return make_finding(key, Seen(text=text, value=probe.skill))


def check_one_class(logits: Tensor, labels: Tensor) -> Outcome:
    """Look for a classifier that always says the same.

    Cellwise does not train classifiers yet: call it with your own.

    Args:
        logits: Score of each class, ``(B, K)``.
        labels: True class, ``(B,)``.

    Returns:
        A finding if 99 % of the answers are one class, which less than 90 % of the labels are.
    """
    answers = torch.bincount(logits.argmax(dim=1), minlength=logits.shape[1]).double()
    share = float(answers.max() / answers.sum())
    true = float((labels == answers.argmax()).double().mean())
    if share < _ONE_CLASS or true >= _BALANCED:
        return None
    text = f"{share:.0%} of the answers are class {int(answers.argmax())}, {true:.0%} of the labels"
    return make_finding("one_class", Seen(text=text, value=share))


def _spread(values: Tensor) -> float:
    """Root mean square over outputs of their deviation over windows."""
    return float(values.var(dim=0, correction=0).mean().sqrt())


def _rms(values: Tensor) -> float:
    return float(np.sqrt(float(values.square().mean())))
