from dataclasses import replace

import numpy as np
import pytest

from cellwise.architecture import Architecture
from cellwise.search import LocalEngine, Retrained, SearchSettings
from cellwise.search._final import neighbours, open_test, retraining
from cellwise.training import Experiment, Member, TrainingSettings

SETTINGS = SearchSettings(
    final_seeds=3,
    seed=2,
    training=TrainingSettings(epochs=6, steps_per_epoch=3, warmup_steps=1, patience=4),
)


class Constant:
    """A method that is off by a fixed amount."""

    name, label = "constant", "a constant method"

    def __init__(self, shift):
        self.shift = shift

    def forecast(self, data, fold):
        return data.targets(fold.val_starts) + np.float32(self.shift)


@pytest.fixture
def retrained(tiny_data):
    experiment = Experiment(
        architecture=Architecture.parse("lstm(2)"),
        members=tuple(Member(fold=0, seed=s, learning_rate=0.03) for s in (7, 8)),
        settings=replace(SETTINGS.training, patience=0),
        retrain=True,
    )
    result = LocalEngine(tiny_data, "").run(experiment, lambda r: None)
    return Retrained(role="chosen", experiment=experiment, result=result, data=tiny_data)


def test_retraining_keeps_the_rate_and_stops_at_the_median_epoch(make_candidate, make_member):
    members = [make_member(rate=0.02, best_epoch=e) for e in (1, 4, 5)]
    members += [make_member(rate=0.01, best_epoch=6), make_member(rate=0.02, state="halved")]
    candidate = make_candidate("lstm(4)", (), rate=0.02, training=SETTINGS.training)
    record = replace(candidate.record, members=tuple(members))
    experiment = retraining(replace(candidate, record=record), SETTINGS)
    assert experiment.retrain and not experiment.halving
    assert experiment.settings.stop_after == 4
    assert experiment.settings.epochs == 6 and experiment.settings.patience == 0
    assert {m.learning_rate for m in experiment.members} == {0.02}
    assert [m.seed for m in experiment.members] == [2500, 2501, 2502]
    assert not {m.seed for m in experiment.members} & set(SETTINGS.seeds)


def test_retraining_lowers_a_plateaus_rate_when_the_folds_did(make_candidate, make_member):
    training = replace(SETTINGS.training, schedule="plateau")
    curve = (3.0, 2.0, 2.0, 2.0, 1.0, 1.0)  # waits for one epoch of six, then lowers the rate
    members = tuple(replace(make_member(rate=0.02), val_curve=curve) for _ in range(3))
    candidate = make_candidate("lstm(4)", (), rate=0.02, training=training)
    candidate = replace(candidate, record=replace(candidate.record, members=members))
    assert retraining(candidate, SETTINGS).settings.drops == (4,)
    plain = replace(candidate.configuration, training=SETTINGS.training)
    assert retraining(replace(candidate, configuration=plain), SETTINGS).settings.drops == ()


def test_neighbours_are_next_in_weights(make_candidate):
    sizes = [make_candidate(f"lstm({n})", ()) for n in (2, 4, 8, 16)]
    found = neighbours(sizes[2], sizes)
    assert (found["smaller"], found["larger"]) == (sizes[1], sizes[3])
    assert set(neighbours(sizes[0], sizes)) == {"larger"}
    assert neighbours(sizes[0], sizes[:1]) == {}


def test_network_far_better_than_the_benchmark_wins(tiny_data, retrained):
    outcome = open_test(tiny_data, "mse", [retrained], Constant(5.0), 0.05)
    assert outcome.comparison.accepted and outcome.comparison.p_value < 1e-6
    assert outcome.comparison.gain > 0.9
    assert outcome.benchmark.mse == pytest.approx(25.0, rel=1e-5)


def test_network_worse_than_the_benchmark_loses(tiny_data, retrained):
    outcome = open_test(tiny_data, "mse", [retrained], Constant(0.01), 0.05)
    assert not outcome.comparison.accepted
    assert outcome.comparison.gain < 0 and outcome.comparison.p_value > 0.95
    assert " worse on the test windows" in outcome.comparison.reason


def test_perfect_benchmark_cannot_be_beaten(tiny_data, retrained):
    outcome = open_test(tiny_data, "mse", [retrained], Constant(0.0), 0.05)
    assert outcome.comparison.gain == -np.inf and not outcome.comparison.accepted


def test_every_retrained_size_is_scored_seed_by_seed(tiny_data, retrained):
    larger = replace(retrained, role="larger")
    outcome = open_test(tiny_data, "mae", [retrained, larger], None, 0.05)
    one, two = outcome.finals
    assert (one.role, two.role) == ("chosen", "larger")
    assert one.seeds == (7, 8) and one.errors == two.errors
    assert outcome.network.mae == pytest.approx(np.mean(one.errors))
    assert outcome.comparison is None and outcome.benchmark is None
    assert set(outcome.lead_errors) == {"network"}
    scale = tiny_data.series[0].scale
    assert np.mean(outcome.lead_errors["network"]) == pytest.approx(np.mean(one.errors) * scale)


def test_benchmark_lead_errors_are_in_the_datas_units(tiny_data, retrained):
    leads = open_test(tiny_data, "mse", [retrained], Constant(2.0), 0.05).lead_errors
    expected = [2.0 * tiny_data.series[0].scale] * 2
    assert leads["benchmark"] == pytest.approx(expected, rel=1e-5)
