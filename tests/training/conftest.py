"""Small cohorts on the tiny data."""

import pytest

from cellwise.architecture import Architecture
from cellwise.training import Experiment, Member, TrainingSettings


@pytest.fixture
def make_experiment():
    """Give a function that sets up a cohort of lstm(3) with the settings named."""

    def make(members, *, arch="lstm(3)", halving=(), retrain=False, **settings):
        options = {"epochs": 3, "batch_size": 32, "steps_per_epoch": 4, "warmup_steps": 2}
        return Experiment(
            architecture=Architecture.parse(arch),
            members=tuple(members),
            settings=TrainingSettings(**{**options, **settings}),
            halving=halving,
            retrain=retrain,
        )

    return make


@pytest.fixture
def twelve():
    """Give 12 members: 2 folds x 2 seeds x 3 rates."""
    return tuple(
        Member(fold=fold, seed=seed, learning_rate=rate)
        for fold in (0, 1)
        for seed in (3, 4)
        for rate in (0.003, 0.01, 0.03)
    )
