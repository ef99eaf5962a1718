"""What a network is: frozen specs, their text form, shapes and counts; no torch inside."""

from cellwise.architecture._architecture import Architecture
from cellwise.architecture._layer import CELLS, Cell, RecurrentLayer

__all__ = ["CELLS", "Architecture", "Cell", "RecurrentLayer"]
