"""What every engine must satisfy."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa

from cellwise.architecture import Architecture
from cellwise.data import ForecastData, ForecastTask, prepare
from cellwise.search import Engine, SearchSettings, candidate_experiment
from cellwise.testing._teacher import noise_table
from cellwise.training import (
    CohortResult,
    EpochReport,
    Experiment,
    TrainingSettings,
    load_result,
    train_cohort,
)


class _StopError(Exception):
    """Raised by an observer of training."""


class EngineContract:
    """Subclass in a test file and make an engine.

    An engine that is proved by it gives the same bits as training alone, so that a search over it
    comes to the same evidence.
    """

    def make_engine(self, data: ForecastData, fingerprint: str, directory: Path | None) -> Engine:
        """Make the engine under test.

        Args:
            data: The data to train on.
            fingerprint: Their hash.
            directory: Where it keeps results and checkpoints; ``None`` for nowhere.

        Returns:
            An engine that has not been used.

        Raises:
            NotImplementedError: In this class.
        """
        raise NotImplementedError

    def test_results_are_those_of_training_alone(self) -> None:
        """Same records, scores and weights, to the bit, in the order asked; all epochs are told."""
        data, experiments = engine_data(), engine_experiments()
        reports: list[EpochReport] = []
        engine = self.make_engine(data, "contract", None)
        with engine.run_all(experiments, reports.append) as results:
            found = list(results)
        for experiment, result in zip(experiments, found, strict=True):
            alone: list[EpochReport] = []
            expected = train_cohort(experiment, data, on_epoch=alone.append)
            assert_same_result(expected, result)
            told = [(r.epoch, r.error) for r in reports if r.experiment == experiment]
            _check(told == [(r.epoch, r.error) for r in alone], f"epochs told: {told}")
            _check(not engine.knows(experiment), "nothing is remembered without a directory")

    def test_what_was_trained_is_recalled(self) -> None:
        """A second engine on the same directory trains nothing and leaves no checkpoints."""
        data, (experiment, *_) = engine_data(), engine_experiments()
        reports: list[EpochReport] = []
        with TemporaryDirectory() as folder:
            first = self.make_engine(data, "contract", Path(folder))
            _check(not first.knows(experiment), "knows nothing at first")
            trained = first.run(experiment, lambda _: None)
            again = self.make_engine(data, "contract", Path(folder))
            _check(again.knows(experiment), "knows what was trained")
            assert_same_result(trained, again.run(experiment, reports.append))
            _check(reports == [], "trains nothing again")
            _check(trained.weights.shape[1] == 0, "a search keeps no weights")
            _check(not list(Path(folder).glob("checkpoints/*")), "no checkpoint is left")
            other = self.make_engine(data, "other", Path(folder))
            _check(not other.knows(experiment), "knows nothing of other data")

    def test_what_an_observer_raises_ends_all_and_loses_nothing(self) -> None:
        """Cohorts that were done are kept; the others go on to what they would have been."""
        data, experiments = engine_data(), engine_experiments()
        with TemporaryDirectory() as folder:
            engine = self.make_engine(data, "contract", Path(folder))
            raised = False
            try:
                with engine.run_all(experiments, _stop_in(experiments[1])) as results:
                    list(results)
            except _StopError:
                raised = True
            _check(raised, "what an observer raises comes through")
            again = self.make_engine(data, "contract", Path(folder))
            with again.run_all(experiments, lambda _: None) as results:
                found = list(results)
            for experiment, result in zip(experiments, found, strict=True):
                expected = train_cohort(experiment, data)
                _check(result.members == expected.members, f"same records: {experiment}")
            kept = sorted(Path(folder).glob("results/*"))
            _check(len(kept) == len(experiments), "every result is kept")
            _check(all(load_result(path).members for path in kept), "and can be read")


def engine_data() -> ForecastData:
    """Return data for an engine: noise, two folds.

    Returns:
        The data.
    """
    task = ForecastTask(target="y", horizon=2, context_length=8, num_folds=2)
    return prepare(pa.table(noise_table(300, seed=0)), task).data


def engine_experiments(epochs: int = 3) -> list[Experiment]:
    """Return cohorts for an engine, of several shapes.

    Args:
        epochs: Epochs of each.

    Returns:
        The experiments.
    """
    training = TrainingSettings(epochs=epochs, steps_per_epoch=3, warmup_steps=1)
    settings = SearchSettings(num_seeds=2, training=training)
    texts = ("lstm(2)", "gru(3)", "lstm(2) > lstm(2)")
    return [candidate_experiment(Architecture.parse(t), settings, 2, 0.01) for t in texts]


def assert_same_result(expected: CohortResult, actual: CohortResult) -> None:
    """Compare what cohorts have left, to the bit, but for seconds.

    Args:
        expected: What should be.
        actual: What is.
    """
    _check(actual.members == expected.members, "same records of members")
    _check(actual.kept == expected.kept, "same members kept")
    _check(np.array_equal(actual.weights, expected.weights), "same weights")
    _check(len(actual.scores) == len(expected.scores), "same number of scores")
    for one, other in zip(actual.scores, expected.scores, strict=True):
        _check(one.score == other.score, "same scores")
        _check(np.array_equal(one.window_errors, other.window_errors), "same errors of windows")
        _check(np.array_equal(one.lead_errors, other.lead_errors), "same errors by step ahead")


def _check(holds: bool, rule: str) -> None:
    if not holds:
        raise AssertionError(rule)


def _stop_in(experiment: Experiment) -> Callable[[EpochReport], None]:
    def on_epoch(report: EpochReport) -> None:
        if report.experiment == experiment:
            raise _StopError

    return on_epoch
