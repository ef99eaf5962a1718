"""Batches of a joint search: configurations of one shape that a sampler asks for together."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from cellwise._threads import torch_threads
from cellwise.architecture import Architecture
from cellwise.search._configuration import Configuration
from cellwise.search._growth import FIRST_CELLS
from cellwise.search._space import Space

if TYPE_CHECKING:
    from optuna import Study
    from optuna.samplers import BaseSampler
    from optuna.trial import Trial

Sampler = Literal["tpe", "gp", "random"]
"""Who asks."""

SAMPLERS: tuple[Sampler, ...] = get_args(Sampler)

# Hyperband's brackets: many configurations that are halved early, few that are trained to the end
BRACKETS: tuple[tuple[int, tuple[float, ...]], ...] = ((8, (0.25, 0.5)), (4, (0.5,)), (2, ()))

# Shapes that a search should see at least
_SHAPES = 4

Asked = tuple["Trial", Configuration]
"""A trial of a study, with what it has drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Configurations that share a cohort.

    Attributes:
        trials: Trials of the study, with what each has drawn.
        rungs: Shares of the epochs after which the worse half is dropped.
        cheaper: What to ask for instead where the time does not suffice, if there is anything.
    """

    trials: "Sequence[Asked]"
    rungs: Sequence[float]
    cheaper: dict[str, Any] | None


class Batches(Protocol):
    """Where a joint search gets its batches from."""

    @property
    def study(self) -> "Study":
        """The sampler's study."""
        ...

    def next(self) -> Batch | None:
        """Return the next batch to train or to recall; ``None`` after the last trial."""
        ...


class OwnBatches:
    """Asks a study in memory: the same batches whenever their results are the same.

    Args:
        sampler: Who asks.
        space: What is asked for, with the seed, the number of trials and what is tried first.
    """

    def __init__(self, sampler: Sampler, space: Space) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._space, self._num_trials = space, space.settings.num_trials
        self._made = self._num_batches = 0
        self.study = optuna.create_study(
            direction="minimize", sampler=make_sampler(sampler, space.settings.seed)
        )
        enqueue_known(self.study, space)

    def next(self) -> Batch | None:
        """Ask for the next batch.

        Returns:
            The batch; ``None`` once all trials were made.
        """
        if self._made >= self._num_trials:
            return None
        batch = ask(self.study, self._space, self._num_batches, self._num_trials - self._made)
        self._made, self._num_batches = self._made + len(batch.trials), self._num_batches + 1
        return batch


def enqueue_known(study: "Study", space: Space) -> None:
    """Let a study ask first for what somebody has in mind, or for where growth begins.

    The smallest network is the cheapest, so that there is an answer and a measured time early.

    Args:
        study: Who asks.
        space: Its settings hold the text forms.
    """
    smallest = f"{space.settings.cell}({FIRST_CELLS})"
    for text in space.settings.known or (smallest,):
        study.enqueue_trial(space.known(Architecture.parse(text)))


def ask(study: "Study", space: Space, index: int, most: int) -> Batch:
    """Ask for one configuration, and for others that can share its cohort.

    Args:
        study: Who asks.
        space: What is asked for.
        index: Number of the batch, which says its bracket.
        most: Largest number of trials.

    Returns:
        The batch.
    """
    size, rungs = bracket(space.settings.num_trials, index)
    with torch_threads(1):  # the GP sampler's tensors are small
        first = study.ask()
        drawn = [(first, space.draw(first))]
        for _ in range(min(size, most) - 1):
            if _waiting(study):  # a known architecture is next, and has a shape of its own
                break
            study.enqueue_trial(space.shape_of(first.params))
            trial = study.ask()
            drawn.append((trial, space.draw(trial)))
    return Batch(trials=drawn, rungs=rungs, cheaper=space.cheaper(first.params))


def bracket(num_trials: int, index: int) -> tuple[int, tuple[float, ...]]:
    """Return how many configurations a batch has, and when half of them are dropped.

    They share a shape; a search of few trials has small batches, so that it sees several shapes.

    Args:
        num_trials: Trials of the whole search.
        index: Number of the batch.

    Returns:
        Configurations, and shares of the epochs.

    Reference:
        Li et al. (2018), "Hyperband", algorithm 1.
    """
    within = [one for one in BRACKETS if one[0] <= num_trials // _SHAPES] or BRACKETS[-1:]
    return within[index % len(within)]


def make_sampler(name: Sampler, seed: int | None) -> "BaseSampler":
    """Make a sampler of Optuna's.

    Args:
        name: Which one.
        seed: Its seed; ``None`` for one that no other driver has.

    Returns:
        The sampler.
    """
    import optuna

    made: dict[str, Callable[[], Any]] = {
        "tpe": lambda: optuna.samplers.TPESampler(seed=seed),
        "gp": lambda: optuna.samplers.GPSampler(seed=seed, warn_independent_sampling=False),
        "random": lambda: optuna.samplers.RandomSampler(seed=seed),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the GP sampler is experimental by Optuna's own account
        sampler: BaseSampler = made[name]()
    return sampler


def _waiting(study: "Study") -> bool:
    from optuna.trial import TrialState

    return bool(study.get_trials(deepcopy=False, states=(TrialState.WAITING,)))
