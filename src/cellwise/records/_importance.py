"""What mattered: how much of the spread of errors each setting explains."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginalPoint:
    """Mean error of the trials in which a setting had a value.

    Attributes:
        value: The value, or the range of values, in words.
        error: Mean validation error.
        standard_error: Of that mean, over trials; NaN for one trial.
        num_trials: Trials.
    """

    value: str
    error: float
    standard_error: float
    num_trials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportanceRecord:
    """How much one setting mattered.

    Attributes:
        name: Its name.
        fanova: Share of the variance of errors that it explains by itself, all shares scaled to
            sum to 1 (Hutter et al. 2014); NaN where it could not be computed.
        ped_anova: Its share in what sets the best tenth of the trials apart (Watanabe et al.
            2023); NaN where it could not be computed.
        marginal: Mean error by value.
    """

    name: str
    fanova: float
    ped_anova: float
    marginal: tuple[MarginalPoint, ...]
