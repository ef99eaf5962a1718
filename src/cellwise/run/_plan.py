"""What a search will cost, before anything is trained."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from cellwise._device import choose_device
from cellwise._extension import num_threads
from cellwise.architecture import Architecture, RecurrentLayer
from cellwise.data import Prepared, outer_folds, prepare, prepare_table
from cellwise.kernels import choose_backend
from cellwise.records import CostRecord, DepthCost, PlanRecord
from cellwise.run._settings import FitSettings, check_settings
from cellwise.search import (
    LISTS,
    SAMPLERS,
    Budget,
    Foresight,
    Fortune,
    Observer,
    Ranges,
    RehearsalEngine,
    Search,
    SearchSettings,
    TuningPlan,
    Workplace,
    candidate_experiment,
)
from cellwise.training import CohortCost, calibrated

# Cells of the stacks that answer what layers cost
_STACK_CELLS = 16


def plan(
    table: Any,
    *,
    target: str,
    horizon: int,
    observer: Observer | None = None,
    **options: Any,
) -> PlanRecord:
    """Predict what `fit` would cost with the same options, without training.

    The search itself is walked through with made-up results: once as if no larger network helped,
    once as if every one did. Classical methods, the test and the report come on top.

    Args:
        table: As for `fit`.
        target: Column to forecast.
        horizon: Steps ahead.
        observer: Told when the machine is measured for the first time, which takes some seconds.
        **options: As for `fit`.

    Returns:
        Seconds and memory of every cohort; the search of an outer fold is one row.

    Raises:
        CellwiseError: If the table or an option cannot be used.
    """  # noqa: DOC502  raised by what this calls
    settings = check_settings({**options, "target": target, "horizon": horizon})
    if settings.engine == "local":
        choose_device(settings.device)
    prepared, watch = prepare(table, settings.task), observer or Observer()
    outer = outer_folds(prepared, settings.outer_folds)
    model, pace = calibrated(settings.backend, settings.device, watch.on_note)
    bounds = settings.bounds(max(len(fold.train_starts) for fold in prepared.data.folds))

    def walk(grows: bool) -> tuple[CostRecord, ...]:
        def search(data: Prepared, home: bool) -> tuple[CostRecord, ...]:
            foresight = Foresight(model=model, pace=pace)
            return _rehearse(data, settings, foresight, Fortune(grows), home=home)

        inside = [search(fold, False) for fold in outer]
        return (
            *(_outer_fold(n, costs) for n, costs in enumerate(inside, 1)),
            *search(prepared, True),
        )

    listed = settings.strategy in (*SAMPLERS, *LISTS)
    shortest = walk(grows=False)
    return PlanRecord(
        strategy=settings.strategy,
        shortest=shortest,
        longest=shortest if listed else walk(grows=True),
        depths=_depths(prepared, bounds, Foresight(model=model, pace=pace)),
        pace=pace,
        budget_seconds=settings.budget_seconds,
        outer_folds=len(outer),
        kernels=choose_backend(settings.backend, settings.device).name,
        num_threads=num_threads(),
    )


def _rehearse(
    prepared: Prepared,
    settings: FitSettings,
    foresight: Foresight,
    fortune: Fortune,
    *,
    home: bool,
) -> tuple[CostRecord, ...]:
    @cache
    def recut(length: int) -> Workplace:
        other = prepare_table(prepared.table, replace(prepared.task, context_length=length))
        return Workplace(prepared=other, engine=RehearsalEngine(other.data, fortune))

    bounds = settings.bounds(max(len(fold.train_starts) for fold in prepared.data.folds))
    search = Search(
        prepared=prepared,
        metric=settings.metric,
        settings=replace(bounds, budget_seconds=0.0, goal=0.0),
        engine=RehearsalEngine(prepared.data, fortune),
        budget=Budget(),
        foresight=foresight,
        all_sizes=home,
        plan=TuningPlan(ranges=settings.ranges or Ranges.model_validate({}), recut=recut),
    )
    return search.rehearse()


def _outer_fold(number: int, costs: Sequence[CostRecord]) -> CostRecord:
    """A whole search in an outer fold, as one row."""
    return CostRecord(
        stage=f"outer fold {number}",
        architecture="a whole search",
        num_models=sum(one.num_models for one in costs),
        predicted_seconds=sum(one.predicted_seconds for one in costs),
        least_seconds=sum(one.least_seconds for one in costs),
        most_seconds=sum(one.most_seconds for one in costs),
        predicted_bytes=max(one.predicted_bytes for one in costs),
    )


def _depths(
    prepared: Prepared, bounds: SearchSettings, foresight: Foresight
) -> tuple[DepthCost, ...]:
    """Stacks of equal layers, as cohorts of growth."""
    cells = min(_STACK_CELLS, bounds.max_cells)
    layer = RecurrentLayer(cell=bounds.cell, hidden_size=cells)
    seconds = []
    for depth in range(1, bounds.max_layers + 1):
        stack = Architecture(layers=(layer,) * depth)
        experiment = candidate_experiment(
            stack, bounds, len(prepared.data.folds), bounds.learning_rate
        )
        cost = CohortCost.of(foresight.model, experiment, prepared.data)
        seconds.append(foresight.pace * cost.epoch_seconds(len(experiment.members)))
    return tuple(
        DepthCost(num_layers=n, hidden_size=cells, epoch_seconds=s, ratio=s / seconds[0])
        for n, s in enumerate(seconds, 1)
    )
