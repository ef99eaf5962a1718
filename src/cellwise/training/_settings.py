"""What a cohort is trained with."""

from dataclasses import dataclass
from typing import Literal

from cellwise._errors import SettingsError
from cellwise.data import Metric

Loss = Literal["mse", "mae", "huber", "quantile"]
Schedule = Literal["constant", "cosine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One model of a cohort: a row of its parameter matrix.

    Attributes:
        fold: Index of the fold it learns from.
        seed: Seed of its first weights, of the order of its windows and of its dropout masks.
        learning_rate: Adam's step size.
        dropout: Rate on the output of every layer; ``None`` takes the architecture's.
        weight_decay: Decoupled decay (AdamW) per unit of learning rate.
        l1: Weight of the sum of absolute weights in the loss.
        l2: Weight of half the sum of squared weights in the loss.
        clip_norm: Largest norm of its gradient; 0 does not clip.

    Raises:
        SettingsError: If a number is outside its rule.
    """

    fold: int
    seed: int
    learning_rate: float
    dropout: float | None = None
    weight_decay: float = 0.0
    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float = 1.0

    def __post_init__(self) -> None:
        """Check every field."""
        if not self.learning_rate > 0:
            raise SettingsError(f"learning_rate must be above 0, got {self.learning_rate}")
        if self.dropout is not None and not 0 <= self.dropout < 1:
            raise SettingsError(f"dropout must be at least 0 and below 1, got {self.dropout}")
        for name in ("weight_decay", "l1", "l2", "clip_norm"):
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} must be at least 0, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """What all members of a cohort share.

    Attributes:
        metric: Decision metric, measured on the fold's validation windows after each epoch.
        loss: What the gradient descends.
        huber_delta: Where the Huber loss turns linear, in scaled target units.
        quantile: Level of the quantile (pinball) loss.
        batch_size: Windows per step B.
        epochs: Largest number of epochs, over which the schedule runs.
        stop_after: Epoch after which training ends although the schedule goes on; 0 for none.
        steps_per_epoch: Largest number of steps of an epoch; fewer where the windows are fewer.
        patience: Epochs without a better validation error after which a member stops; 0 never.
        schedule: How the learning rate falls over ``epochs``.
        warmup_steps: Steps over which the learning rate rises to its value.

    Raises:
        SettingsError: If a number is outside its rule.
    """

    metric: Metric = "mse"
    loss: Loss = "mse"
    huber_delta: float = 1.0
    quantile: float = 0.5
    batch_size: int = 64
    epochs: int = 20
    stop_after: int = 0
    steps_per_epoch: int = 100
    patience: int = 6
    schedule: Schedule = "cosine"
    warmup_steps: int = 20

    def __post_init__(self) -> None:
        """Check every field."""
        for name in ("batch_size", "epochs", "steps_per_epoch"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} must be at least 1, got {getattr(self, name)}")
        if not 0 < self.quantile < 1:
            raise SettingsError(f"quantile must be between 0 and 1, got {self.quantile}")
        if not self.huber_delta > 0:
            raise SettingsError(f"huber_delta must be above 0, got {self.huber_delta}")
