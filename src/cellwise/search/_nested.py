"""Nested walk-forward: the whole search in each outer fold, then the search on everything."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from cellwise.data import Prepared
from cellwise.records import Evidence, OuterFoldRecord, OuterRecord
from cellwise.search._budget import Budget
from cellwise.search._candidate import Candidate
from cellwise.search._search import Search

MakeSearch = Callable[[Prepared, Budget, str], Search]
"""``make(prepared, budget, name)`` gives a search on an outer fold that has that name."""


def search_outer_folds(
    home: Search, folds: Sequence[Prepared], make: MakeSearch, done: OuterRecord | None
) -> None:
    """Search every outer fold, score its choice on its test rows, and hand the rest of the time on.

    A search that has ended is kept in the evidence of the run and never made again; the one in
    progress is replayed from its cohorts like any other, so that a resume is exact. With a budget
    each search has an equal share of what those before it have left, the last one being `home`.

    Args:
        home: The search on everything, not yet run; it saves what is found. Ctrl-C in an outer
            fold interrupts it.
        folds: Outer folds, in time order.
        make: Gives the search of a fold.
        done: What is already known of them.
    """
    whole, records = home.budget, list(done.folds) if done else []
    home.outer = OuterRecord(num_folds=len(folds), folds=tuple(records))
    for number in range(len(records), len(folds)):
        name, prepared = f"outer fold {number + 1}", folds[number]
        begun = sum(record.seconds for record in records)
        search = make(prepared, whole.part(len(folds) + 1 - number, begun), name)
        search.save = partial(_save, home)
        _announce(home, name, len(folds), prepared)
        evidence = search.run()
        if search.interrupted:
            home.interrupt(f" in {name}")
            return
        found = _record(name, search.chosen, evidence, prepared, whole.seconds - begun)
        home.observer.on_note(f"{name} chose {found.architecture or 'no network'}")
        records.append(found)
        home.outer = OuterRecord(num_folds=len(folds), folds=tuple(records))
        home.publish()
    home.budget = whole.part(1, sum(record.seconds for record in records))


def _save(home: Search, _: Evidence) -> None:
    """Save the evidence of the whole run, so that the time spent is known after a kill."""
    home.publish()


def _announce(home: Search, name: str, count: int, prepared: Prepared) -> None:
    rows, windows = _rows_before_test(prepared), len(prepared.data.test.val_starts)
    home.observer.on_note(
        f"{name} of {count}: a whole search on {rows:,} rows, to be scored on {windows:,} windows "
        "behind them"
    )


def _rows_before_test(prepared: Prepared) -> int:
    return sum(span.val_stop - span.start for span in prepared.data.series)


def _record(
    name: str, chosen: Candidate | None, evidence: Evidence, prepared: Prepared, seconds: float
) -> OuterFoldRecord:
    tried = (*evidence.candidates, *(evidence.tuning.candidates if evidence.tuning else ()))
    benchmark = next((one for one in evidence.baselines if not one.skipped), None)
    score, final = evidence.verdict.benchmark_test, evidence.finals[0] if evidence.finals else None
    errors = [one.error for one in tried if np.isfinite(one.error)]
    return OuterFoldRecord(
        name=name,
        num_rows=_rows_before_test(prepared),
        num_windows=len(prepared.data.test.val_starts),
        num_candidates=len(tried),
        architecture=str(chosen.architecture) if chosen else "",
        settings=_settings(chosen),
        best=min(errors, default=float("nan")),
        validation=chosen.record.error if chosen else float("nan"),
        errors=final.errors if final else (),
        original_mae=final.score.original_mae if final else float("nan"),
        benchmark=benchmark.name if benchmark else "",
        benchmark_validation=benchmark.error if benchmark else float("nan"),
        benchmark_test=score.error(evidence.data.metric) if score else float("nan"),
        missing=evidence.verdict.missing,
        seconds=seconds,
    )


def _settings(chosen: Candidate | None) -> dict[str, object]:
    if chosen is None:
        return {}
    return {**chosen.record.settings, "learning_rate": chosen.record.learning_rate}
