"""The exception tree; each class also is the builtin that a caller would expect.

* CellwiseError
  - ArchitectureError  (also ValueError)    a text or spec that no network can be built from
  - DataError          (also ValueError)    a table that cannot be used as it is
  - ColumnError        (also KeyError)      a column that the table does not have
  - SettingsError      (also ValueError)    an option outside its rule
  - RunError           (also OSError)       a run directory that cannot be read or written
"""


class CellwiseError(Exception):
    """Base class of every error that Cellwise raises on purpose."""

    def __str__(self) -> str:
        """Return the message alone (``KeyError`` would quote it)."""
        return str(self.args[0]) if self.args else ""


class ArchitectureError(CellwiseError, ValueError):
    """A text or a spec that no network can be built from."""


class DataError(CellwiseError, ValueError):
    """A table that cannot be used as it is."""


class ColumnError(CellwiseError, KeyError):
    """A column that the table does not have."""


class SettingsError(CellwiseError, ValueError):
    """An option outside its rule."""


class RunError(CellwiseError, OSError):
    """A run directory that cannot be read or written."""
