"""What helps a network of a run that is worse than a shallower one."""

from dataclasses import fields, replace

import torch

from cellwise.architecture import Architecture
from cellwise.data import prepare
from cellwise.diagnosis import WarmStart, kept_members, try_remedies, worst_pair
from cellwise.records import CandidateRecord, Evidence, Remedy
from cellwise.run._diagnose import tried
from cellwise.run._directory import RunDirectory
from cellwise.run._settings import check_settings
from cellwise.search import training_of
from cellwise.training import Experiment, Member, TrainingSettings, train_cohort

NOTHING_TO_MEND = (
    "no network of the run is clearly worse than a shallower one that it contains and that was trained "
    "with the same settings"
)
"""Why no remedy was tried."""


def remedies_of(directory: RunDirectory, evidence: Evidence) -> tuple[Remedy, ...]:
    """Train the deeper network that is worst beside a shallower one again, with each way out.

    Folds, seeds and settings are those of the search; the test rows stay shut.

    Args:
        directory: The run.
        evidence: What it has found.

    Returns:
        What came of each, best first; empty if there is no such network.
    """
    pair = worst_pair(tried(evidence))
    if pair is None:
        return ()
    record = directory.read_record()
    settings = check_settings(record.settings)
    length = pair[0].settings.get("context_length", settings.task.context_length)
    task = replace(settings.task, context_length=length)
    data = prepare(directory.path / record.source, task).data
    training = settings.bounds(max(len(fold.train_starts) for fold in data.folds)).training
    shallow, deep = (_experiment(one, training) for one in pair)
    if len(shallow.members) != len(deep.members):
        return try_remedies(deep, data)
    trained = train_cohort(shallow, data)
    start = WarmStart(network=shallow.network(data), weights=torch.from_numpy(trained.weights))
    whole = len(trained.kept) == len(shallow.members)
    return try_remedies(deep, data, start if whole else None)


def _experiment(candidate: CandidateRecord, training: TrainingSettings) -> Experiment:
    """The networks that the search kept of a candidate."""
    members = sorted(kept_members(candidate), key=lambda one: (one.fold, one.seed))
    own = candidate.settings  # empty in growth
    names = {one.name for one in fields(Member)} - {"learning_rate"}
    recipe = {name: own[name] for name in names if name in own}
    return Experiment(
        architecture=Architecture.parse(candidate.architecture),
        members=tuple(
            Member(**recipe, fold=one.fold, seed=one.seed, learning_rate=one.learning_rate)
            for one in members
        ),
        settings=training_of(own, training),
    )
