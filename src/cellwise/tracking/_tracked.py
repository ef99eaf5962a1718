"""One observer that tells several."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cellwise.records import BaselineRecord, CandidateRecord, ComparisonRecord, Evidence, Finding
from cellwise.search import Observer
from cellwise.tracking._place import TrackerPlace, run_identity
from cellwise.training import EpochReport


def tracked(observer: Observer, places: Sequence[TrackerPlace], directory: Path) -> Observer:
    """Return an observer that tells the user's and the trackers.

    A tracker that fails is told no more, and the search goes on: what it has missed it gets when
    the run is resumed.

    Args:
        observer: The user's.
        places: The trackers.
        directory: The run directory.

    Returns:
        The observer; the user's own where there are no trackers.
    """
    if not places:
        return observer
    return _Several(observer, [_Guarded(observer, place, directory) for place in places])


class _Guarded:
    """A tracker that may fail."""

    def __init__(self, observer: Observer, place: TrackerPlace, directory: Path) -> None:
        self._observer, self._kind = observer, place.kind
        self._tracker: Observer | None = None
        self._try(lambda: self._begin(place, directory))

    def tell(self, tell: Callable[[Observer], None]) -> None:
        """Tell the tracker something, unless it has failed."""
        tracker = self._tracker
        if tracker is not None:
            self._try(lambda: tell(tracker))

    def _begin(self, place: TrackerPlace, directory: Path) -> None:
        if place.kind == "mlflow":
            from cellwise.tracking._mlflow import MlflowTracker

            self._tracker = MlflowTracker(place.place, directory, run_identity(directory))
        else:
            from cellwise.tracking._tensorboard import TensorBoardTracker

            own = directory / "tensorboard"
            folder = Path(place.place) / run_identity(directory) if place.place else own
            self._tracker = TensorBoardTracker(folder)

    def _try(self, work: Callable[[], Any]) -> None:
        try:
            work()
        except Exception as error:  # whatever a server, a disk or their libraries may raise
            self._tracker = None
            reason = (str(error) or type(error).__name__).strip().splitlines()[0]
            self._observer.on_note(
                f"tracker {self._kind} failed and is told no more: {reason}; the search goes on, "
                "and `cellwise resume` hands on what is missing"
            )


class _Several(Observer):
    """Tells the user's observer, whose errors are the user's, then each tracker."""

    def __init__(self, observer: Observer, trackers: Sequence[_Guarded]) -> None:
        self._observer, self._trackers = observer, trackers

    def on_note(self, text: str) -> None:
        self._tell(lambda one: one.on_note(text))

    def on_baseline(self, record: BaselineRecord) -> None:
        self._tell(lambda one: one.on_baseline(record))

    def on_trial(self, stage: str, architecture: str) -> None:
        self._tell(lambda one: one.on_trial(stage, architecture))

    def on_epoch(self, report: EpochReport) -> None:
        self._tell(lambda one: one.on_epoch(report))

    def on_finding(self, finding: Finding) -> None:
        self._tell(lambda one: one.on_finding(finding))

    def on_candidate(self, record: CandidateRecord) -> None:
        self._tell(lambda one: one.on_candidate(record))

    def on_comparison(self, record: ComparisonRecord) -> None:
        self._tell(lambda one: one.on_comparison(record))

    def on_finished(self, evidence: Evidence, directory: Path) -> None:
        self._tell(lambda one: one.on_finished(evidence, directory))

    def _tell(self, tell: Callable[[Observer], None]) -> None:
        tell(self._observer)
        for tracker in self._trackers:
            tracker.tell(tell)
