"""What is known of a network when its layers are made."""

from collections.abc import Iterator
from dataclasses import dataclass

from cellwise.architecture import Chain, Decoder, RecurrentLayer
from cellwise.kernels import Backend
from cellwise.layers._dropout import Kind, Site, find_sites


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is known of a network when its layers are made.

    Attributes:
        backend: Kernels to run on.
        sites: Where something may be dropped, in the order of `Dropout.rates`.
        columns: Names of the input's columns; empty where they are those that the architecture
            names, in its order.
        tapped: Paths of layers whose end is read although others stand above.
        below: Path of the recurrent layer under each one, in its chain.
        attends: Path of the layer that reads what a decoder attends to; empty for none.
    """

    backend: Backend
    sites: tuple[Site, ...]
    columns: tuple[str, ...]
    tapped: frozenset[str]
    below: dict[str, str]
    attends: str

    @classmethod
    def of(cls, chain: Chain, backend: Backend, columns: tuple[str, ...]) -> "Plan":
        """Plan a network.

        Args:
            chain: The network.
            backend: Kernels to run on.
            columns: Names of the input's columns, or nothing.

        Returns:
            The plan.
        """
        chains = list(_chains(chain))
        return cls(
            backend=backend,
            sites=find_sites(chain),
            columns=columns,
            tapped=frozenset(path for one in chains for path in _tapped(one)),
            below={above: below for one in chains for above, below in _pairs(one)},
            attends=_attending(chain),
        )

    def site(self, path: str, *kinds: Kind) -> int | None:
        """Find a site.

        Args:
            path: Path of the layer.
            *kinds: Kinds that it may be of.

        Returns:
            Its index; ``None`` if there is none.
        """
        found = (i for i, one in enumerate(self.sites) if one.path == path and one.kind in kinds)
        return next(found, None)


def _chains(chain: Chain) -> Iterator[Chain]:
    yield chain
    for placed in chain.walk():
        yield from placed.chains


def _tapped(chain: Chain) -> Iterator[str]:
    if chain.placed[-1].returns != "all":
        for index in chain.taps:
            if chain.placed[index].returns == "all":
                yield chain.placed[index].path


def _pairs(chain: Chain) -> Iterator[tuple[str, str]]:
    below = ""
    for placed in chain.placed:
        if isinstance(placed.layer, RecurrentLayer):
            yield placed.path, below
            below = placed.path


def _attending(chain: Chain) -> str:
    for placed in chain.placed:
        if isinstance(placed.layer, Decoder) and placed.layer.attention == "additive":
            (inner,) = placed.chains
            return next(p.path for p in inner.placed if isinstance(p.layer, RecurrentLayer))
    return ""
