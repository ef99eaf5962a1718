"""What a run says of its data."""

from cellwise.data import Metric, Prepared
from cellwise.records import DataRecord


def data_record(prepared: Prepared, metric: Metric) -> DataRecord:
    """Describe the data of a run.

    Args:
        prepared: The data.
        metric: Decision metric.

    Returns:
        The record.
    """
    data, table = prepared.data, prepared.table
    flag = ("over_horizon",) if data.runs_over_horizon else ()
    return DataRecord(
        target=prepared.task.target,
        horizon=data.horizon,
        context_length=data.context_length,
        metric=metric,
        num_rows=len(data.target),
        num_series=len(data.series),
        num_windows=(
            len(data.folds[0].train_starts),
            sum(len(fold.val_starts) for fold in data.folds),
            len(data.test.val_starts),
        ),
        input_size=data.input_size,
        output_size=data.output_size,
        num_steps=data.num_steps,
        frequency=table.frequency.words if table.frequency else "",
        season_length=data.season_length,
        features=(
            prepared.task.target,
            *flag,
            *data.past_names,
            *data.known_names,
            *data.calendar_names,
        ),
        notes=prepared.notes,
        fingerprint=table.fingerprint,
    )
