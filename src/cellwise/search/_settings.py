"""What bounds and steers a search."""

from dataclasses import dataclass, field
from typing import Literal

from cellwise._errors import SettingsError
from cellwise.architecture import Cell
from cellwise.training import TrainingSettings

Strategy = Literal["growth", "structured", "tpe", "gp", "random", "grid", "known"]

LISTS = ("grid", "known")
"""Strategies whose sizes are given one by one."""
"""``growth``: cells, then layers; ``structured``: growth, then tuning; the samplers of Optuna over
everything at once; the full map of depth by cells; the architectures that are given, alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """What bounds and steers a search.

    Attributes:
        cell: Cell that the layers are made of.
        max_cells: Largest number of cells in a layer.
        max_layers: Largest number of layers.
        num_seeds: Replicates S of each candidate in each fold.
        learning_rate: Centre of the rates tried, at the base width of 16 cells.
        rate_factor: Step between neighbouring rates.
        min_gain: Smallest relative improvement that counts.
        alpha: One-sided level of the growth decisions.
        patience: Rejections in a row that end a stage.
        goal: Validation error at which the search is done; 0 for none.
        stop_gain: Share of the best error that further search must be able to gain, or a joint
            search ends; it always ends where that is less than the noise of the best.
        budget_seconds: Wall clock of the whole run; 0 for no limit.
        final_seeds: Fresh seeds of the final training.
        seed: First seed of everything.
        strategy: How sizes and settings are searched.
        num_trials: Trials of a joint search.
        grid: Sizes of the map, such as ``layers=1..3 cells=4..64``; for ``grid``.
        known: Text forms of architectures that a joint search tries first; for ``known``, all.
        watch: Layers of the recommended network whose activations are written in its final training.
        warm: Whether growth begins a larger size where the incumbent ended.
        training: What all cohorts share.

    Raises:
        SettingsError: If a number is outside its rule.
    """

    cell: Cell = "lstm"
    max_cells: int = 256
    max_layers: int = 4
    num_seeds: int = 3
    learning_rate: float = 0.01
    rate_factor: float = 3.0
    min_gain: float = 0.01
    alpha: float = 0.05
    patience: int = 2
    goal: float = 0.0
    stop_gain: float = 0.0
    budget_seconds: float = 0.0
    final_seeds: int = 5
    seed: int = 0
    strategy: Strategy = "growth"
    num_trials: int = 40
    grid: str = ""
    known: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()
    warm: bool = False
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def __post_init__(self) -> None:
        """Check every field."""
        for name, least in (
            ("max_cells", 2),
            ("max_layers", 1),
            ("num_seeds", 1),
            ("patience", 1),
            ("final_seeds", 1),
            ("seed", 0),
            ("goal", 0),
            ("stop_gain", 0),
            ("budget_seconds", 0),
            ("num_trials", 1),
        ):
            if getattr(self, name) < least:
                raise SettingsError(f"{name} must be at least {least}, got {getattr(self, name)}")

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the replicates of every candidate."""
        return tuple(self.seed * 1000 + index for index in range(self.num_seeds))

    @property
    def fresh_seeds(self) -> tuple[int, ...]:
        """Seeds of the final training, none of them used before."""
        return tuple(self.seed * 1000 + 500 + index for index in range(self.final_seeds))
