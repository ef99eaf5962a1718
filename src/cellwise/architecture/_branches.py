"""Chains of layers side by side."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cellwise._errors import ArchitectureError
from cellwise.architecture._text import chain_text, column_text

if TYPE_CHECKING:
    from cellwise.architecture._layer import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One chain of a group.

    Attributes:
        layers: The layers, first layer first.
        columns: Columns of the table that it reads; empty for all that the group reads.

    Raises:
        ArchitectureError: If there is no layer, or a column stands twice or holds a quote.
    """

    layers: tuple["Layer", ...]
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that there is a layer, and the names."""
        if not self.layers:
            raise ArchitectureError("a branch must hold at least one layer, got none")
        for name in self.columns:
            if not name or '"' in name:
                raise ArchitectureError(
                    f"a column needs a name without double quotes, got {name!r}"
                )
            if self.columns.count(name) > 1:
                raise ArchitectureError(f"a branch may read a column once, got {name!r} twice")

    def __str__(self) -> str:
        """Return the text form."""
        names = ",".join(column_text(name) for name in self.columns)
        return f"{names}: {chain_text(self.layers)}" if names else chain_text(self.layers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branches:
    """Chains that run in parallel; what they give is put side by side.

    Attributes:
        branches: The chains.

    Raises:
        ArchitectureError: If there is no branch.
    """

    branches: tuple[Branch, ...]

    def __post_init__(self) -> None:
        """Check that there is a branch."""
        if not self.branches:
            raise ArchitectureError("a group must hold at least one branch, got []")

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that any branch names, each once, in the order of the text."""
        return tuple(dict.fromkeys(name for one in self.branches for name in one.columns))

    def __str__(self) -> str:
        """Return the text form."""
        return f"[{' | '.join(str(branch) for branch in self.branches)}]"
