"""One space of architectures and settings, for samplers that choose all at once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cellwise.architecture import Architecture, Cell, RecurrentLayer
from cellwise.search._configuration import Configuration
from cellwise.search._growth import FIRST_CELLS
from cellwise.search._layer_options import STAGES_OF_LAYERS, with_values
from cellwise.search._options import PRESETS, with_batch_size
from cellwise.search._ranges import Ranges
from cellwise.search._settings import SearchSettings
from cellwise.training import Member

if TYPE_CHECKING:
    from optuna.trial import Trial

_STRENGTHS = ("l1", "l2", "weight_decay", "clip_norm")


class Space:
    """What a configuration is drawn from.

    Parameters of layers that are not there are never drawn: ``cells_3`` exists in trials of three
    layers and more. What a cohort must share is drawn first, so that others can be asked for that
    share it. Options of layers, the same in all layers, are drawn where the ranges name their stage.

    Args:
        settings: Largest sizes, cell and training.
        ranges: Ranges of everything else.
        contexts: Context lengths, at least one.
    """

    def __init__(self, settings: SearchSettings, ranges: Ranges, contexts: tuple[int, ...]) -> None:
        self.settings, self.ranges, self.contexts = settings, ranges, contexts
        self.options = _layer_options(settings.cell, ranges)

    def draw(self, trial: "Trial") -> Configuration:
        """Draw a configuration.

        Args:
            trial: Optuna's trial; it records every parameter.

        Returns:
            The configuration.
        """
        architecture = self._architecture(trial)
        size = trial.suggest_categorical("batch_size", self.ranges.batch_size)
        schedule: Any = trial.suggest_categorical("schedule", self.ranges.schedule)
        return Configuration(
            architecture=architecture,
            training=replace(with_batch_size(self.settings.training, size), schedule=schedule),
            context_length=trial.suggest_categorical("context_length", self.contexts),
            recipe=self._recipe(trial),
        )

    def shape_of(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters that members of a cohort must share.

        Args:
            params: Parameters of a trial that was drawn.

        Returns:
            Values by name, for `optuna.Study.enqueue_trial`.
        """
        shared = ("num_layers", "schedule", "batch_size", "context_length", *self.options)
        return {k: v for k, v in params.items() if k in shared or k.startswith("cells_")}

    def cheaper(self, params: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return a step towards the cheapest shape: larger batches, fewer cells, layers, past steps.

        Args:
            params: Parameters of a trial that was drawn.

        Returns:
            Values by name, for `optuna.Study.enqueue_trial`; ``None`` if nothing is cheaper.
        """
        now = self.shape_of(params)
        cells = {k: v for k, v in now.items() if k.startswith("cells_")}
        if now["batch_size"] < max(self.ranges.batch_size):
            return now | {"batch_size": max(self.ranges.batch_size)}
        if max(cells.values()) > FIRST_CELLS:
            return now | {k: max(FIRST_CELLS, v // 2) for k, v in cells.items()}
        if len(cells) > 1:
            return {k: v for k, v in now.items() if k not in cells} | {
                "num_layers": 1,
                "cells_1": FIRST_CELLS,
            }
        if now["context_length"] > min(self.contexts):
            return now | {"context_length": min(self.contexts)}
        return None

    def known(self, architecture: Architecture) -> dict[str, Any]:
        """Return the parameters of a configuration that somebody already has in mind.

        Args:
            architecture: Its layers; settings are those of growth.

        Returns:
            Values by name, those that the ranges hold; the sampler draws what is missing.
        """
        sizes = architecture.hidden_sizes
        values = {
            "num_layers": len(sizes),
            **{f"cells_{i + 1}": size for i, size in enumerate(sizes)},
            **{name: getattr(architecture.recurrent_layers[0], name) for name in self.options},
            "learning_rate": self.settings.learning_rate,
            "schedule": self.settings.training.schedule,
            "batch_size": self.settings.training.batch_size,
            "context_length": self.contexts[0],
            "optimizer": "adam",
            "dropout": 0.0,
            "l1": 0.0,
            "l2": 0.0,
            "weight_decay": 0.0,
            "clip_norm": Member(fold=0, seed=0, learning_rate=1.0).clip_norm,
        }
        return {name: value for name, value in values.items() if self._holds(name, value)}

    def _holds(self, name: str, value: Any) -> bool:
        """Whether a value can be drawn; sizes were checked where they were given."""
        rates, choices = (
            self.ranges.learning_rate,
            {**self.options, "context_length": self.contexts},
        )
        if name == "learning_rate":
            return rates.lowest <= float(value) <= rates.highest
        if name == "dropout":
            return min(self.ranges.dropout) <= float(value) <= max(self.ranges.dropout)
        if name == "optimizer":
            return value in self._optimizers
        held = choices.get(name, getattr(self.ranges, name, (value,)))
        return value in held

    @property
    def _optimizers(self) -> list[str]:
        """Names of optimizers: adamw is adam with a weight decay, which is drawn by itself."""
        names = (name.replace("adamw", "adam") for name in self.ranges.optimizer)
        return list(dict.fromkeys(names))

    def _architecture(self, trial: "Trial") -> Architecture:
        most = self.settings.max_cells
        sizes = [
            trial.suggest_int(f"cells_{i + 1}", FIRST_CELLS, most, log=True)
            for i in range(trial.suggest_int("num_layers", 1, self.settings.max_layers))
        ]
        options: dict[str, Any] = {
            name: trial.suggest_categorical(name, values) for name, values in self.options.items()
        }
        cell = self.settings.cell
        return Architecture(
            layers=tuple(RecurrentLayer(cell=cell, hidden_size=n, **options) for n in sizes)
        )

    def _recipe(self, trial: "Trial") -> Member:
        rates, ranges = self.ranges.learning_rate, self.ranges
        optimizer = PRESETS[trial.suggest_categorical("optimizer", self._optimizers)]
        strengths = {
            name: trial.suggest_categorical(name, getattr(ranges, name)) for name in _STRENGTHS
        }
        return Member(
            fold=0,
            seed=0,
            learning_rate=trial.suggest_float(
                "learning_rate", rates.lowest, rates.highest, log=True
            ),
            dropout=trial.suggest_float("dropout", min(ranges.dropout), max(ranges.dropout)),
            **optimizer,
            **strengths,
        )


def _layer_options(cell: Cell, ranges: Ranges) -> dict[str, list[Any]]:
    """Values of each option of layers that the ranges ask for and the cell can have."""
    plain = Architecture(layers=(RecurrentLayer(cell=cell, hidden_size=FIRST_CELLS),))
    asked = [name for stage in ranges.stages for name in STAGES_OF_LAYERS.get(stage, ())]
    possible = {name: list(with_values(plain, name, getattr(ranges, name))) for name in asked}
    return {name: values for name, values in possible.items() if len(values) > 1}
