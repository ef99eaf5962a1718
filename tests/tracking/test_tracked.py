import pytest

import cellwise
from cellwise.run import resume
from cellwise.search import Observer
from cellwise.tracking import TrackerPlace, tracked

pytest.importorskip("tensorboard", reason="tensorboard is not installed")


class Watch(Observer):
    def __init__(self):
        self.notes, self.candidates = [], 0

    def on_note(self, text):
        self.notes.append(text)

    def on_candidate(self, record):
        self.candidates += 1


def test_without_trackers_the_observer_is_the_users_own(tmp_path):
    watch = Watch()
    assert tracked(watch, (), tmp_path) is watch


def test_tracker_that_fails_is_told_no_more_and_the_search_goes_on(tmp_path, replay):
    watch, taken = Watch(), tmp_path / "tensorboard"
    taken.write_text("a file where the folder should be")
    several = tracked(watch, (TrackerPlace("tensorboard", ""),), tmp_path)
    replay(several)
    (note,) = watch.notes
    assert note.startswith("tracker tensorboard failed and is told no more: ")
    assert watch.candidates > 1


def test_errors_of_the_users_observer_are_the_users(tmp_path, finished):
    class Stop(Observer):
        def on_candidate(self, record):
            raise KeyboardInterrupt

    several = tracked(Stop(), (TrackerPlace("tensorboard", ""),), tmp_path)
    with pytest.raises(KeyboardInterrupt):
        several.on_candidate(finished.run.evidence.candidates[0])
    assert not (tmp_path / "tensorboard").exists()


def test_fit_hands_on_and_a_stopped_run_hands_nothing_on_twice(tmp_path, make_table, tiny_options):
    class Stop(Watch):
        def on_candidate(self, record):
            super().on_candidate(record)
            if self.candidates == 2:
                raise KeyboardInterrupt

    table = tmp_path / "table.csv"
    make_table().write_csv(table)
    options = {**tiny_options, "tracker": ("tensorboard", f"tensorboard:{tmp_path / 'logs'}")}
    stopped = cellwise.fit(table, out=tmp_path / "run", observer=Stop(), **options)
    own = tmp_path / "run" / "tensorboard"
    early = {p for p in own.rglob("events*") if p.parent.name != "run"}
    assert stopped.verdict.missing and early
    resume(tmp_path / "run")
    late = set(own.rglob("events*"))
    assert early < late and len({p.parent for p in late}) == len(late)
    (logs,) = (tmp_path / "logs").iterdir()
    assert {p.name for p in logs.iterdir()} == {p.name for p in own.iterdir()}
