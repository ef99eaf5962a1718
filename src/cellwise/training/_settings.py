"""What a cohort is trained with."""

from dataclasses import dataclass, replace
from typing import Literal, Self, get_args

from cellwise._device import DEVICES, Device
from cellwise._errors import SettingsError
from cellwise.data import Metric
from cellwise.kernels import Backend, choose_backend

Loss = Literal["mse", "mae", "huber", "quantile"]
Schedule = Literal["constant", "step", "exponential", "cosine", "one_cycle", "plateau"]
Optimizer = Literal["adam", "nadam", "rmsprop", "sgd"]
"""How a gradient becomes a step. AdamW is ``adam`` with a ``weight_decay``, which is decoupled."""

OPTIMIZERS: tuple[Optimizer, ...] = get_args(Optimizer)
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One model of a cohort: a row of its parameter matrix.

    Attributes:
        fold: Index of the fold it learns from.
        seed: Seed of its first weights, of the order of its windows and of its dropout masks.
        learning_rate: Step size.
        dropout: Rate on the output of every layer; ``None`` takes the architecture's.
        weight_decay: Decoupled decay (AdamW) per unit of learning rate.
        l1: Weight of the sum of absolute weights in the loss.
        l2: Weight of half the sum of squared weights in the loss.
        clip_norm: Largest norm of its gradient; 0 does not clip.
        optimizer: How its gradient becomes a step.
        momentum: Share of the last step that goes on, of ``sgd`` and ``rmsprop``.
        nesterov: Whether ``sgd`` looks ahead along its momentum.

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
    optimizer: Optimizer = "adam"
    momentum: float = 0.0
    nesterov: bool = False

    def __post_init__(self) -> None:
        """Check every field."""
        if not self.learning_rate > 0:
            raise SettingsError(f"learning_rate must be above 0, got {self.learning_rate}")
        if self.dropout is not None and not 0 <= self.dropout < 1:
            raise SettingsError(f"dropout must be at least 0 and below 1, got {self.dropout}")
        for name in ("weight_decay", "l1", "l2", "clip_norm"):
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} must be at least 0, got {getattr(self, name)}")
        self._check_optimizer()

    def _check_optimizer(self) -> None:
        check_word("optimizer", self.optimizer, OPTIMIZERS)
        if not 0 <= self.momentum < 1:
            raise SettingsError(f"momentum must be at least 0 and below 1, got {self.momentum}")
        if self.momentum and self.optimizer not in ("sgd", "rmsprop"):
            raise SettingsError(
                f"momentum is for sgd and rmsprop, got optimizer {self.optimizer!r}"
            )
        if self.nesterov and not (self.optimizer == "sgd" and self.momentum):
            raise SettingsError(
                f"nesterov needs sgd with momentum, got optimizer {self.optimizer!r}"
            )

    @property
    def recipe(self) -> Self:
        """The same settings without fold and seed: members that share it are replicates."""
        return replace(self, fold=0, seed=0)


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
        final_factor: What ``exponential`` and ``step`` multiply the learning rate by at the end, and
            ``plateau`` at the lowest.
        drops: Epochs after which ``plateau`` lowers the rate in a final training, which has no
            validation errors to go by.
        warmup_steps: Steps over which the learning rate rises to its value; ``one_cycle`` has a
            rise of its own instead.
        backend: Kernels to run on: ``auto``, ``cpu`` (compiled), ``torch`` or ``reference``.
        device: Where to train: ``cpu`` or ``cuda``, the first CUDA device.

    Raises:
        SettingsError: If a number is outside its rule, or the kernels cannot run here.
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
    final_factor: float = 0.01
    drops: tuple[int, ...] = ()
    warmup_steps: int = 20
    backend: Backend = "auto"
    device: Device = "cpu"

    @property
    def planned_steps(self) -> int:
        """Largest number of steps of all epochs."""
        return self.epochs * self.steps_per_epoch

    def __post_init__(self) -> None:
        """Check every field."""
        check_word("device", self.device, DEVICES)
        choose_backend(self.backend, self.device)
        for name in ("batch_size", "epochs", "steps_per_epoch"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} must be at least 1, got {getattr(self, name)}")
        if not 0 < self.quantile < 1:
            raise SettingsError(f"quantile must be between 0 and 1, got {self.quantile}")
        if not self.huber_delta > 0:
            raise SettingsError(f"huber_delta must be above 0, got {self.huber_delta}")
        check_word("schedule", self.schedule, SCHEDULES)
        if not 0 < self.final_factor <= 1:
            raise SettingsError(
                f"final_factor must be above 0 and at most 1, got {self.final_factor}"
            )


def check_word(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Check that a word is one of those that are allowed.

    Args:
        name: Name of the field.
        value: Its value.
        allowed: Words.

    Raises:
        SettingsError: If it is not.
    """
    if value not in allowed:
        raise SettingsError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")
