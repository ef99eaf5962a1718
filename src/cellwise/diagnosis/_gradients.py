"""Gradients of the loss against the lag: at the inputs, and at the states of each layer."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise.diagnosis._catalogue import Outcome, Seen, make_finding
from cellwise.diagnosis._dependence import Dependence
from cellwise.diagnosis._linear import FEW_WINDOWS, needed_lags
from cellwise.diagnosis._patient import Patient
from cellwise.layers import Network
from cellwise.layers._flow import Flow

Doubles = NDArray[np.float64]

# A lag is within reach if its gradient is this share of the largest
_REACHES = 1e-3
# Growth of the gradient of a state, going back, from which on it is called exploding
_EXPLODES = 100.0
# Cuts of the sequence, evenly spread over the logarithm of the lag
_CUTS = 12
# Lags below this are no reach to speak of
_SHORTEST = 4
_WORSE = 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientFlow:
    """How the gradient of the loss falls or grows, going back in time.

    Attributes:
        inputs: Norm of dL/dx at lags 0 (the last step of the context) to T - 1, ``(T,)``.
        lags: Lags at which the states were looked at, ascending, ``(K,)``.
        states: Path of each recurrent layer to the norm of dL/d(h, c) at those lags, ``(K,)``;
            empty where a layer does not go forward alone.
    """

    inputs: Doubles
    lags: tuple[int, ...]
    states: dict[str, Doubles]

    @property
    def reach(self) -> int:
        """Largest lag whose input gradient is a thousandth of the largest or more, plus 1."""
        largest = float(self.inputs.max())
        if not largest > 0:
            return 0
        return int(np.flatnonzero(self.inputs >= _REACHES * largest).max()) + 1


def gradient_flow(patient: Patient) -> GradientFlow:
    r"""Measure the gradient of the mean squared error against the lag.

    The gradient at a state is that of all paths through it: the sequence is cut at the lag, and
    the second part is run from the states at the cut.

    Args:
        patient: A network and windows.

    Returns:
        Root mean squares over windows of :math:`\|\partial L/\partial x_t\|` and
        :math:`\|\partial L/\partial (h_t, c_t)\|`.

    Reference:
        Pascanu, Mikolov & Bengio (2013), equations 3-5.
    """
    lags: tuple[int, ...] = ()
    states: dict[str, Doubles] = {}
    if patient.goes_forward and patient.windows.context_length > 2:
        longest = patient.windows.context_length - 1
        lags = tuple(sorted({int(v) for v in np.geomspace(1, longest, _CUTS)}))
        rows = [_at_states(patient, lag) for lag in lags]
        states = {path: np.array([row[path] for row in rows]) for path in rows[0]}
    return GradientFlow(inputs=_at_inputs(patient), lags=lags, states=states)


def _at_inputs(patient: Patient) -> Doubles:
    windows = patient.windows
    x = windows.inputs[None].clone().requires_grad_()
    loss = _loss(patient.network(patient.weights, x), patient)
    (gradient,) = torch.autograd.grad(loss, x)
    norms = gradient[0].double().square().sum(dim=2).mean(dim=0).sqrt()  # (T,)
    return np.asarray(norms[: windows.context_length].flip(0).numpy())


def _at_states(patient: Patient, lag: int) -> dict[str, float]:
    """Norm at the states from which ``lag`` steps of the context are left to be read."""
    network, windows = patient.network, patient.windows
    weights = network.layout.views(patient.weights)
    cut = windows.context_length - lag
    before = Flow(weights=weights)
    with torch.no_grad():
        network.body(before, windows.inputs[None, :, :cut])
    leaves = {
        path: tuple(tuple(one.clone().requires_grad_() for one in state) for state in directions)
        for path, directions in before.states.items()
    }
    after = Flow(weights=weights, states=dict(leaves))
    loss = _loss(network.body(after, windows.inputs[None, :, cut:]), patient)
    flat = {path: [one for state in both for one in state] for path, both in leaves.items()}
    found = torch.autograd.grad(
        loss, [one for each in flat.values() for one in each], materialize_grads=True
    )
    rest = iter(found)
    return {path: _norm([next(rest) for _ in each]) for path, each in flat.items()}


def _norm(gradients: list[Tensor]) -> float:
    """Root mean square over windows of the norm over all values of a state."""
    squares = sum(one[0].double().square().sum(dim=-1) for one in gradients)
    return float(torch.as_tensor(squares).mean().sqrt())


def _loss(outputs: Tensor, patient: Patient) -> Tensor:
    return (outputs[0].flatten(1) - patient.windows.targets).square().mean()


def check_vanishing(
    patient: Patient, flow: GradientFlow, past: Dependence | None = None
) -> Outcome:
    """Look for a network that cannot learn from the lags that the data need.

    Args:
        patient: A network and windows.
        flow: Its gradients.
        past: How far back the series depends on itself, for the words; ``None`` if unknown.

    Returns:
        A finding if the gradient falls below a thousandth of its largest value before half the
        lags that a linear method needs, and the network's error is above that method's.
    """
    windows = patient.windows
    probe = windows.linear
    if probe is None:
        return FEW_WINDOWS
    needed = needed_lags(windows.context, windows.truth)
    if needed < _SHORTEST or flow.reach >= needed / 2:
        return None
    error = patient.window_errors()[probe.held_out].mean()
    if error <= _WORSE * probe.error:
        return None
    text = (
        f"the gradient reaches {flow.reach} steps back (a thousandth of its largest value); the "
        f"data need {needed}, by a linear method with a held-out error of {probe.error:.3g} where "
        f"the network has {error:.3g}"
    )
    if past is not None:
        text += (
            f"; beyond chance are its autocorrelation up to lag {past.linear_lag} and its mutual "
            f"information up to lag {past.any_lag}"
        )
    do = f"lstm or gru with the forget bias at ln({needed} - 1) = {np.log(max(2, needed) - 1):.1f}"
    return make_finding(
        "vanishing_gradient",
        Seen(text=text, value=float(flow.reach), confidence="likely", do=do),
    )


def check_exploding(patient: Patient, flow: GradientFlow) -> Outcome:
    """Look for a gradient that grows, going back in time.

    Args:
        patient: A network and windows.
        flow: Its gradients.

    Returns:
        A finding if the gradient at a layer's state is a hundred times what it is at lag 1, or is
        not finite.
    """
    if not flow.states:
        return "the states of a network that does not go forward alone cannot be cut"
    for path, norms in flow.states.items():
        growth = float(norms.max() / norms[0]) if norms[0] > 0 else 0.0
        if np.isfinite(norms).all() and growth < _EXPLODES:
            continue
        lag = flow.lags[int(norms.argmax())]
        text = (
            f"norm of dL/d(h, c) is {norms[0]:.2g} one step back and {norms.max():.2g} at lag {lag}"
        )
        seen = Seen(text=text, value=growth, where=patient.where(path))
        return make_finding("exploding_gradient", seen)
    return None


def input_jacobian(network: Network, weights: Tensor, inputs: Tensor, draws: int = 8) -> Tensor:
    r"""Return how strongly the outputs depend on each input at each step.

    Args:
        network: The network.
        weights: ``(1, P)``.
        inputs: ``(B, T, F)``.
        draws: Random directions of the outputs; all are run as members of one cohort.

    Returns:
        Root mean square over windows of the norm of :math:`\partial y / \partial x_{t,f}` over
        outputs, by Hutchinson's estimate, ``(T, F)``.

    Reference:
        Hutchinson (1990); saliency: Simonyan, Vedaldi & Zisserman (2014).
    """
    x = inputs[None].expand(draws, -1, -1, -1).clone().requires_grad_()
    outputs = network(weights.expand(draws, -1), x).flatten(2)
    generator = torch.Generator().manual_seed(0)
    signs = torch.randint(0, 2, outputs.shape, generator=generator) * 2.0 - 1.0
    (gradient,) = torch.autograd.grad((outputs * signs).sum(), x)
    return torch.as_tensor(gradient.double().square().mean(dim=(0, 1)).sqrt())
