"""All that is random in one training pass of a cohort."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from cellwise.architecture import Chain, Decoder, RecurrentLayer
from cellwise.architecture import Dropout as DropoutLayer

HOST = torch.device("cpu")

Kind = Literal["output", "passing", "recurrent", "zoneout", "feed"]
"""What may be dropped: what a recurrent layer puts out, what passes a dropout layer, what gates
read of the state, a state's new value, the true value that a decoder is fed."""

_FALLS: dict[str, Callable[[float], float]] = {
    "constant": lambda progress: 1.0,
    "linear": lambda progress: 1.0 - progress,
    "exponential": lambda progress: float(0.01**progress),
    # from 0.998 to 0.002, one half in the middle
    "sigmoid": lambda progress: 1.0 / (1.0 + float(torch.e ** (12.0 * (progress - 0.5)))),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place of a network where values are dropped in training.

    Attributes:
        path: The layer.
        kind: What is dropped there.
        rate: Probability; for ``feed`` at the begin of the training.
        sampling: How the share of true values that a decoder is fed falls (``feed`` alone).
    """

    path: str
    kind: Kind
    rate: float
    sampling: str = "constant"

    def rate_at(self, progress: float) -> float:
        """Return the rate at some point of the training.

        Args:
            progress: Share of the training that is done, 0 to 1.

        Returns:
            Probability of dropping.

        Reference:
            Bengio et al. (2015), "Scheduled Sampling", section 2.4, scaled to the length of the
            training.
        """
        return 1.0 - (1.0 - self.rate) * _FALLS[self.sampling](progress)


def find_sites(chain: Chain) -> tuple[Site, ...]:
    """List the places of a network where something may be dropped.

    Args:
        chain: The network.

    Returns:
        One per recurrent layer for what it puts out, whatever its rate; the others where their
        rate is above 0.
    """
    found: list[Site] = []
    for placed in chain.walk():
        layer, path = placed.layer, placed.path
        if isinstance(layer, RecurrentLayer):
            found.append(Site(path=path, kind="output", rate=layer.dropout))
            if layer.recurrent_dropout:
                found.append(Site(path=path, kind="recurrent", rate=layer.recurrent_dropout))
            if layer.zoneout:
                found.append(Site(path=path, kind="zoneout", rate=layer.zoneout))
        elif isinstance(layer, DropoutLayer) and layer.rate:
            found.append(Site(path=path, kind="passing", rate=layer.rate))
        elif isinstance(layer, Decoder) and layer.teacher_forcing > 0.0:
            rate = 1.0 - layer.teacher_forcing
            if rate or layer.sampling != "constant":
                found.append(Site(path=path, kind="feed", rate=rate, sampling=layer.sampling))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropout:
    """What is dropped in one forward pass of a cohort.

    A member draws from its own generator, and only where its own rate is above 0: what it drops
    does not depend on its neighbours.

    Attributes:
        rates: Rate of each member at each site of the network (see `find_sites`; in a plain stack
            its layers), ``(M, S)``.
        generators: A source of masks per member, in main memory: a member drops the same
            everywhere.
        device: Where the values lie.
    """

    rates: Tensor
    generators: Sequence[torch.Generator]
    device: torch.device = HOST

    def __call__(self, values: Tensor, site: int) -> Tensor:
        """Zero values at random and scale up the rest.

        Args:
            values: Outputs of a layer, ``(M, B, ..., H)``.
            site: Index of the site.

        Returns:
            Values of the same shape and mean.
        """
        dropped = self.dropped(values.shape[1:], site)
        if dropped is None:
            return values
        keep = self._keep(site, values.dim())
        return torch.where(dropped, 0.0, values / keep)

    def mask(self, like: Tensor, width: int, site: int) -> Tensor | None:
        """Draw one mask for a whole sequence.

        Args:
            like: Input of a layer, ``(M, B, T, F)``.
            width: Values that are masked, H.
            site: Index of the site.

        Returns:
            0 or the inverse of the share that is kept, ``(M, B, H)``; ``None`` where nothing is
            dropped.
        """
        dropped = self.dropped((like.shape[1], width), site)
        return None if dropped is None else ~dropped / self._keep(site, 3)

    def dropped(self, shape: Sequence[int], site: int) -> Tensor | None:
        """Draw what is dropped.

        Args:
            shape: Shape of one member's values.
            site: Index of the site.

        Returns:
            Bools, ``(M, *shape)``; ``None`` where no member drops anything.
        """
        rates = self.rates[:, site].tolist()
        if not any(rates):
            return None
        # as the kernels lay values: the rows of the batch last
        size = tuple(reversed(shape))
        draws = torch.stack(
            [
                torch.rand(size, generator=generator) >= 1.0 - rate
                if rate
                else torch.zeros(size, dtype=torch.bool)
                for rate, generator in zip(rates, self.generators, strict=True)
            ]
        )
        return draws.to(self.device).permute(0, *range(len(shape), 0, -1))

    def _keep(self, site: int, axes: int) -> Tensor:
        return (1.0 - self.rates[:, site]).view(-1, *[1] * (axes - 1)).to(self.device)


def make_dropout(
    sites: Sequence[Site],
    rates: Sequence[float | None],
    generators: Sequence[torch.Generator],
    progress: float,
    device: torch.device = HOST,
) -> Dropout | None:
    """Set the rates of a pass.

    Args:
        sites: Sites of the network.
        rates: Rate of each member for what its recurrent layers put out; ``None`` for those of
            the architecture.
        generators: A source of masks per member.
        progress: Share of the training that is done, 0 to 1.
        device: Where the values lie.

    Returns:
        The pass's dropout; ``None`` where nothing is ever dropped.
    """
    table = [
        [
            member if member is not None and site.kind == "output" else site.rate_at(progress)
            for site in sites
        ]
        for member in rates
    ]
    if not any(map(any, table)):
        return None
    return Dropout(rates=torch.tensor(table), generators=generators, device=device)
