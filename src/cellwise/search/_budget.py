"""Wall-clock time of a run, carried over from before a resume."""

import time

ENDING_SECONDS = 3.0
"""Time for the test rows, the doctor and the report."""

# Share of the budget that is kept for what comes after the search, until it is known better
_RESERVE = 0.3
# Share that growth may use where tuning follows: what it did not reach cannot be tuned (docs/log.md)
GROWTH_BEFORE_TUNING = 0.6


class BudgetEndedError(Exception):
    """The time is up; raised between epochs, with everything saved."""


class TooDearError(BudgetEndedError):
    """There is time left, but not as much as the next piece of work is expected to take."""


class TooLargeError(TooDearError):
    """The next piece of work needs more memory than there is; says so."""


class Budget:
    """Counts the seconds of a run against its limit.

    Args:
        limit: Seconds of the whole run; 0 for no limit.
        spent: Seconds that were spent before a resume.
        growth_share: Share of it that growth may use.
    """

    def __init__(self, limit: float = 0.0, spent: float = 0.0, growth_share: float = 1.0) -> None:
        self.limit, self.growth_share, self._begun = limit, growth_share, 0.0
        # seconds that are kept for what comes after the search
        self.reserve = _RESERVE * limit
        self._start = time.monotonic() - spent

    def part(self, remaining: int, begun: float) -> "Budget":
        """Give the first of several searches in a row its share of what is left.

        Args:
            remaining: Searches to come, this one included.
            begun: Seconds that those before it have taken.

        Returns:
            A budget on the same clock that ends after an equal share.
        """
        limit = begun + max(0.0, self.limit - begun) / remaining if self.limit else 0.0
        share = Budget(limit, self.seconds, self.growth_share)
        share._begun, share.reserve = begun, _RESERVE * (limit - begun) if limit else 0.0
        return share

    @property
    def span(self) -> float:
        """Seconds from begin to end; 0 for no limit."""
        return self.limit - self._begun if self.limit else 0.0

    @property
    def seconds(self) -> float:
        """Seconds spent."""
        return time.monotonic() - self._start

    @property
    def left(self) -> float:
        """Seconds left; infinite without a limit."""
        return self.limit - self.seconds if self.limit else float("inf")

    @property
    def left_for_search(self) -> float:
        """Seconds left before the final training must begin."""
        return self.left - self.reserve

    @property
    def left_for_growth(self) -> float:
        """Seconds left before tuning or the final training must begin."""
        if not self.limit:
            return float("inf")
        of_growth = self._begun + self.span * self.growth_share - self.seconds
        return min(self.left_for_search, of_growth)

    def check_growth(self, needed: float = 0.0) -> None:
        """Stop growth in time for what follows.

        Args:
            needed: Seconds that the next piece of work is expected to take.

        Raises:
            BudgetEndedError: If less is left.
        """  # noqa: DOC502  raised by _check
        _check(self.left_for_growth, needed)

    def check_tuning(self, needed: float = 0.0) -> None:
        """Stop tuning in time for the final training.

        Args:
            needed: Seconds that the next piece of work is expected to take.

        Raises:
            BudgetEndedError: If less is left.
        """  # noqa: DOC502  raised by _check
        _check(self.left_for_search, needed)


def _check(left: float, needed: float) -> None:
    if left <= 0:
        raise BudgetEndedError
    if left < needed:
        raise TooDearError
