"""The step between rows, and what the calendar makes of it."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from cellwise._errors import SettingsError
from cellwise.data._time import Times

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

_NAMES = {
    ("microseconds", SECOND): "every second",
    ("microseconds", MINUTE): "every minute",
    ("microseconds", HOUR): "hourly",
    ("microseconds", DAY): "daily",
    ("microseconds", WEEK): "weekly",
    ("months", 1): "monthly",
    ("months", 3): "quarterly",
    ("months", 12): "yearly",
    ("index", 1): "equally spaced",
}
_UNITS = ((WEEK, "weeks"), (DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes"), (SECOND, "seconds"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """The step from one row to the next.

    Attributes:
        unit: ``microseconds`` for a fixed step in time, ``months`` for a calendar step, ``index``
            for a step of whole numbers.
        step: Number of units.
        day: Day of the month of calendar steps, 31 for month ends; 0 for other units.

    Raises:
        SettingsError: If the step is below 1.
    """

    unit: Literal["microseconds", "months", "index"]
    step: int
    day: int = 0

    def __post_init__(self) -> None:
        """Check the step."""
        if self.step < 1:
            raise SettingsError(f"step must be at least 1, got {self.step}")

    @property
    def words(self) -> str:
        """The step in words, such as ``hourly`` or ``every 30 minutes``."""
        if (self.unit, self.step) in _NAMES:
            return _NAMES[self.unit, self.step]
        if self.unit == "microseconds":
            for size, name in _UNITS:
                if self.step % size == 0:
                    return f"every {self.step // size} {name}"
        return f"every {self.step} {'steps' if self.unit == 'index' else self.unit}"

    @property
    def season_length(self) -> int:
        """Steps of the main season: a day, week, year or hour; 1 where there is none."""
        if self.unit == "months":
            return 12 // self.step if 12 % self.step == 0 else 1
        if self.unit == "index":
            return 1
        if WEEK <= self.step <= 26 * WEEK:
            return round(365.25 * DAY / self.step)
        return self._seasons_within(self.step)

    @staticmethod
    def _seasons_within(step: int) -> int:
        if step == DAY:
            return 7
        # a season of over 288 steps is out of reach of a window, so the next shorter one counts
        for season, least in ((DAY, 5 * MINUTE), (HOUR, MINUTE), (MINUTE, SECOND)):
            if least <= step < season and season % step == 0:
                return season // step
        return 1

    def at(self, origin: Times, steps: NDArray[np.int64]) -> Times:
        """Return the times a number of steps after an origin.

        Args:
            origin: Times on the grid, ``(n,)`` or ``()``.
            steps: Steps after each, ``(n,)``.

        Returns:
            Times, ``(n,)``.
        """
        if self.unit == "index":
            return np.asarray(origin + steps * self.step)
        if self.unit == "microseconds":
            return np.asarray(origin + (steps * self.step).astype("timedelta64[us]"))
        clock = origin - origin.astype("datetime64[D]")
        month = origin.astype("datetime64[M]") + (steps * self.step).astype("timedelta64[M]")
        day = np.minimum(self.day, days_in_month(month)) - 1
        return np.asarray(
            month.astype("datetime64[us]") + day.astype("timedelta64[D]") + clock,
            dtype="datetime64[us]",
        )

    def advance(self, last: Any, num_steps: int) -> Times:
        """Return the times that follow one.

        Args:
            last: Time of the last row.
            num_steps: How many times to give.

        Returns:
            Times, ``(num_steps,)``.
        """
        return self.at(np.asarray(last), np.arange(1, num_steps + 1))

    def positions(self, origin: Times, times: Times) -> NDArray[np.int64]:
        """Return how many steps times lie after an origin, -1 for a time that is off the grid.

        Args:
            origin: Origin of each time, ``(n,)``.
            times: Times at or after the origin, ``(n,)``.

        Returns:
            Whole steps, ``(n,)``.
        """
        if self.unit == "months":
            months = times.astype("datetime64[M]") - origin.astype("datetime64[M]")
            steps = months.astype(np.int64) // self.step
        else:
            steps = (times - origin).astype(np.int64) // self.step
        return np.where(self.at(origin, steps) == times, steps, -1)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that `from_dict` reads back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Build a frequency from `to_dict` output.

        Args:
            data: What `to_dict` returned.

        Returns:
            An equal frequency.
        """
        return cls(**data)


def infer_frequency(times: Times, within: NDArray[np.bool_]) -> Frequency | None:
    """Find the most common step; the smallest one where several are equally common.

    Args:
        times: Times of all rows, increasing within each series, ``(N,)``.
        within: Whether a row and the next are of the same series, ``(N - 1,)``.

    Returns:
        The frequency; ``None`` where no series has two rows.
    """
    if not within.any():
        return None
    if times.dtype.kind == "i":
        return Frequency(unit="index", step=_most_common(np.diff(times)[within]))
    step = _most_common(np.diff(times)[within].astype(np.int64))
    months = times.astype("datetime64[M]")
    dates = times.astype("datetime64[D]")
    day = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    same_day = np.all(day == np.minimum(day.max(), days_in_month(months)))
    same_clock = len(np.unique(times - dates)) == 1
    if step >= 28 * DAY and same_day and same_clock:
        in_months = _most_common(np.diff(months)[within].astype(np.int64))
        return Frequency(unit="months", step=in_months, day=int(day.max()))
    return Frequency(unit="microseconds", step=step)


def days_in_month(months: NDArray[Any]) -> NDArray[np.int64]:
    """Return the number of days of months.

    Args:
        months: Months, ``datetime64[M]``.

    Returns:
        Days, 28 to 31.
    """
    following = (months + np.timedelta64(1, "M")).astype("datetime64[D]")
    return np.asarray((following - months.astype("datetime64[D]")).astype(np.int64))


def _most_common(steps: NDArray[np.int64]) -> int:
    values, counts = np.unique(steps, return_counts=True)
    return int(values[np.argmax(counts)])
