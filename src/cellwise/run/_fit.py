"""Fit and resume: a table in, a run directory out."""

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import narwhals as nw
import torch

from cellwise._errors import RunError, SettingsError
from cellwise.architecture import Architecture
from cellwise.data import Prepared, Scaling, outer_folds, prepare, prepare_table, read_table
from cellwise.diagnosis import LiveDoctor, audit
from cellwise.export import SavedModel
from cellwise.kernels import choose_backend
from cellwise.records import AuditRecord, DamagedError, Evidence
from cellwise.report import audit_sentence
from cellwise.run._diagnose import examine, live_doctor
from cellwise.run._directory import RunDirectory, RunRecord
from cellwise.run._engines import Engines
from cellwise.run._lock import write_lock
from cellwise.run._reads import ScoredRows, networks_key, note_reading
from cellwise.run._run import Run
from cellwise.run._settings import FitSettings, check_settings, is_path
from cellwise.run._sharing import Sharing, identity_of
from cellwise.search import (
    GROWTH_BEFORE_TUNING,
    STUDY,
    Budget,
    Engine,
    Foresight,
    KeptMethods,
    Ledger,
    MakeSearch,
    Observer,
    OwnBatches,
    Ranges,
    Search,
    TuningPlan,
    WatchedEngine,
    Workplace,
    search_outer_folds,
)
from cellwise.tracking import tracked
from cellwise.training import calibrated, network_for

_FRAME = "table.parquet"


def fit(
    table: Any,
    *,
    target: str,
    horizon: int,
    out: str | Path | None = None,
    force: bool = False,
    observer: Observer | None = None,
    **options: Any,
) -> Run:
    """Find the right-sized LSTM for a table, with evidence.

    Args:
        table: Path (CSV, also gzipped, Parquet, Feather) or pandas, polars or pyarrow frame.
        target: Column to forecast.
        horizon: Steps ahead.
        out: Run directory; by default ``runs/<target>-<n>``, the first number that is free.
        force: Whether an earlier run there is replaced.
        observer: Told what happens.
        **options: Any other field of `FitSettings`, such as ``time``, ``known_covariates``,
            ``budget="5m"``, ``max_cells``, ``metric``.

    Returns:
        The run; after Ctrl-C, with what there is.

    Raises:
        CellwiseError: If the table, an option or the directory cannot be used; nothing is lost.
    """  # noqa: DOC502  raised by what this calls
    settings = check_settings({**options, "target": target, "horizon": horizon})
    budget = _budget(settings)
    prepared = prepare(table, settings.task)
    _check_known(settings, prepared)
    observer = observer or Observer()
    with Engines.begin(settings, prepared, observer) as engines:
        directory = RunDirectory(Path(out) if out is not None else _free_place(target))
        directory.create(force=force)
        source = str(Path(table).resolve()) if is_path(table) else _keep(table, directory)
        _record(directory, source, settings, prepared, observer)
        return _search(directory, prepared, settings, observer, engines, budget, None)


def _check_known(settings: FitSettings, prepared: Prepared) -> None:
    """Refuse a network that cannot read the data of some fold before anything is trained."""
    for one in (prepared, *outer_folds(prepared, settings.outer_folds)):
        for text in settings.known:
            network_for(Architecture.parse(text), one.data)


def _record(
    directory: RunDirectory,
    source: str,
    settings: FitSettings,
    prepared: Prepared,
    observer: Observer,
) -> None:
    kernels = choose_backend(settings.backend, settings.device)
    directory.write_record(
        RunRecord(
            source=source,
            settings=settings.model_dump(mode="json"),
            fingerprint=prepared.table.fingerprint,
            kernels=asdict(kernels),
        )
    )
    observer.on_note(f"kernels: {kernels.name} ({kernels.reason})")


def resume(
    path: str | Path,
    observer: Observer | None = None,
    *,
    budget: str | None = None,
    ledger: str | None = None,
    engine: str | None = None,
    address: str | None = None,
) -> Run:
    """Continue a run that was stopped or killed, to the result it would have had.

    Args:
        path: The run directory.
        observer: Told what happens.
        budget: Wall clock of the whole run from now on, where it is to have another; what it has
            used counts.
        ledger: URL of the shared ledger, where it needs a password that libpq does not find
            (``PGPASSWORD``, ``~/.pgpass``); the run has kept the URL without it.
        engine: ``local`` or ``ray``, where it goes on elsewhere than it was begun.
        address: Of the Ray cluster.

    Returns:
        The run.

    Raises:
        RunError: If it is no run, or its table has changed since.
        SettingsError: If the budget is not above what was used.
    """
    directory = RunDirectory(Path(path))
    record, observer = directory.read_record(), observer or Observer()
    if budget is not None:
        record = replace(record, settings={**record.settings, "budget": budget})
    settings = check_settings({**record.settings, **_elsewhere(ledger, engine, address)})
    before = _evidence_before(directory, observer)
    used = before.verdict.seconds if before else 0.0
    if budget is not None and settings.budget_seconds <= used:
        raise SettingsError(
            f"budget must be above the {used:.0f} s that {path} has used, got {budget!r}"
        )
    prepared = prepare(_source(directory), settings.task)
    if prepared.table.fingerprint != record.fingerprint:
        raise RunError(
            f"{record.source} must be the table that {path} was begun with, but its values have "
            "changed; start a new run with `cellwise fit`"
        )
    if budget is not None:
        directory.write_record(record)
    with Engines.begin(settings, prepared, observer) as engines:
        clock = _budget(settings, used)
        return _search(directory, prepared, settings, observer, engines, clock, before)


def _evidence_before(directory: RunDirectory, observer: Observer) -> Evidence | None:
    """What the run has found; none where it did not get as far, or the file is damaged."""
    if not directory.evidence.exists():
        return None
    try:
        return directory.read_evidence()
    except DamagedError:  # it is made of what is kept beside it
        observer.on_note(f"{directory.evidence} is damaged and made anew")
        return None


def _elsewhere(ledger: str | None, engine: str | None, address: str | None) -> dict[str, Any]:
    """Options that may be others than those the run was begun with."""
    changed: dict[str, Any] = {"ledger": ledger} if ledger else {}
    if engine or address:
        changed |= {"engine": engine or "ray", "address": address}
    return changed


def _search(
    directory: RunDirectory,
    prepared: Prepared,
    settings: FitSettings,
    observer: Observer,
    engines: Engines,
    budget: Budget,
    before: Evidence | None,
) -> Run:
    """Search from the beginning, or from the evidence that was found before."""
    with directory.lock():
        make = _maker(directory, settings, observer, engines)
        search = make(prepared, budget, "")
        search.save = directory.write_evidence
        search.audit = _audit(prepared, search.observer)
        rows = ScoredRows.of(prepared)
        note_reading(directory.path, rows)
        search.before_test = lambda scored: note_reading(
            directory.path, rows, networks_key(scored, prepared.table.fingerprint)
        )
        if settings.outer_folds:
            folds = outer_folds(prepared, settings.outer_folds)
            search_outer_folds(search, folds, make, before.outer if before else None)
        evidence = search.run()
        if search.model is not None:
            _save_model(directory, search)
            write_lock(directory, search.prepared.task, search.model)
        run = Run(directory.path, evidence, interrupted=search.interrupted)
        _examine(run, search, settings)
        search.observer.on_finished(evidence, run.report().parent)
        return run


def _maker(
    directory: RunDirectory, settings: FitSettings, observer: Observer, engines: Engines
) -> MakeSearch:
    """Say how to search prepared data: all of them, or those of an outer fold with a name."""
    model, pace = calibrated(settings.backend, settings.device, observer.on_note)
    told = tracked(observer, settings.trackers, directory.path)
    doctor = live_doctor(directory, told.on_finding)

    def make(prepared: Prepared, budget: Budget, name: str) -> Search:
        # outer folds are searched by every driver for itself, cohorts shared; trackers and doctor
        # do not see them
        sharing = None if name else engines.sharing
        engine_for = partial(engines.make, directory=directory.path)
        if not name:
            engine_for = partial(_watched, engines, directory, doctor)
        study = f"{STUDY}, {name}" if name else STUDY
        ledger = sharing.ledger if sharing else Ledger(directory.ledger, study)
        bounds = settings.bounds(max(len(f.train_starts) for f in prepared.data.folds))
        return Search(
            prepared=prepared,
            metric=settings.metric,
            settings=replace(bounds, watch=()) if name else bounds,
            engine=engine_for(prepared),
            budget=budget,
            observer=observer if name else told,
            foresight=Foresight(model=model, pace=pace),
            add_to_ledger=ledger.add,
            methods=KeptMethods(
                fingerprint=identity_of(prepared),
                metric=settings.metric,
                directory=directory.path,
            ),
            plan=_plan(prepared, settings, sharing, engine_for),
            all_sizes=not name,
        )

    return make


def _budget(settings: FitSettings, spent: float = 0.0) -> Budget:
    """The time that the user gives, counted from now."""
    if settings.strategy == "structured":
        return Budget(settings.budget_seconds, spent, growth_share=GROWTH_BEFORE_TUNING)
    return Budget(settings.budget_seconds, spent)


def _audit(prepared: Prepared, observer: Observer) -> AuditRecord:
    """Look for leaks before anything is trained, and say what was found."""
    found = audit(prepared)
    observer.on_note(audit_sentence(found))
    for check in (*found.failed, *found.warned):
        observer.on_note(f"audit      {check.status}: {check.seen}; {check.do}")
    return found


def _examine(run: Run, search: Search, settings: FitSettings) -> None:
    """Let the doctor look at what is quickly looked at."""
    model = None if search.model is None else run.model
    try:
        directory = RunDirectory(run.path)
        found = examine(directory, search.prepared, settings, run.evidence, model, train=False)
    except KeyboardInterrupt:  # everything else is on disk
        return
    directory.write_diagnosis(found)


def _watched(
    engines: Engines, directory: RunDirectory, doctor: LiveDoctor, prepared: Prepared
) -> Engine:
    """An engine for some data, with the doctor beside it."""
    return WatchedEngine(engines.make(prepared, directory.path), prepared.data, doctor)


def _plan(
    home: Prepared,
    settings: FitSettings,
    sharing: Sharing | None,
    engine_for: Callable[[Prepared], Engine],
) -> TuningPlan:
    """Say what to tune; the table is cut anew for each context length that is tried."""

    @cache
    def recut(length: int) -> Workplace:
        prepared = prepare_table(home.table, replace(home.task, context_length=length))
        return Workplace(prepared=prepared, engine=engine_for(prepared))

    return TuningPlan(
        ranges=settings.ranges or Ranges.model_validate({}),
        recut=recut,
        batches=sharing.batches if sharing else OwnBatches,
    )


def _source(directory: RunDirectory) -> Path:
    """Where the table is: a file of the user's, or the copy inside the run."""
    return directory.path / directory.read_record().source


def _save_model(directory: RunDirectory, search: Search) -> None:
    """Keep the network of the first fresh seed: which one was fixed before the test was opened."""
    if search.model is not None:
        SavedModel(
            architecture=search.model.experiment.architecture,
            task=search.prepared.task,
            scaling=Scaling.of(search.prepared),
            weights=torch.from_numpy(search.model.result.weights[:1].copy()),
        ).save(directory.model)


def _keep(frame: Any, directory: RunDirectory) -> str:
    """Copy a frame into the run, so that it can be resumed."""
    try:
        nw.from_native(read_table(frame), eager_only=True, pass_through=False).write_parquet(
            directory.path / _FRAME
        )
    except OSError as error:
        raise RunError(f"{directory.path} cannot be written: {error}; free space") from error
    return _FRAME


def _free_place(target: str) -> Path:
    name = "".join(c if c.isalnum() else "-" for c in target).strip("-") or "run"
    number = 1
    while (Path("runs") / f"{name}-{number}").exists():
        number += 1
    return Path("runs") / f"{name}-{number}"
