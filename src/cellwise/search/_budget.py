"""Wall-clock time of a run, carried over from before a resume."""

import time

# Share of the budget that growth may use; the rest is for the final training
_GROWTH_SHARE = 0.7


class BudgetEndedError(Exception):
    """The time is up; raised between epochs, with everything saved."""


class Budget:
    """Counts the seconds of a run against its limit.

    Args:
        limit: Seconds of the whole run; 0 for no limit.
        spent: Seconds that were spent before a resume.
    """

    def __init__(self, limit: float = 0.0, spent: float = 0.0) -> None:
        self.limit = limit
        self._start = time.monotonic() - spent

    @property
    def seconds(self) -> float:
        """Seconds spent."""
        return time.monotonic() - self._start

    @property
    def left(self) -> float:
        """Seconds left; infinite without a limit."""
        return self.limit - self.seconds if self.limit else float("inf")

    @property
    def left_for_growth(self) -> float:
        """Seconds left before the final training must begin."""
        return self.limit * _GROWTH_SHARE - self.seconds if self.limit else float("inf")

    def check_growth(self, needed: float = 0.0) -> None:
        """Stop growth in time for the final training.

        Args:
            needed: Seconds that the next piece of work is expected to take.

        Raises:
            BudgetEndedError: If less is left.
        """
        if self.left_for_growth < needed or self.left_for_growth <= 0:
            raise BudgetEndedError
