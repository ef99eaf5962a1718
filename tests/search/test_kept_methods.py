import numpy as np
import pytest

from cellwise.baselines import BaselineRun, run_baselines
from cellwise.records import to_plain
from cellwise.search import KeptMethods


@pytest.fixture
def methods(tmp_path):
    return KeptMethods(fingerprint="data", metric="mse", directory=tmp_path)


@pytest.fixture
def scored(tiny_prepared, monkeypatch):
    from cellwise.baselines import _select

    monkeypatch.setattr(_select, "STATSFORECAST_METHODS", ())
    return run_baselines(tiny_prepared.data, "mse", seconds_allowed=60)[0]


def test_recalls_what_was_kept(methods, scored):
    methods.keep(scored)
    found = methods.recall(scored.method)
    assert to_plain(found.record) == to_plain(scored.record)
    assert all(map(np.array_equal, found.errors, scored.errors))


def test_other_data_and_another_metric_know_nothing_of_it(methods, scored, tmp_path):
    methods.keep(scored)
    others = {"fingerprint": "data", "metric": "mae"}, {"fingerprint": "other", "metric": "mse"}
    for other in others:
        assert KeptMethods(**other, directory=tmp_path).recall(scored.method) is None


def test_a_damaged_file_is_scored_again(methods, scored, tmp_path):
    methods.keep(scored)
    (path,) = (tmp_path / "results").iterdir()
    path.write_bytes(path.read_bytes()[:100])
    assert methods.recall(scored.method) is None and not path.exists()


def test_without_a_directory_nothing_is_kept(scored):
    methods = KeptMethods()
    methods.keep(scored)
    assert methods.recall(scored.method) is None


def test_what_was_scored_before_an_interrupt_is_not_scored_again(
    methods, tiny_prepared, monkeypatch
):
    from cellwise.baselines import _select

    monkeypatch.setattr(_select, "STATSFORECAST_METHODS", ())
    score, scored = _select._score, []

    def counted(method, data, metric):
        scored.append(method.name)
        return score(method, data, metric)

    def keep(run: BaselineRun):
        methods.keep(run)
        if len(scored) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(_select, "_score", counted)
    asked = {"data": tiny_prepared.data, "metric": "mse", "seconds_allowed": 60}
    with pytest.raises(KeyboardInterrupt):
        run_baselines(**asked, recall=methods.recall, keep=keep)
    resumed = run_baselines(**asked, recall=methods.recall, keep=methods.keep)
    together = len(scored)
    fresh = run_baselines(**asked)
    assert scored[:together] == scored[together:]  # none twice
    assert [r.record.name for r in resumed] == [r.record.name for r in fresh]
    assert [r.record.error_by_fold for r in resumed] == [r.record.error_by_fold for r in fresh]
