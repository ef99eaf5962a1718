from dataclasses import replace

import numpy as np
import pytest

from cellwise.data import outer_folds
from cellwise.search import (
    Budget,
    LocalEngine,
    Observer,
    Search,
    SearchSettings,
    search_outer_folds,
)
from cellwise.training import TrainingSettings

SETTINGS = SearchSettings(
    max_cells=4,
    max_layers=1,
    num_seeds=2,
    final_seeds=2,
    training=TrainingSettings(epochs=2, steps_per_epoch=5, warmup_steps=2),
)


@pytest.fixture
def make(monkeypatch):
    """Give the function that sets up a search, and what it was asked for."""
    from cellwise.baselines import _select

    monkeypatch.setattr(_select, "STATSFORECAST_METHODS", ())
    asked = []

    def build(prepared, budget, name, **hooks):
        asked.append((name, len(prepared.table.target), budget))
        return Search(
            prepared=prepared,
            metric="mse",
            settings=SETTINGS,
            engine=LocalEngine(prepared.data, name),
            budget=budget,
            all_sizes=not name,
            **hooks,
        )

    build.asked = asked
    return build


@pytest.fixture
def home(make, tiny_prepared):
    return make(tiny_prepared, Budget(), "")


def test_every_outer_fold_has_a_search_of_its_own_before_that_on_everything(home, make):
    saved = []
    home.save = saved.append
    folds = outer_folds(home.prepared, 2)
    search_outer_folds(home, folds, make, None)
    assert [asked[:2] for asked in make.asked[1:]] == [("outer fold 1", 210), ("outer fold 2", 240)]
    outer = home.outer
    assert outer.num_folds == 2 and len(outer.folds) == 2
    for record, fold in zip(outer.folds, folds, strict=True):
        assert record.num_rows == fold.data.series[0].val_stop and record.num_windows == 29
        assert record.best <= record.validation and len(record.errors) == 2
        assert record.architecture.startswith("lstm(") and record.num_candidates == 2
        assert record.settings["learning_rate"] > 0 and record.missing == ()
        assert np.isfinite([record.optimism, record.drift, record.selection]).all()
    assert saved[-1].outer == outer and saved[-1].test_reads == 0  # the home's test rows are shut
    evidence = home.run()
    assert evidence.outer == outer and evidence.test_reads == 1


def test_errors_are_those_of_a_search_on_the_fold_alone(home, make):
    fold = outer_folds(home.prepared, 2)[1]
    search_outer_folds(home, [fold], make, None)
    alone = make(fold, Budget(), "x").run()
    record = home.outer.folds[0]
    assert record.errors == alone.finals[0].errors
    assert record.best == min(c.error for c in alone.candidates)
    assert record.benchmark_test == alone.verdict.benchmark_test.mse
    assert [f.role for f in alone.finals] == ["chosen"]


def test_what_is_known_is_not_searched_again(home, make, tiny_prepared):
    folds = outer_folds(tiny_prepared, 2)
    search_outer_folds(home, folds, make, None)
    before = home.outer
    again = make(tiny_prepared, Budget(), "")
    del make.asked[:]
    search_outer_folds(again, folds, make, replace(before, folds=before.folds[:1]))
    assert [name for name, *_ in make.asked] == ["outer fold 2"]
    assert again.outer.folds[0] == before.folds[0]
    assert replace(again.outer.folds[1], seconds=0) == replace(before.folds[1], seconds=0)


def test_interrupted_outer_fold_ends_the_run_with_what_there_is(home, make):
    def impatient(prepared, budget, name):
        class Impatient(Observer):
            def on_trial(self, stage, architecture):
                if name == "outer fold 2":
                    raise KeyboardInterrupt

        return make(prepared, budget, name, observer=Impatient())

    search_outer_folds(home, outer_folds(home.prepared, 2), impatient, None)
    evidence = home.run()
    assert evidence.verdict.kind == "no_answer" and len(evidence.outer.folds) == 1
    assert "interrupted in outer fold 2; `cellwise resume`" in evidence.verdict.missing[0]
    assert evidence.candidates == () and evidence.baselines == ()


def test_time_is_shared_among_the_searches(make, tiny_prepared):
    home = make(tiny_prepared, Budget(900.0), "")
    search_outer_folds(home, outer_folds(tiny_prepared, 2), make, None)
    first, second = (budget for _, _, budget in make.asked[1:])
    taken = [record.seconds for record in home.outer.folds]
    assert first.limit == pytest.approx(300)
    assert second.limit == pytest.approx(taken[0] + (900 - taken[0]) / 2)
    assert home.budget.limit == pytest.approx(900)
    assert home.budget.span == pytest.approx(900 - sum(taken))


def test_no_time_leaves_a_fold_without_a_network_and_says_so(make, tiny_prepared):
    home = make(tiny_prepared, Budget(1e-3, spent=1.0), "")
    search_outer_folds(home, outer_folds(tiny_prepared, 2), make, None)
    record = home.outer.folds[0]
    assert record.architecture == "" and record.errors == () and np.isnan(record.optimism)
    assert "the time ended before lstm(2) was trained" in record.missing
