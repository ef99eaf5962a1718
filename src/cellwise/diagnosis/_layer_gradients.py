"""What the gradient norms of a training say: where it failed, and which layers stand still."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cellwise.architecture import place_words
from cellwise.diagnosis._catalogue import Outcome, Seen, make_finding
from cellwise.training import GradientTrace

# Gradient per weight below which Adam's epsilon of 1e-8 outweighs it: the weight hardly moves
_STILL = 1e-8
# What another layer must have at the same time, so that it is not the end of learning
_MOVES = 100.0
# Norms that are told
_TOLD = 5


@dataclass(slots=True)
class GradientLog:
    """Gradient norms of every member of a cohort, epoch by epoch.

    Attributes:
        last: What was written down last; ``None`` before the first epoch.
        norms: Member to the norm of its whole gradient, in the order of time.
    """

    last: GradientTrace | None = None
    norms: dict[int, list[float]] = field(default_factory=dict)

    def add(self, trace: GradientTrace) -> None:
        """Take note of an epoch.

        Args:
            trace: Its norms.
        """
        self.last = trace
        whole = np.sqrt(np.square(trace.norms).sum(axis=2))  # (S, R)
        for row, member in enumerate(trace.members):
            self.norms.setdefault(member, []).extend(whole[:, row].tolist())

    def place(self, member: int) -> str:
        """Say where the gradient of a member was not finite in the last epoch.

        Args:
            member: Its index in the experiment.

        Returns:
            Such as ``step 3, layer 1``: the layer whose gradient was the largest before; empty if
            every gradient was finite.
        """
        trace = self.last
        if trace is None or member not in trace.members:
            return ""
        row = trace.members.index(member)
        if trace.first_bad[row] < 0:
            return ""
        norms = trace.norms[:, row]
        sound = norms[np.isfinite(norms).all(axis=1)]
        layer = trace.layers[int((sound[-1] if len(sound) else norms[0]).argmax())]
        place = "output layer" if layer == "head" else place_words(layer)
        return f"step {trace.first_bad[row] + 1}, {place}"

    def words(self, member: int) -> str:
        """Tell the last gradient norms of a member.

        Args:
            member: Its index in the experiment.

        Returns:
            Such as ``; norm of its gradient up to then: 0.4, 0.5, 93``; empty if none was taken.
        """
        known = [v for v in self.norms.get(member, []) if np.isfinite(v)][-_TOLD:]
        told = ", ".join(f"{v:.2g}" for v in known)
        return f"; norm of its gradient up to then: {told}" if told else ""


def check_still_layers(trace: GradientTrace, members: Sequence[int]) -> Outcome:
    """Look for a layer whose gradient is so small that its weights do not move.

    Args:
        trace: Norms of an epoch.
        members: Indices of the members that count.

    Returns:
        A finding for the layer of the smallest gradient per weight if that is below 1e-8 (Adam's
        epsilon) at every step that was looked at, in every member, while another layer has a
        hundred times more.
    """
    rows = [trace.members.index(m) for m in members if m in trace.members]
    if not rows:
        return "none of the members was trained in this epoch"
    per_weight = trace.norms[:, rows] / np.sqrt(trace.num_weights)  # (S, R, L)
    largest = per_weight.max(axis=(0, 1))  # (L,)
    if not np.isfinite(largest).all():
        return "a gradient is not finite"
    layer = int(largest.argmin())
    if largest[layer] >= _STILL or per_weight.min(axis=(0, 1)).max() < _MOVES * _STILL:
        return None
    text = (
        f"the gradient is {largest[layer]:.1g} per weight or less, of which Adam makes next to "
        f"nothing; that of {_name(trace, int(largest.argmax()))} is {largest.max():.1g}"
    )
    seen = Seen(text=text, value=float(largest[layer]), where=_name(trace, layer))
    return make_finding("vanishing_gradient", seen)


def _name(trace: GradientTrace, layer: int) -> str:
    path = trace.layers[layer]
    return "the output layer" if path == "head" else place_words(path)
