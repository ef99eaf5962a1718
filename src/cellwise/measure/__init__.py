"""What was measured of an architecture: a cohort experiment per question, with its cost."""

from cellwise.measure._bits import measure_bits
from cellwise.measure._echo import measure_echo
from cellwise.measure._effort import Effort
from cellwise.measure._freedom import freedom_of, measure_freedom
from cellwise.measure._map import map_echo, stack_of
from cellwise.measure._measurement import Kind, Measurement
from cellwise.measure._memory import measure_memory, memory_capacity
from cellwise.measure._reals import measure_reals
from cellwise.measure._screen import measurement_screen
from cellwise.measure._shuffled import measure_shuffled

__all__ = [
    "Effort",
    "Kind",
    "Measurement",
    "freedom_of",
    "map_echo",
    "measure_bits",
    "measure_echo",
    "measure_freedom",
    "measure_memory",
    "measure_reals",
    "measure_shuffled",
    "measurement_screen",
    "memory_capacity",
    "stack_of",
]
