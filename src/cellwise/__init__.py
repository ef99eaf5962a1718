"""How many layers and how many cells should an LSTM have? Answers with evidence.

Example:
    >>> import cellwise
    >>> str(cellwise.Architecture.parse("2*lstm(32)"))
    'lstm(32) > lstm(32)'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cellwise._errors import (
        ArchitectureError,
        CellwiseError,
        ColumnError,
        DataError,
        RunError,
        SettingsError,
    )
    from cellwise._extension import set_num_threads
    from cellwise.architecture import Architecture, explain
    from cellwise.export import deepen, prune, widen
    from cellwise.records import Evidence
    from cellwise.run import Run, compare, fit, plan, reproduce, resume
    from cellwise.search import Observer

_HOMES = {
    "Architecture": "cellwise.architecture",
    "ArchitectureError": "cellwise._errors",
    "CellwiseError": "cellwise._errors",
    "ColumnError": "cellwise._errors",
    "DataError": "cellwise._errors",
    "Evidence": "cellwise.records",
    "Observer": "cellwise.search",
    "Run": "cellwise.run",
    "RunError": "cellwise._errors",
    "SettingsError": "cellwise._errors",
    "compare": "cellwise.run",
    "deepen": "cellwise.export",
    "explain": "cellwise.architecture",
    "fit": "cellwise.run",
    "plan": "cellwise.run",
    "prune": "cellwise.export",
    "reproduce": "cellwise.run",
    "resume": "cellwise.run",
    "set_num_threads": "cellwise._extension",
    "widen": "cellwise.export",
}

__all__ = [
    "Architecture",
    "ArchitectureError",
    "CellwiseError",
    "ColumnError",
    "DataError",
    "Evidence",
    "Observer",
    "Run",
    "RunError",
    "SettingsError",
    "compare",
    "deepen",
    "explain",
    "fit",
    "plan",
    "prune",
    "reproduce",
    "resume",
    "set_num_threads",
    "widen",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: torch takes seconds to load."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cellwise' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
