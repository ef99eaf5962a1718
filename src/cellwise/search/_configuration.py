"""Everything that a network is trained with, and the cohorts that are made of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cellwise.architecture import Architecture
from cellwise.training import Experiment, Member, TrainingSettings

# Shares of the epochs after which the worse half of what races is dropped
RUNGS = (0.25, 0.5)

# Settings of training that are searched; the others are given by the task or by the budget
_SEARCHED = ("batch_size", "schedule")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Everything that a network is trained with, but for folds and seeds.

    Attributes:
        architecture: What the network is.
        recipe: Settings of its row; fold and seed are 0.
        training: Settings that it shares with its cohort.
        context_length: Past steps of a window.
    """

    architecture: Architecture
    recipe: Member
    training: TrainingSettings
    context_length: int

    @property
    def shape(self) -> tuple[Architecture, TrainingSettings, int]:
        """What members of one cohort must share."""
        return self.architecture, self.training, self.context_length

    @property
    def warmup(self) -> float:
        """Share of all steps over which the learning rate rises, in hundredths."""
        return round(self.training.warmup_steps / self.training.planned_steps, 2)

    def to_plain(self) -> dict[str, Any]:
        """Return every setting that is searched, by name."""
        recipe = asdict(self.recipe)
        del recipe["fold"], recipe["seed"]
        recipe["dropout"] = recipe["dropout"] or 0.0
        shared = {name: getattr(self.training, name) for name in _SEARCHED}
        return {
            **recipe,
            **shared,
            "warmup": self.warmup,
            "context_length": self.context_length,
        }

    def words(self, other: "Configuration | None" = None) -> str:
        """Say the settings in words.

        Args:
            other: What to leave out: settings that are the same there.

        Returns:
            Such as ``dropout 0.2, learning rate 0.005``; the whole architecture where it differs.
        """
        mine, theirs = self.to_plain(), other.to_plain() if other else {}
        told = [] if other and self.architecture == other.architecture else [str(self.architecture)]
        changed = {name: value for name, value in mine.items() if theirs.get(name) != value}
        return ", ".join(told + [_told(name, value) for name, value in changed.items()])


def cohort(
    configurations: Sequence[Configuration],
    seeds: Sequence[int],
    num_folds: int,
    *,
    rungs: Sequence[float] = (),
) -> Experiment:
    """Set up one cohort: folds x seeds x configurations of the same shape.

    Args:
        configurations: At least one, all of the same shape.
        seeds: Replicates in each fold.
        num_folds: Folds K.
        rungs: Shares of the epochs after which the worse half is dropped.

    Returns:
        The experiment; its members are ordered by fold, then seed, then configuration.
    """
    first = configurations[0]
    members = tuple(
        replicate(one.recipe, fold, seed)
        for fold in range(num_folds)
        for seed in seeds
        for one in configurations
    )
    epochs = first.training.epochs
    return Experiment(
        architecture=first.architecture,
        members=members,
        settings=first.training,
        halving=tuple(sorted({max(1, int(epochs * share)) for share in rungs})),
    )


def replicate(recipe: Member, fold: int, seed: int) -> Member:
    """Return a member with the settings of a recipe.

    Args:
        recipe: The settings.
        fold: Index of its fold.
        seed: Its seed.

    Returns:
        The member.
    """
    return Member(**{**asdict(recipe), "fold": fold, "seed": seed})


def _told(name: str, value: Any) -> str:
    words = name.replace("_", " ")
    if isinstance(value, bool):
        return words if value else f"no {words}"
    return f"{words} {value:g}" if isinstance(value, float) else f"{words} {value}"
