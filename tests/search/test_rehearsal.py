import numpy as np
import pytest

from cellwise.architecture import Architecture
from cellwise.search import (
    Budget,
    Fortune,
    Ranges,
    RehearsalEngine,
    Search,
    SearchSettings,
    TuningPlan,
    candidate_experiment,
)
from cellwise.training import TrainingSettings, train_cohort

SETTINGS = SearchSettings(
    max_cells=8,
    max_layers=2,
    num_seeds=2,
    final_seeds=2,
    training=TrainingSettings(epochs=4, steps_per_epoch=3, warmup_steps=0),
)


@pytest.fixture
def rehearsed(tiny_prepared):
    """Give a function that walks through a search."""

    def make(grows, **changes):
        settings = SearchSettings(
            **{name: getattr(SETTINGS, name) for name in SETTINGS.__slots__} | changes
        )
        return Search(
            prepared=tiny_prepared,
            metric="mse",
            settings=settings,
            engine=RehearsalEngine(tiny_prepared.data, Fortune(grows)),
            budget=Budget(),
            plan=TuningPlan(
                ranges=Ranges.model_validate({"stages": ["dropout", "l2"]}), recut=lambda _: None
            ),
        ).rehearse()

    return make


def steps(costs):
    return [(cost.stage, cost.architecture) for cost in costs]


def test_where_nothing_helps_growth_ends_as_soon_as_it_may(rehearsed):
    assert steps(rehearsed(grows=False)) == [
        ("width", "lstm(2)"),
        ("width", "lstm(4)"),
        ("width", "lstm(8)"),
        ("depth 2", "lstm(2, to_output) > lstm(2)"),
        ("control", "lstm(1) > lstm(1)"),
        ("final", "lstm(2)"),
        ("final", "lstm(1) > lstm(1)"),
        ("final", "lstm(2, to_output) > lstm(2)"),
    ]


def test_where_everything_helps_every_size_is_tried(rehearsed):
    found = steps(rehearsed(grows=True))
    deep = [f"lstm(8, to_output) > lstm({cells})" for cells in (2, 4, 8)]
    assert found == [
        *(("width", f"lstm({cells})") for cells in (2, 4, 8)),
        *(("depth 2", text) for text in deep),
        ("final", deep[2]),
        ("final", deep[1]),
    ]


def test_tuning_goes_through_its_stages_and_changes_nothing(rehearsed):
    stages = [cost.stage for cost in rehearsed(grows=False, strategy="structured")]
    assert list(dict.fromkeys(stages))[3:] == ["dropout", "l2", "final"]


def test_joint_search_and_grid_are_walked_to_their_end(rehearsed):
    joint = rehearsed(grows=False, strategy="random", num_trials=14)
    assert {cost.stage for cost in joint} == {"random", "final"}
    grid = rehearsed(grows=False, strategy="grid", grid="layers=1..2 cells=2..4")
    assert [cost.stage for cost in grid].count("grid") == 4


def test_costs_are_expected_and_not_measured(rehearsed):
    for cost in rehearsed(grows=True):
        assert cost.predicted_seconds > 0 and np.isnan(cost.seconds)


def test_members_that_are_left_are_as_many_as_in_training(tiny_data):
    experiment = candidate_experiment(Architecture.parse("lstm(2)"), SETTINGS, 2, 0.01)
    engine = RehearsalEngine(tiny_data, Fortune(grows=False))
    made_up, real = engine.run(experiment, print), train_cohort(experiment, tiny_data)
    assert len(made_up.kept) == len(real.kept) and made_up.weights.shape == real.weights.shape
    assert [s.window_errors.shape for s in made_up.scores] == [
        s.window_errors.shape for s in real.scores
    ]
    assert not engine.knows(experiment)


def test_an_error_belongs_to_its_size():
    fortune = Fortune(grows=True)
    assert fortune.error("a") > fortune.error("b") and fortune.error("a") == 1.0
    assert Fortune(grows=False).error("a") == Fortune(grows=False).error("b")
