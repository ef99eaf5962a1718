import math
from dataclasses import replace

import numpy as np
import pytest

from cellwise.search import Budget, LocalEngine, Observer, Search, SearchSettings
from cellwise.search._budget import BudgetEndedError
from cellwise.training import TrainingSettings

SETTINGS = SearchSettings(
    max_cells=4,
    max_layers=2,
    num_seeds=2,
    final_seeds=2,
    training=TrainingSettings(epochs=2, steps_per_epoch=5, warmup_steps=2),
)


@pytest.fixture
def search(tiny_prepared, monkeypatch):
    """Give a function that sets up a search without the slow classical methods."""
    from cellwise.baselines import _select

    monkeypatch.setattr(_select, "STATSFORECAST_METHODS", ())

    def make(directory=None, budget=None, settings=SETTINGS, **hooks):
        return Search(
            prepared=tiny_prepared,
            metric="mse",
            settings=settings,
            engine=LocalEngine(tiny_prepared.data, "data", directory),
            budget=budget or Budget(),
            **hooks,
        )

    return make


def test_evidence_of_a_finished_search_is_complete(search, monkeypatch):
    monkeypatch.setattr("cellwise.search._search._PUBLISHING_SHARE", math.inf)  # after each step
    saved, told = [], []
    evidence = search(save=saved.append, add_to_ledger=told.append).run()
    assert evidence.verdict.kind in ("use_network", "use_benchmark")
    assert evidence.verdict.missing == () and evidence.test_reads == 1
    assert tuple(told) == evidence.candidates and saved[-1] == evidence
    assert len(saved) == 2 + len(evidence.candidates)
    stages = [c.stage for c in evidence.candidates]
    assert stages[:2] == ["width", "width"] and "depth 2" in stages
    assert {"width", "depth 2"} <= set(evidence.stages)
    decided = {c.stage for c in evidence.comparisons}
    assert {"width", "depth 2", "benchmark", "test"} <= decided
    assert evidence.finals[0].role == "chosen" and len(evidence.finals) >= 2
    assert evidence.finals[0].architecture == evidence.verdict.architecture
    assert set(evidence.lead_errors) == {"network", "benchmark"}
    assert len(evidence.examples) == 4
    errors = [c.error for c in evidence.candidates] + [
        b.error for b in evidence.baselines if not b.skipped
    ]
    assert 0 < evidence.verdict.noise_floor <= min(errors)
    assert evidence.verdict.p_value == evidence.comparisons[-1].p_value


def test_benchmark_is_the_best_classical_method_on_the_folds(search):
    evidence = search().run()
    ran = [b for b in evidence.baselines if not b.skipped]
    best = min(ran, key=lambda b: b.error)
    assert evidence.verdict.benchmark == best.name
    assert evidence.verdict.benchmark_validation == best.score


def test_test_rows_are_not_read_before_the_end(search):
    counts = []
    search(save=lambda e: counts.append((e.test_reads, e.verdict.network_test))).run()
    assert [reads for reads, _ in counts] == [0] * (len(counts) - 1) + [1]
    assert all(score is None for _, score in counts[:-1])


def test_ctrl_c_gives_no_answer_and_says_what_is_missing(search):
    class Impatient(Observer):
        def on_trial(self, stage, architecture):
            if architecture == "lstm(4)":
                raise KeyboardInterrupt

    one = search(observer=Impatient())
    evidence = one.run()
    assert one.interrupted
    assert evidence.verdict.kind == "no_answer"
    assert evidence.verdict.missing == (
        "it was interrupted during lstm(4); `cellwise resume` goes on from there",
    )
    assert [c.architecture for c in evidence.candidates] == ["lstm(2)"]
    assert evidence.test_reads == 0 and np.isfinite(evidence.verdict.noise_floor)


def test_ctrl_c_in_the_final_training_keeps_the_choice_but_no_answer(search):
    class Impatient(Observer):
        def on_epoch(self, report):
            if report.experiment.retrain:
                raise KeyboardInterrupt

    evidence = search(observer=Impatient()).run()
    assert evidence.verdict.kind == "no_answer" and evidence.test_reads == 0
    assert evidence.verdict.architecture


def test_ctrl_c_at_the_very_start_is_still_evidence(search):
    class Impatient(Observer):
        def on_baseline(self, record):
            raise KeyboardInterrupt

    evidence = search(observer=Impatient()).run()
    assert evidence.verdict.kind == "no_answer" and evidence.candidates == ()


class Ending(Budget):
    """A budget whose time for growth ends at the n-th question."""

    def __init__(self, questions):
        super().__init__(1e6)
        self.questions = questions

    def check_growth(self, needed=0.0):
        self.questions -= 1
        if self.questions < 0:
            raise BudgetEndedError


def test_end_of_the_time_still_trains_and_tests_what_there_is(search):
    # a question before each trial and after each of its two epochs
    evidence = search(budget=Ending(6)).run()
    assert [c.architecture for c in evidence.candidates] == ["lstm(2)", "lstm(4)"]
    assert evidence.test_reads == 1
    assert evidence.verdict.missing[0].startswith("the time ended before lstm(")
    assert evidence.verdict.missing[0] in evidence.stages.values()


def test_a_sampler_that_had_time_for_few_trials_has_no_answer(search, monkeypatch):
    made = search(settings=replace(SETTINGS, strategy="tpe"))
    few = Sampled(made.metric, 19)
    monkeypatch.setattr(Search, "_explorer", lambda self: few)
    made._grow()
    assert few.stages == {"tpe": "the time ended"}
    told = "the time ended after 19 of the 20 trials to their end that it takes to estimate"
    assert made._found.missing[0].startswith(told)
    many = Sampled(made.metric, 20)
    monkeypatch.setattr(Search, "_explorer", lambda self: many)
    again = search(settings=replace(SETTINGS, strategy="tpe"))
    again._grow()
    assert again._found.missing == []


class Sampled:
    """A sampler whose time ends after so many trials."""

    def __init__(self, metric, count):
        self.candidates, self.comparisons, self.stages, self.incumbent = (
            [None] * count,
            [],
            {},
            None,
        )

    def run(self):
        raise BudgetEndedError


def test_end_of_the_time_before_any_size_is_no_answer(search, plain):
    evidence = search(budget=Ending(0)).run()
    assert evidence.verdict.kind == "no_answer"
    assert evidence.verdict.missing == (
        "the time ended before lstm(2) was trained",
        "no network could be trained",
    )


@pytest.fixture
def plain(without_measured):
    """Give a function that makes of evidence what does not depend on the machine."""
    from cellwise.records import to_plain

    return lambda evidence: without_measured(to_plain(evidence))


def test_replay_over_remembered_results_is_the_same(search, tmp_path, plain):
    first = search(tmp_path).run()
    epochs = []

    class Watch(Observer):
        def on_epoch(self, report):
            epochs.append(report)

    again = search(tmp_path, observer=Watch()).run()
    assert plain(again) == plain(first) and epochs == []


def test_replay_costs_no_time_of_the_budget(search, tmp_path, plain):
    first = search(tmp_path).run()
    assert plain(search(tmp_path, budget=Ending(0)).run()) == plain(first)


def test_a_search_stopped_by_an_error_goes_on_exactly(search, tmp_path, plain):
    class PulledPlugError(Exception):
        pass

    class Unlucky(Observer):
        def on_epoch(self, report):
            if str(report.experiment.architecture) == "lstm(4)" and report.epoch == 1:
                raise PulledPlugError("pulled")

    with pytest.raises(PulledPlugError, match="pulled"):
        search(tmp_path, observer=Unlucky()).run()
    assert plain(search(tmp_path).run()) == plain(search().run())


def test_each_cohort_was_foreseen_before_it_was_trained(search):
    evidence = search().run()
    trained = [(c.stage, c.architecture) for c in evidence.candidates]
    finals = [("final", f.architecture) for f in evidence.finals]
    assert [(c.stage, c.architecture) for c in evidence.costs] == trained + finals
    for cost in evidence.costs:
        assert 0 < cost.least_seconds <= cost.predicted_seconds <= cost.most_seconds
        assert cost.seconds > 0 and cost.predicted_bytes > 0
    for candidate, cost in zip(evidence.candidates, evidence.costs, strict=False):
        assert candidate.predicted_seconds == pytest.approx(cost.predicted_seconds)


def test_a_size_that_would_not_end_in_time_is_not_begun_but_for_the_first(search):
    from cellwise.search._foresight import Foresight

    slow = Foresight(pace=1e6)
    evidence = search(budget=Budget(100.0), foresight=slow).run()
    assert [one.architecture for one in evidence.candidates] == ["lstm(2)"]
    assert evidence.verdict.seconds < 60
    assert evidence.verdict.missing[0] == "the time ended before lstm(4) was trained"
