from dataclasses import replace

import pytest

from cellwise.search import Observer


@pytest.fixture
def replay(finished):
    """Give a function that tells an observer all that a finished run has told."""

    def tell(observer: Observer, *, end=True):
        hooks = {"baseline": observer.on_baseline, "candidate": observer.on_candidate}
        for name, record in finished.calls:
            if name in hooks:
                hooks[name](record)
        if end:
            observer.on_finished(finished.run.evidence, finished.path)

    return tell


@pytest.fixture
def told(finished):
    """Give the names of what is told: a trial for each rate, the classical methods."""
    from cellwise.search import rate_trials

    evidence = finished.run.evidence
    trials = {t.name: t for c in evidence.candidates for t in rate_trials(c)}
    baselines = {f"baseline {b.name}" for b in evidence.baselines if not b.skipped}
    return trials, baselines


@pytest.fixture
def make_record(finished):
    """Give a function that makes a candidate of one member."""

    def make(**changes):
        record = finished.run.evidence.candidates[0]
        member = replace(record.members[0], **changes)
        return replace(record, members=(member,))

    return make
