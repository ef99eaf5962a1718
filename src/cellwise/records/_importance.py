"""What mattered: how much of the spread of errors each setting explains."""

import math
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
        fanova: Share of the variance of errors over the ranges searched that it explains by
            itself (Hutter et al. 2014); with those of all interactions they make 1. NaN where
            errors do not vary.
        ped_anova: Its share in what sets the best tenth of the trials apart (Watanabe et al.
            2023); NaN where it could not be computed.
        marginal: Mean error by value.
        fanova_deviation: Standard deviation of ``fanova`` over the trees of the forest.
    """

    name: str
    fanova: float
    ped_anova: float
    marginal: tuple[MarginalPoint, ...]
    fanova_deviation: float = math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionRecord:
    """How much two settings mattered together.

    Attributes:
        names: The two, in alphabetical order.
        share: Share of the variance of errors that the pair explains beyond what both explain by
            themselves (Hutter et al. 2014).
        deviation: Standard deviation of ``share`` over the trees of the forest.
    """

    names: tuple[str, str]
    share: float
    deviation: float
