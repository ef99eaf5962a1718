"""What the desk is asked: the numbers of a data set and the choices of a bound."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from cellwise._errors import SettingsError
from cellwise.capacity._samples import disjoint_windows

Task = Literal["regression", "classification"]
"""What the outputs are: numbers, or one class each."""

LARGEST = 1_000_000_000
LONGEST = 1_000_000
_WHOLE = {
    "inputs": LARGEST,
    "outputs": LARGEST,
    "length": LONGEST,
    "samples": LARGEST,
    "batch_size": LARGEST,
}
_OPTIONAL = {"stride": LARGEST, "memory": LARGEST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The data set and the choices under which bounds are evaluated.

    Attributes:
        inputs: Number of input features per step F.
        outputs: Number of outputs O; for classification, number of classes (1: yes or no).
        length: Number of steps T that a decision can depend on.
        samples: Number of training windows N.
        stride: Steps between neighbouring windows of one series; 0 for independent windows.
        task: What the outputs are.
        target_bits: Bits of information in one target number (regression); 6.64 resolves the
            range of the target into 100 steps.
        memory: Number of past values that the target depends on; 0 if not known.
        batch_size: Windows per training step.
        delta: Probability with which a bound may fail, above 0 and below 1.
        margin: Margin of the classification bounds, above 0.
        tolerance: Error for which sample sizes are given, above 0 and below 1.

    Raises:
        SettingsError: If a field is outside its rule.

    Example:
        >>> Question(inputs=8, outputs=1, length=50, samples=10_000, stride=1).independent
        200
    """

    inputs: int
    outputs: int
    length: int
    samples: int
    stride: int = 0
    task: Task = "regression"
    target_bits: float = math.log2(100)
    memory: int = 0
    batch_size: int = 32
    delta: float = 0.05
    margin: float = 1.0
    tolerance: float = 0.1

    def __post_init__(self) -> None:
        """Check every field."""
        for name, most in _WHOLE.items():
            _check_whole(name, getattr(self, name), 1, most)
        for name, most in _OPTIONAL.items():
            _check_whole(name, getattr(self, name), 0, most)
        if self.task not in get_args(Task):
            raise SettingsError(
                f"task must be one of {', '.join(get_args(Task))}, got {self.task!r}"
            )
        for name in ("delta", "tolerance"):
            _check_between(name, getattr(self, name), 1.0)
        _check_between("target_bits", self.target_bits, 64.0)
        _check_between("margin", self.margin, 1e6)

    @property
    def independent(self) -> int:
        """Number of windows that share no row: what the bounds call the sample size M."""
        return disjoint_windows(self.samples, length=self.length, stride=self.stride)

    @property
    def targets(self) -> int:
        """Number of distinct training targets D; a target that two windows share counts once."""
        if self.task == "classification":
            return self.samples
        new_ones = min(self.outputs, self.stride) if self.stride else self.outputs
        return self.samples * new_ones

    @property
    def label_bits(self) -> float:
        """Bits of information in the training targets: log2 of the classes, or `target_bits`."""
        if self.task == "classification":
            return self.samples * math.log2(max(2, self.outputs))
        return self.targets * self.target_bits


def _check_whole(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise SettingsError(f"{name} must be a whole number from {least} to {most:,}, got {value}")


def _check_between(name: str, value: float, most: float) -> None:
    # written so that NaN fails
    if not 0.0 < value < most:
        raise SettingsError(f"{name} must be above 0 and below {most:g}, got {value}")
