"""What each stage of tuning tries, given what it begins with."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from cellwise.architecture import Architecture
from cellwise.search._configuration import Configuration
from cellwise.search._layer_options import STAGES_OF_LAYERS, like, with_values
from cellwise.search._ranges import Ranges
from cellwise.training import TrainingSettings

Group = list[Configuration]
"""One setting at several learning rates, which race; one is kept."""

PRESETS: dict[str, dict[str, Any]] = {
    "adam": {"optimizer": "adam"},
    "adamw": {"optimizer": "adam", "weight_decay": 0.01},
    "nadam": {"optimizer": "nadam"},
    "rmsprop": {"optimizer": "rmsprop"},
    "sgd": {"optimizer": "sgd", "momentum": 0.9},
    "nesterov": {"optimizer": "sgd", "momentum": 0.9, "nesterov": True},
}
"""Optimizer as people call it to settings of a member; torch's defaults, and the usual momentum."""

_PLAIN = {"optimizer": "adam", "momentum": 0.0, "nesterov": False, "weight_decay": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What options depend on besides the ranges.

    Attributes:
        contexts: Other context lengths that the data suggest.
        sizes: Neighbours of the chosen size.
        centre: Best rate of the range test.
        num_windows: Training windows of the smallest fold; 0 if unknown.
    """

    contexts: tuple[int, ...] = ()
    sizes: tuple[Architecture, ...] = ()
    centre: float = 0.0
    num_windows: int = 0


def options(stage: str, base: Configuration, ranges: Ranges, facts: Facts) -> list[Group]:
    """Return what a stage tries.

    Args:
        stage: Its name.
        base: What it begins with.
        ranges: What to try.
        facts: What the data and growth say.

    Returns:
        Groups, none of which holds the configuration that it begins with.
    """
    makers: dict[str, Callable[[], Iterable[Group]]] = {
        "learning_rate": lambda: [_rates(base, facts.centre, ranges.learning_rate.fine)],
        "schedule": lambda: (_schedule(base, name, ranges) for name in ranges.schedule),
        "warmup": lambda: (_warmup(base, share, ranges) for share in ranges.warmup),
        "optimizer": lambda: (_optimizer(base, name, ranges) for name in ranges.optimizer),
        "batch_size": lambda: (
            _batch_size(base, size, ranges)
            for size in ranges.batch_size
            if fits(size, facts.num_windows)
        ),
        "context_length": lambda: (
            [replace(base, context_length=length)] for length in facts.contexts
        ),
        "size": lambda: (
            _architecture(base, like(size, base.architecture), ranges) for size in facts.sizes
        ),
    }
    if stage in STAGES_OF_LAYERS:
        groups: Iterable[Group] = chain.from_iterable(
            _layers(base, name, ranges) for name in STAGES_OF_LAYERS[stage]
        )
    elif stage in makers:
        groups = makers[stage]()
    else:
        groups = _strengths(base, stage, getattr(ranges, stage))
    return [group for group in groups if group and base not in group]


def fits(batch_size: int, num_windows: int) -> bool:
    """Say whether a step shows no window more than once.

    Args:
        batch_size: Windows per step.
        num_windows: Training windows of the smallest fold; 0 if unknown.

    Returns:
        Whether there are as many.
    """
    return not 0 < num_windows < batch_size


def left_out(stage: str, ranges: Ranges, num_windows: int) -> str:
    """Say what a stage leaves out of its range.

    Args:
        stage: Its name.
        ranges: What to try.
        num_windows: Training windows of the smallest fold; 0 if unknown.

    Returns:
        What and why; empty if it tries everything.
    """
    large = [size for size in ranges.batch_size if not fits(size, num_windows)]
    if stage != "batch_size" or not large:
        return ""
    noun, verb = ("size", "is") if len(large) == 1 else ("sizes", "are")
    sizes = " and ".join(map(str, large))
    return f"batch {noun} {sizes} {verb} more than the {num_windows} windows of the smallest fold"


def _rate(base: Configuration) -> float:
    return base.recipe.learning_rate


def _with(base: Configuration, **changes: Any) -> Configuration:
    return replace(base, recipe=replace(base.recipe, **changes))


def _rates(base: Configuration, centre: float, factors: tuple[float, ...]) -> Group:
    rates = dict.fromkeys(float(f"{centre * factor:.6g}") for factor in factors)
    return [_with(base, learning_rate=rate) for rate in rates if rate > 0]


def _strengths(base: Configuration, name: str, values: tuple[float, ...]) -> list[Group]:
    now = base.to_plain()[name]
    return [[_with(base, **{name: value})] for value in values if value != now]


def _architecture(base: Configuration, other: Architecture, ranges: Ranges) -> Group:
    return _rates(replace(base, architecture=other), _rate(base), ranges.rates.usual)


def _layers(base: Configuration, name: str, ranges: Ranges) -> list[Group]:
    others = with_values(base.architecture, name, getattr(ranges, name)).values()
    return [_architecture(base, other, ranges) for other in others if other != base.architecture]


def _schedule(base: Configuration, name: Any, ranges: Ranges) -> Group:
    if name == base.training.schedule:
        return []
    other = replace(base, training=replace(base.training, schedule=name))
    return _rates(other, _rate(base), ranges.rates.usual)


def _warmup(base: Configuration, share: float, ranges: Ranges) -> Group:
    if base.training.schedule == "one_cycle" or share == base.warmup:
        return []
    steps = round(share * base.training.planned_steps)
    other = replace(base, training=replace(base.training, warmup_steps=steps))
    return _rates(other, _rate(base), ranges.rates.usual)


def _optimizer(base: Configuration, name: str, ranges: Ranges) -> Group:
    now = {key: getattr(base.recipe, key) for key in _PLAIN}
    wanted = {**_PLAIN, **PRESETS[name]}
    if wanted == now:
        return []
    factors = ranges.rates.sgd if wanted["optimizer"] == "sgd" else ranges.rates.usual
    return _rates(_with(base, **wanted), _rate(base), factors)


def _batch_size(base: Configuration, size: int, ranges: Ranges) -> Group:
    """Another batch size, at rates that move with its root."""
    ratio = base.training.batch_size / size
    if ratio == 1:
        return []
    other = replace(base, training=with_batch_size(base.training, size))
    return _rates(other, _rate(base) / math.sqrt(ratio), ranges.rates.usual)


def training_of(settings: Mapping[str, Any], training: TrainingSettings) -> TrainingSettings:
    """Return what a candidate shared with its cohort.

    Args:
        settings: As `Configuration.to_plain` gives them; empty where only sizes were tried.
        training: Of the search.

    Returns:
        The settings of its training.
    """
    if not settings:
        return training
    sized = with_batch_size(training, settings["batch_size"])
    warmup = round(settings["warmup"] * sized.planned_steps)
    return replace(sized, schedule=settings["schedule"], warmup_steps=warmup)


def with_batch_size(training: TrainingSettings, size: int) -> TrainingSettings:
    """Change the batch size and keep the number of windows that are seen.

    Args:
        training: Settings so far.
        size: Windows per step.

    Returns:
        Settings with as many more steps as the batches are smaller.
    """
    ratio = training.batch_size / size
    return replace(
        training,
        batch_size=size,
        steps_per_epoch=max(1, round(training.steps_per_epoch * ratio)),
        warmup_steps=round(training.warmup_steps * ratio),
    )
