"""Wall-clock time of a run, carried over from before a resume."""

import time

# Share of the budget that the search may use; the rest is for the final training
_SEARCH_SHARE = 0.7
# Share that growth may use where tuning follows
GROWTH_BEFORE_TUNING = 0.35


class BudgetEndedError(Exception):
    """The time is up; raised between epochs, with everything saved."""


class Budget:
    """Counts the seconds of a run against its limit.

    Args:
        limit: Seconds of the whole run; 0 for no limit.
        spent: Seconds that were spent before a resume.
        growth_share: Share of it that growth may use.
    """

    def __init__(
        self, limit: float = 0.0, spent: float = 0.0, growth_share: float = _SEARCH_SHARE
    ) -> None:
        self.limit, self.growth_share = limit, growth_share
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
        """Seconds left before tuning or the final training must begin."""
        return self.limit * self.growth_share - self.seconds if self.limit else float("inf")

    def check_growth(self, needed: float = 0.0) -> None:
        """Stop growth in time for what follows.

        Args:
            needed: Seconds that the next piece of work is expected to take.

        Raises:
            BudgetEndedError: If less is left.
        """
        if self.left_for_growth < needed or self.left_for_growth <= 0:
            raise BudgetEndedError

    def check_tuning(self) -> None:
        """Stop tuning in time for the final training.

        Raises:
            BudgetEndedError: If nothing is left for it.
        """
        if self.limit and self.limit * _SEARCH_SHARE <= self.seconds:
            raise BudgetEndedError
