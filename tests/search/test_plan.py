from dataclasses import replace

import pytest

from cellwise.data import prepare
from cellwise.search import (
    Budget,
    LocalEngine,
    Observer,
    Ranges,
    Search,
    SearchSettings,
    TuningPlan,
    Workplace,
    _search,
)
from cellwise.training import TrainingSettings

SETTINGS = SearchSettings(
    strategy="structured",
    max_cells=4,
    max_layers=1,
    num_seeds=2,
    final_seeds=2,
    training=TrainingSettings(epochs=4, steps_per_epoch=4, warmup_steps=2),
)
QUICK = {"learning_rate": {"points": 3}, "context_length": {"lowest": 4, "values": [12]}}


@pytest.fixture
def tuned(tiny_prepared, make_table, monkeypatch):
    """Give a function that runs a search with the stages named."""
    from cellwise.baselines import _select

    monkeypatch.setattr(_select, "STATSFORECAST_METHODS", ())

    def recut(length):
        task = replace(tiny_prepared.task, context_length=length)
        prepared = prepare(make_table(), task)
        return Workplace(prepared=prepared, engine=LocalEngine(prepared.data, str(length)))

    def make(*stages, budget=None, settings=SETTINGS, ranges=None, **hooks):
        ranges = Ranges.model_validate({**QUICK, **(ranges or {}), "stages": stages})
        return Search(
            prepared=tiny_prepared,
            metric="mse",
            settings=settings,
            engine=LocalEngine(tiny_prepared.data, ""),
            budget=budget or Budget(),
            plan=TuningPlan(ranges=ranges, recut=recut),
            **hooks,
        )

    return make


def test_tuning_is_a_part_of_the_evidence(tuned):
    ledger, notes = [], []

    class Watch(Observer):
        def on_note(self, text):
            notes.append(text)

    evidence = tuned("dropout", "alpha", add_to_ledger=ledger.append, observer=Watch()).run()
    tuning = evidence.tuning
    assert [s.name for s in tuning.stages] == ["dropout", "alpha"]
    assert ledger[-4:] == list(tuning.candidates)
    assert tuning.stages[0].seconds == pytest.approx(sum(c.seconds for c in tuning.candidates))
    assert [r.stage for r in ledger][-4:] == ["dropout"] * 4
    assert [n.split(":")[0] for n in notes] == ["tuning     dropout", "tuning     alpha"]
    assert evidence.verdict.kind in ("use_network", "use_benchmark")


@pytest.mark.parametrize("strategy", ["structured", "random"])
def test_observers_and_so_trackers_are_told_what_the_ledger_is(strategy, tuned):
    ledger, told = [], []

    class Watch(Observer):
        def on_candidate(self, record):
            told.append(record)

    settings = replace(SETTINGS, strategy=strategy, num_trials=6)
    tuned("dropout", add_to_ledger=ledger.append, observer=Watch(), settings=settings).run()
    assert told == ledger and any(one.settings for one in told)


def test_what_was_tuned_is_retrained_beside_what_it_began_with(tuned):
    # every gain counts and every p is small enough: the best dropout or context wins
    easy = replace(SETTINGS, alpha=100.0, min_gain=-1.0)
    search = tuned("l2", "context_length", settings=easy, ranges={"l2": [0.0, 1e-4]})
    evidence = search.run()
    assert [f.role for f in evidence.finals] == ["chosen", "untuned"]
    length = evidence.tuning.settings["context_length"]
    assert length != 8 and evidence.data.context_length == length
    assert search.prepared.data.context_length == length
    assert search.model.experiment.members[0].l2 == 1e-4
    assert len(evidence.examples[0].context) == length
    assert evidence.test_reads == 1


def test_tuning_that_changes_nothing_leaves_the_run_as_it_was(tuned):
    hard = replace(SETTINGS, min_gain=0.9)
    evidence = tuned("l1", settings=hard).run()
    plain = tuned(settings=hard).run()
    assert not evidence.tuning.stages[0].changed
    assert [f.errors for f in evidence.finals] == [f.errors for f in plain.finals]
    assert {f.role for f in evidence.finals} <= {"chosen", "smaller", "larger"}


def test_end_of_the_time_in_tuning_is_said_and_the_rest_is_done(tuned):
    class Ending(Budget):
        def check_tuning(self, needed=0.0):
            from cellwise.search._budget import BudgetEndedError

            raise BudgetEndedError

    evidence = tuned("dropout", budget=Ending(1e6)).run()
    assert "the time ended in tuning, at dropout" in evidence.verdict.missing
    assert evidence.test_reads == 1 and evidence.tuning.stages == ()


def test_joint_search_chooses_among_all_that_was_trained(tuned):
    joint = replace(SETTINGS, strategy="tpe", num_trials=12)
    search = tuned("context_length", settings=joint)
    evidence = search.run()
    assert list(evidence.stages) == ["tpe"] and evidence.tuning is None
    assert {c.stage for c in evidence.candidates} == {"tpe"}
    best = min(c.error for c in evidence.candidates)
    assert evidence.verdict.network_validation.mse >= best
    assert evidence.finals[0].architecture == evidence.verdict.architecture


def test_joint_search_draws_no_batch_size_above_the_number_of_windows(tuned):
    notes = []

    class Watch(Observer):
        def on_note(self, text):
            notes.append(text)

    joint = replace(SETTINGS, strategy="random", num_trials=4)
    for sizes, drawn in (([4, 100_000], {4}), ([100_000], {SETTINGS.training.batch_size})):
        ranges = {"batch_size": sizes}
        evidence = tuned("dropout", settings=joint, ranges=ranges, observer=Watch()).run()
        assert {c.settings["batch_size"] for c in evidence.candidates} == drawn
    assert "batch size 100000 is more than the " in notes[0]


@pytest.mark.parametrize(("fewest", "answer"), [(4, True), (20, False)])
def test_joint_search_ends_with_the_time_and_has_an_answer_from_some_trials_on(
    fewest, answer, tuned, monkeypatch
):
    monkeypatch.setattr(_search, "FIRST_ESTIMATE", fewest)

    class Ending(Budget):
        asked = 0

        def check_tuning(self, needed=0.0):
            from cellwise.search._budget import BudgetEndedError

            self.asked += 1
            if self.asked > 12:
                raise BudgetEndedError

    joint = replace(SETTINGS, strategy="random", num_trials=1000)
    evidence = tuned("dropout", budget=Ending(1e6), settings=joint).run()
    assert evidence.stages == {"random": "the time ended"}
    assert (evidence.verdict.missing == ()) == answer and evidence.test_reads == 1
    assert (evidence.verdict.kind != "no_answer") == answer


def test_contexts_whose_windows_do_not_fit_are_not_tried(tuned):
    evidence = tuned("context_length", ranges={"context_length": {"values": [40]}}).run()
    lengths = {c.settings["context_length"] for c in evidence.tuning.candidates}
    assert lengths and 8 not in lengths
