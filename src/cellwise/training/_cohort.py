"""M models trained in lockstep: one parameter matrix, a row is a model."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise._device import choose_device, row_index
from cellwise._errors import RunError
from cellwise._files import read_tensors, write_tensors
from cellwise.data import ForecastData, WindowReader, summarise
from cellwise.records import MemberRecord
from cellwise.training._experiment import Experiment
from cellwise.training._gradients import SAMPLES, GradientRecorder, GradientTrace
from cellwise.training._optimizer import RowOptimizer
from cellwise.training._rows import RowTrainer, steps_per_epoch
from cellwise.training._schedules import plateau_drops, plateau_factor
from cellwise.training._settings import Member

_TENSORS = ("parameters", "best", "mean", "square")


@dataclass(slots=True)
class Progress:
    """How one member is doing; a `MemberRecord` in the making."""

    state: str = "running"
    best_epoch: int = 0
    error: float = float("inf")
    train_curve: list[float] = field(default_factory=list)
    val_curve: list[float] = field(default_factory=list)


class Cohort:
    """The rows that still train, and the progress of every member.

    ``samples`` is how often in an epoch gradient norms are taken.

    Args:
        experiment: What to train.
        data: The data to train on.
    """

    def __init__(self, experiment: Experiment, data: ForecastData) -> None:
        self.experiment, self.settings = experiment, experiment.settings
        self.network = experiment.network(data)
        self.reader = WindowReader(data)
        self.folds = experiment.folds(data)
        self.num_steps = steps_per_epoch(self.settings, self.folds)
        self.device, layout = choose_device(self.settings.device), self.network.layout
        self.parameters = experiment.first_parameters(self.network).to(self.device)
        self.best = self.parameters.clone()
        self.optimizer = RowOptimizer.of(
            experiment.members,
            layout.learning_rate_scale().to(self.device),
            layout.decays().to(self.device),
        )
        self.active = list(range(len(experiment.members)))
        self.progress = [Progress() for _ in experiment.members]
        self.kept: dict[int, Tensor] = {}
        self.epoch = 0
        self.samples = SAMPLES

    @property
    def last_epoch(self) -> int:
        """Epoch after which training ends."""
        return self.settings.stop_after or self.settings.epochs

    @property
    def done(self) -> bool:
        """Whether no row has anything left to do."""
        return not self.active or self.epoch >= self.last_epoch

    def run_epoch(self) -> GradientTrace:
        """Train every active row for one epoch, measure it, and retire the rows that are done.

        Returns:
            The gradients of the rows that were active.
        """
        trainer = self.trainer()
        every = math.ceil(self.num_steps / self.samples)
        recorder = GradientRecorder(self.optimizer, self.network.layout, every)
        if self.settings.schedule == "plateau":
            self.optimizer.learning_rate = self._plateau_rates()
        losses = trainer.train_epoch(self.parameters, recorder, self.epoch)
        trace = recorder.trace(tuple(self.active))
        errors = trainer.validation_errors(self.parameters)
        self.epoch += 1
        for row, (loss, error) in enumerate(zip(losses, errors, strict=True)):
            summary = summarise(self.settings.metric, error) if len(error) else math.nan
            self._note(row, loss, summary)
        self._retire({self.active[r]: s for r, s in self._ended() if s})
        return trace

    def trainer(self) -> RowTrainer:
        """Return what trains the rows that are active."""
        return RowTrainer(
            network=self.network,
            reader=self.reader,
            folds=self.folds,
            settings=self.settings,
            members=tuple(self.experiment.members[i] for i in self.active),
            num_steps=self.num_steps,
        )

    def halve(self) -> None:
        """Drop the worse half of the settings, by mean validation error over their replicates."""
        errors: dict[Member, list[float]] = {}
        for member, progress in zip(self.experiment.members, self.progress, strict=True):
            if progress.state != "halved":
                failed = progress.state == "non-finite"
                error = math.inf if failed else progress.error
                errors.setdefault(member.recipe, []).append(error)
        ranked = sorted(errors, key=lambda recipe: float(np.mean(errors[recipe])))  # stable
        losers = set(ranked[(len(ranked) + 1) // 2 :])
        lost = [i for i, m in enumerate(self.experiment.members) if m.recipe in losers]
        self._retire({i: "halved" for i in lost if i in self.active})
        for index in lost:  # those that had stopped before
            self.progress[index].state = "halved"
            self.kept.pop(index, None)

    def finish(self) -> None:
        """Retire every row that is still active."""
        self._retire(dict.fromkeys(self.active, "finished"))

    def best_weights(self, member: int) -> NDArray[np.float32]:
        """Return the best weights so far of a member that was neither halved nor failed.

        Args:
            member: Its index in the experiment.

        Returns:
            A copy, ``(P,)``.
        """
        row = self.kept[member] if member in self.kept else self.best[self.active.index(member)]
        return np.array(row.cpu().numpy(), dtype=np.float32)

    def records(self) -> tuple[MemberRecord, ...]:
        """Return the record of every member."""
        members = zip(self.experiment.members, self.progress, strict=True)
        return tuple(
            MemberRecord(
                fold=m.fold,
                seed=m.seed,
                learning_rate=m.learning_rate,
                state=p.state,
                best_epoch=p.best_epoch,
                error=p.error,
                train_curve=tuple(p.train_curve),
                val_curve=tuple(p.val_curve),
            )
            for m, p in members
        )

    def save(self, path: Path, key: str, seconds: float) -> None:
        """Write everything that continuing needs.

        Args:
            path: Checkpoint file, replaced in one step.
            key: Name of the experiment.
            seconds: Time spent so far.
        """
        tensors = {
            "parameters": self.parameters,
            "best": self.best,
            "mean": self.optimizer.mean,
            "square": self.optimizer.square,
            **{f"kept.{index}": row for index, row in self.kept.items()},
        }
        progress = [[getattr(p, n) for n in Progress.__slots__] for p in self.progress]
        state = {"epoch": self.epoch, "active": self.active, "progress": progress}
        metadata = {"key": key, "seconds": repr(seconds), "state": json.dumps(state)}
        write_tensors(path, {k: v.cpu().numpy() for k, v in tensors.items()}, metadata)

    def load(self, path: Path, key: str) -> float:
        """Continue from a checkpoint, if there is one of this experiment.

        Args:
            path: Checkpoint file.
            key: Name of the experiment.

        Returns:
            Seconds spent before; 0 if there was nothing to continue.
        """
        try:
            tensors, metadata = read_tensors(path)
        except RunError:  # absent, or damaged by another program: train from the start
            return 0.0
        if metadata.get("key") != key:
            return 0.0
        state = json.loads(metadata["state"])
        self.epoch, self.active = state["epoch"], state["active"]
        self.progress = [
            Progress(**dict(zip(Progress.__slots__, values, strict=True)))
            for values in state["progress"]
        ]
        self.optimizer = self.optimizer.rows(self.active)
        self.optimizer.step = self.epoch * self.num_steps
        loaded = {
            name: torch.from_numpy(value.copy()).to(self.device) for name, value in tensors.items()
        }
        self.parameters, self.best, self.optimizer.mean, self.optimizer.square = (
            loaded[name] for name in _TENSORS
        )
        self.kept = {int(k[5:]): v for k, v in loaded.items() if k.startswith("kept.")}
        return float(metadata["seconds"])

    def _plateau_rates(self) -> Tensor:
        """Rate of each row, by its own validation curve, ``(M, 1)``."""
        rates, settings = [], self.settings
        for index in self.active:
            drops = settings.drops
            if not self.experiment.retrain:
                drops = plateau_drops(self.progress[index].val_curve, settings.epochs)
            factor = plateau_factor(drops, self.epoch, settings.final_factor)
            rates.append([self.experiment.members[index].learning_rate * factor])
        return torch.tensor(rates).to(self.device)

    def _note(self, row: int, loss: float, error: float) -> None:
        progress = self.progress[self.active[row]]
        progress.train_curve.append(loss)
        if not self.experiment.retrain:
            progress.val_curve.append(error)
        elif np.isfinite(loss):
            error = -float(self.epoch)  # nothing to choose by: the last weights are the best
        if error < progress.error:
            progress.error, progress.best_epoch = error, self.epoch
            self.best[row] = self.parameters[row]

    def _ended(self) -> Iterable[tuple[int, str]]:
        patience = self.settings.patience
        for row, index in enumerate(self.active):
            progress = self.progress[index]
            last = progress.train_curve[-1] if self.experiment.retrain else progress.val_curve[-1]
            if not np.isfinite(progress.train_curve[-1]) or not np.isfinite(last):
                yield row, "non-finite"
            elif patience and self.epoch - progress.best_epoch >= patience:
                yield row, "stopped"

    def _retire(self, states: dict[int, str]) -> None:
        """Take rows out of the matrix, keeping the best weights of those that were not halved."""
        if not states:
            return
        keep = []
        for row, index in enumerate(self.active):
            if index not in states:
                keep.append(row)
                continue
            self.progress[index].state = states[index]
            if states[index] != "halved" and self.progress[index].best_epoch:
                self.kept[index] = self.best[row].clone()
        chosen = row_index(keep, self.parameters)
        self.parameters, self.best = self.parameters[chosen], self.best[chosen]
        self.optimizer = self.optimizer.rows(keep)
        self.active = [self.active[row] for row in keep]
