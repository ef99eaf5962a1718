"""What to forecast, from which columns, and how the rows are cut."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from cellwise._errors import SettingsError

Metric = Literal["mae", "mse", "rmse", "mase", "smape"]
"""Names of the error measures that a search can decide by."""


# What no table has, and would take all memory before it is found to be too much
_LIMITS = {"horizon": (1, 10**9), "context_length": (1, 10**9), "num_folds": (2, 1000)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastTask:
    """What to forecast, from which columns, and how the rows are cut.

    Attributes:
        target: Column to forecast.
        horizon: Steps ahead.
        time: Column of timestamps (or of a regular integer index); ``None`` when rows are taken
            as equally spaced in file order.
        series: Column that names the series of a row (long format); ``None`` for one series.
        past_covariates: Columns that are known only up to the forecast origin.
        known_covariates: Columns that are known over the horizon too.
        calendar: ``auto`` adds cyclic time of day, week and year as the frequency allows.
        timezone: Zone in which the calendar is read; ``None`` takes the times as they are.
        context_length: Past steps that a window holds; ``None`` lets the data decide.
        missing: What to do with missing values and absent rows.
        anchor: What is subtracted from each window's target and added back to its forecast.
        split: Training, validation and test part of each series in time order: fractions that
            sum to at most 1, or whole numbers of rows.
        num_folds: Walk-forward folds K that the validation part is cut into.

    Raises:
        SettingsError: If a field is outside its rule.
    """

    target: str
    horizon: int
    time: str | None = None
    series: str | None = None
    past_covariates: tuple[str, ...] = ()
    known_covariates: tuple[str, ...] = ()
    calendar: Literal["auto", "none"] = "auto"
    timezone: str | None = None
    context_length: int | None = None
    missing: Literal["error", "interpolate", "forward"] = "error"
    anchor: Literal["last", "mean", "none"] = "last"
    split: tuple[float, float, float] = (0.6, 0.2, 0.2)
    num_folds: int = 3

    def __post_init__(self) -> None:
        """Check every field."""
        for name, (least, most) in _LIMITS.items():
            value = getattr(self, name)
            if value is not None and value < least:
                raise SettingsError(f"{name} must be at least {least}, got {value}")
            if value is not None and value > most:
                raise SettingsError(f"{name} must be at most {most:,}, got {value:,}")
        self._check_choices()
        self._check_split()
        self._check_columns()

    def _check_choices(self) -> None:
        rules = {
            "calendar": ("auto", "none"),
            "missing": ("error", "interpolate", "forward"),
            "anchor": ("last", "mean", "none"),
        }
        for name, allowed in rules.items():
            value = getattr(self, name)
            if value not in allowed:
                raise SettingsError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")

    def _check_split(self) -> None:
        if len(self.split) != 3 or not all(0 < part < float("inf") for part in self.split):
            raise SettingsError(
                "split must be three positive numbers (training, validation, test), "
                f"got {','.join(f'{part:g}' for part in self.split)}"
            )
        if self.split_is_fraction and sum(self.split) > 1 + 1e-9:
            raise SettingsError(f"split fractions must sum to at most 1, got {sum(self.split):g}")
        if not self.split_is_fraction and any(part != int(part) for part in self.split):
            raise SettingsError(
                "split must be all fractions below 1 or all whole numbers of rows, "
                f"got {','.join(f'{part:g}' for part in self.split)}"
            )

    def _check_columns(self) -> None:
        roles = [self.target, self.time, self.series, *self.past_covariates, *self.known_covariates]
        named = [name for name in roles if name is not None]
        for name in named:
            if named.count(name) > 1:
                raise SettingsError(f"column {name!r} must have one role only, got several")

    @property
    def split_is_fraction(self) -> bool:
        """Whether `split` is in fractions of the rows rather than in rows."""
        return all(part < 1 for part in self.split)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that `from_dict` reads back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Build a task from `to_dict` output, or from the same read back from JSON.

        Args:
            data: What `to_dict` returned; lists stand for tuples.

        Returns:
            An equal task.
        """
        values: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in data.items()
        }
        return cls(**values)
