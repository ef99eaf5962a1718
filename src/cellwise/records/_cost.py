"""What a cohort was expected to cost, and what it did cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRecord:
    """Foreseen and measured cost of one cohort.

    Attributes:
        stage: Stage of the search.
        architecture: Text form.
        num_models: Networks that are trained together.
        predicted_seconds: Expected time, with as many epochs as cohorts before it needed.
        least_seconds: The same if all networks stop as early as they may.
        most_seconds: The same if none stops early.
        predicted_bytes: Memory that it needs at most, beyond data and program.
        seconds: Time that it took; NaN if it was not trained.
        measured_bytes: By how much the memory of its process grew at most; NaN if that is not known.
    """

    stage: str
    architecture: str
    num_models: int
    predicted_seconds: float
    least_seconds: float
    most_seconds: float
    predicted_bytes: int
    seconds: float = float("nan")
    measured_bytes: float = float("nan")
