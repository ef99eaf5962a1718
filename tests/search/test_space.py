import optuna
import pytest

from cellwise.architecture import Architecture
from cellwise.search import Ranges, SearchSettings
from cellwise.search._space import Space

SPACE = Space(SearchSettings(max_layers=3, max_cells=32), Ranges.model_validate({}), (48, 96))


@pytest.fixture
def study():
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))


def test_cells_of_layers_that_are_not_there_are_never_drawn(study):
    depths = set()
    for _ in range(40):
        trial = study.ask()
        configuration = SPACE.draw(trial)
        depth = trial.params["num_layers"]
        cells = {name for name in trial.params if name.startswith("cells_")}
        assert cells == {f"cells_{i + 1}" for i in range(depth)}
        sizes = tuple(trial.params[f"cells_{i + 1}"] for i in range(depth))
        assert configuration.architecture.hidden_sizes == sizes
        depths.add(depth)
    assert depths == {1, 2, 3}


def test_momentum_belongs_to_optimizers_that_have_it(study):
    for _ in range(40):
        recipe = SPACE.draw(study.ask()).recipe
        assert (recipe.momentum > 0) == (recipe.optimizer == "sgd")


def test_trials_of_a_shape_can_be_asked_for(study):
    first = study.ask()
    one = SPACE.draw(first)
    for _ in range(10):
        study.enqueue_trial(SPACE.shape_of(first.params))
        other = SPACE.draw(study.ask())
        assert other.shape == one.shape and other.recipe != one.recipe


def test_known_architecture_is_drawn_as_growth_would_train_it(study):
    study.enqueue_trial(SPACE.known(Architecture.parse("lstm(5) > lstm(9)")))
    found = SPACE.draw(study.ask())
    assert str(found.architecture) == "lstm(5) > lstm(9)"
    assert found.training == SPACE.settings.training and found.context_length == 48
    assert (found.recipe.learning_rate, found.recipe.optimizer) == (0.01, "adam")


def test_steps_to_cheaper_shapes_end_at_the_cheapest(study):
    shape, steps = SPACE.shape_of(SPACE.known(Architecture.parse("lstm(20) > lstm(3)"))), []
    shape |= {"batch_size": 16, "context_length": 96}
    while shape := SPACE.cheaper(shape):
        study.enqueue_trial(shape)
        one = SPACE.draw(study.ask())
        steps.append((str(one.architecture), one.training.batch_size, one.context_length))
    assert steps == [
        ("lstm(20) > lstm(3)", 256, 96),
        ("lstm(10) > lstm(2)", 256, 96),
        ("lstm(5) > lstm(2)", 256, 96),
        ("lstm(2) > lstm(2)", 256, 96),
        ("lstm(2)", 256, 96),
        ("lstm(2)", 256, 48),
    ]


@pytest.mark.parametrize(("cell", "names"), [("lstm", 3), ("rnn", 2)])
def test_options_of_layers_are_drawn_where_their_stage_is_named(study, cell, names):
    assert SPACE.options == {}
    ranges = Ranges.model_validate({"stages": ["activation", "zoneout"]})
    space = Space(SearchSettings(cell=cell), ranges, (48,))
    assert len(space.options) == names
    drawn = set()
    for _ in range(20):
        first = study.ask()
        layer = space.draw(first).architecture.recurrent_layers[0]
        assert all(first.params[name] == getattr(layer, name) for name in space.options)
        study.enqueue_trial(space.shape_of(first.params))
        assert space.draw(study.ask()).architecture.recurrent_layers[0] == layer
        drawn.add((layer.activation, layer.zoneout))
    assert len(drawn) > 3


@pytest.mark.parametrize(
    "ranges",
    [
        {"batch_size": [16], "schedule": ["constant"], "optimizer": ["rmsprop"]},
        {"dropout": [0.5], "l1": [1e-5], "clip_norm": [4.0]},
        {"learning_rate": {"lowest": 0.5}, "optimizer": ["adamw"]},
    ],
)
def test_what_is_known_but_outside_the_ranges_is_drawn_anew(study, ranges):
    ranges = Ranges.model_validate(ranges)
    space = Space(SearchSettings(max_cells=32), ranges, (48,))
    study.enqueue_trial(space.known(Architecture.parse("lstm(8)")))
    one = space.draw(study.ask())
    assert str(one.architecture) == "lstm(8)"
    assert one.training.batch_size in ranges.batch_size
    assert one.recipe.learning_rate >= ranges.learning_rate.lowest
    assert min(ranges.dropout) <= one.recipe.dropout <= max(ranges.dropout)
    assert one.recipe.l1 in ranges.l1 and one.recipe.clip_norm in ranges.clip_norm
