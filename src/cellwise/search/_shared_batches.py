"""Batches of a joint search that several drivers share."""

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cellwise._errors import SettingsError
from cellwise.search._batches import Batch, Sampler, ask, bracket, enqueue_known, make_sampler
from cellwise.search._ledger import Ledger
from cellwise.search._space import Space
from cellwise.search._store import SharedStore

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

# Seconds between two looks at what other drivers are training
_LOOK = 0.5
# What each driver may have of its own
_OWN = (
    "budget_seconds",
    "num_trials",
    "known",
    "grid",
    "goal",
    "final_seeds",
    "strategy",
    "watch",
)


class SharedBatches:
    """Asks a study in the shared ledger, and takes part in what other drivers do there.

    Each driver goes through all batches of the study: those that another one has finished are
    recalled, those whose driver died are taken over with the trials that they have, and new ones
    are asked for while trials are left. What comes depends on who was faster. A study that was begun
    with another space is a `SettingsError`.

    Args:
        sampler: Who asks.
        space: What is asked for; its number of trials is that of all drivers together.
        ledger: Gives the study.
        store: Where batches are claimed.
    """

    def __init__(self, sampler: Sampler, space: Space, ledger: Ledger, store: SharedStore) -> None:
        self._space, self._store = space, store
        self._seen: set[int] = set()
        self._claimed = ""
        with store.alone():
            self.study = ledger.open(f"{store.study}/{sampler}", make_sampler(sampler, None))
            begun = self.study.user_attrs.get("space")
            if begun is None:
                enqueue_known(self.study, space)
                self.study.set_user_attr("space", _plain(space))
        _check(begun, _plain(space), store)

    def next(self) -> Batch | None:
        """Find the next batch, waiting for other drivers where nothing else is left.

        Returns:
            The batch; ``None`` once all were made and seen.
        """
        if self._claimed:  # the one before has been told
            self._store.release(self._claimed)
            self._claimed = ""
        while True:
            with self._store.alone():
                known = self._batches()
                index = self._finished(known)
                if index is None:
                    index = self._orphan(known)
                if index is not None:
                    self._seen.add(index)
                    return self._rebuild(index, known[index])
                left = self._space.settings.num_trials - sum(
                    len(trials) for trials in known.values()
                )
                if left > 0:
                    return self._ask(len(known), left)
                if set(known) <= self._seen:
                    return None
            time.sleep(_LOOK)

    def _batches(self) -> dict[int, list["FrozenTrial"]]:
        """Trials of each batch; one that was still being asked for when its driver died is void."""
        from optuna.trial import TrialState

        found: dict[int, list[FrozenTrial]] = {}
        for trial in self.study.get_trials(deepcopy=False):
            if "batch" in trial.user_attrs:
                found.setdefault(trial.user_attrs["batch"], []).append(trial)
            elif trial.state == TrialState.RUNNING:  # nobody asks while we are alone
                self.study.tell(trial.number, state=TrialState.FAIL)
        return found

    def _finished(self, known: dict[int, list["FrozenTrial"]]) -> int | None:
        ended = (i for i, some in known.items() if all(t.state.is_finished() for t in some))
        return min((i for i in ended if i not in self._seen), default=None)

    def _orphan(self, known: dict[int, list["FrozenTrial"]]) -> int | None:
        """Claim a batch whose driver has died."""
        for index in sorted(set(known) - self._seen):
            if self._claim(index):
                return index
        return None

    def _claim(self, index: int) -> bool:
        name = f"{self.study.study_name} batch {index}"
        if not self._store.claim(name):
            return False
        self._claimed = name
        return True

    def _ask(self, index: int, left: int) -> Batch:
        batch = ask(self.study, self._space, index, left)
        self._claim(index)
        for trial, _ in batch.trials:
            trial.set_user_attr("batch", index)
        self._seen.add(index)
        return batch

    def _rebuild(self, index: int, trials: list["FrozenTrial"]) -> Batch:
        from optuna.trial import Trial

        return Batch(
            trials=[
                (Trial(self.study, one._trial_id), self._space.draw(one))  # type: ignore[arg-type]
                for one in trials
            ],
            rungs=bracket(self._space.settings.num_trials, index)[1],
            cheaper=self._space.cheaper(trials[0].params),
        )


def _plain(space: Space) -> dict[str, Any]:
    """What drivers must have in common, as JSON gives it back."""
    settings = {k: v for k, v in asdict(space.settings).items() if k not in _OWN}
    training = settings.pop("training")
    plain = {
        **settings,
        **training,
        **space.ranges.model_dump(mode="json"),
        "context_length": space.contexts,
    }
    return dict(json.loads(json.dumps(plain, default=str)))


def _check(begun: dict[str, Any] | None, ours: dict[str, Any], store: SharedStore) -> None:
    for name, value in (begun or ours).items():
        if ours.get(name) != value:
            raise SettingsError(
                f"{name} must be {value!r} as in {store.words}, got {ours.get(name)!r}; "
                "use another --study"
            )
