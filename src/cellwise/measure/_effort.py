"""How much an experiment may cost, and the clock that holds it to that."""

import time
from dataclasses import dataclass, field, replace
from typing import Self

from cellwise._errors import SettingsError

_LIMITS = {"steps": (1, 10**9), "seeds": (1, 1000), "seed": (0, 10**6)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Limits of an experiment.

    Attributes:
        steps: Most training steps of a member.
        seeds: Replicates of everything.
        seconds: Wall clock; 0 for no limit. Where it does not bind, equal settings give equal
            numbers.
        seed: First seed.

    Raises:
        SettingsError: If a number is outside its rule.
    """

    steps: int
    seeds: int = 3
    seconds: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Check every field."""
        for name, (least, most) in _LIMITS.items():
            value = getattr(self, name)
            if value < least:
                raise SettingsError(f"{name} must be at least {least}, got {value}")
            if value > most:
                raise SettingsError(f"{name} must be at most {most:,}, got {value:,}")
        if not 0 <= self.seconds < 1e9:
            raise SettingsError(f"seconds must be from 0 to 1e9, got {self.seconds}")

    @property
    def all_seeds(self) -> tuple[int, ...]:
        """Seed of each replicate."""
        return tuple(range(self.seed, self.seed + self.seeds))

    def part(self, share: float) -> Self:
        """Return the same limits with a share of the wall clock.

        Args:
            share: Above 0, at most 1.

        Returns:
            The limits.
        """
        return replace(self, seconds=self.seconds * share)


@dataclass(slots=True)
class Clock:
    """What has been spent since it was made.

    Attributes:
        effort: The limits.
        begun: When it was made.
    """

    effort: Effort
    begun: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """Wall clock spent."""
        return time.perf_counter() - self.begun

    @property
    def ended(self) -> bool:
        """Whether the time is over."""
        return bool(self.effort.seconds) and self.seconds >= self.effort.seconds

    def progress(self, step: int) -> float:
        """Return the share of the training that is done, by steps or by time, the larger.

        Args:
            step: Steps taken.

        Returns:
            From 0 to 1.
        """
        limit = self.effort.seconds
        by_time = self.seconds / limit if limit else 0.0
        return min(1.0, max(step / self.effort.steps, by_time))

    @property
    def share_left(self) -> float:
        """Share of the wall clock that is left; 1 where it is not limited."""
        limit = self.effort.seconds
        return max(1e-9, 1.0 - self.seconds / limit) if limit else 1.0
