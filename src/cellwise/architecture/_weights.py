"""What weights a layer has: records from which counts, layouts and initial values follow."""

import math
from dataclasses import dataclass, replace
from typing import Literal

Role = Literal[
    "input",
    "recurrent",
    "hidden",
    "projection",
    "peephole",
    "bias",
    "gain",
    "state",
    "embedding",
    "head",
]
"""What a weight is for.

``input`` reads what the layer below hands on, ``recurrent`` the layer's own state, ``hidden``
values inside the layer (deep output, deep gates, highway), ``projection`` the cells, ``peephole``
the cell state one by one; ``bias`` starts at 0 and is not regularised, ``gain`` starts at 1,
``state`` is a learned first state, ``embedding`` a table of vectors, ``head`` the output layer.
"""

PRODUCTS: frozenset[Role] = frozenset(
    ("input", "recurrent", "hidden", "projection", "peephole", "head")
)
"""Roles that cost a multiplication and an addition per weight and step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One weight tensor of one model.

    Attributes:
        name: Such as ``weight_ih``; with its layer's path in front once the layer is placed.
        shape: Its shape.
        role: What it is for.
        gates: Names of the blocks stacked in its rows, such as ``("i", "f", "g", "o")``; empty
            where there is one block.
    """

    name: str
    shape: tuple[int, ...]
    role: Role
    gates: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)

    @property
    def num_flops(self) -> int:
        """Floating-point operations of using it once: two per value of a product, else 0."""
        return 2 * self.size if self.role in PRODUCTS else 0

    def under(self, path: str) -> "Weight":
        """Put a path in front of the name.

        Args:
            path: Such as ``layers.0``.

        Returns:
            The weight with its full name.
        """
        return replace(self, name=f"{path}.{self.name}")


def count(weights: tuple[Weight, ...]) -> int:
    """Count the values of some weights.

    Args:
        weights: Any weights.

    Returns:
        Number of trainable values.
    """
    return sum(weight.size for weight in weights)
