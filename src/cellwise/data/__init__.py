"""Tables: checks, scaling, windows and folds."""

from cellwise.data._batch import WindowReader
from cellwise.data._calendar import calendar_features
from cellwise.data._columns import default_target, resolve_columns
from cellwise.data._dataset import Floats, Fold, ForecastData, Rows, SeriesSpan
from cellwise.data._folds import default_context
from cellwise.data._frequency import Frequency
from cellwise.data._future import FutureWindows, future_windows
from cellwise.data._gains import anchors, measure_gains
from cellwise.data._metrics import METRICS, all_errors, summarise, to_original, window_errors
from cellwise.data._outer import outer_folds
from cellwise.data._prepare import Prepared, prepare, prepare_table
from cellwise.data._read import read_table
from cellwise.data._scaling import Scaling
from cellwise.data._streams import Flags, Histories, histories, training_streams
from cellwise.data._table import CheckedTable
from cellwise.data._task import ForecastTask, Metric

__all__ = [
    "METRICS",
    "CheckedTable",
    "Flags",
    "Floats",
    "Fold",
    "ForecastData",
    "ForecastTask",
    "Frequency",
    "FutureWindows",
    "Histories",
    "Metric",
    "Prepared",
    "Rows",
    "Scaling",
    "SeriesSpan",
    "WindowReader",
    "all_errors",
    "anchors",
    "calendar_features",
    "default_context",
    "default_target",
    "future_windows",
    "histories",
    "measure_gains",
    "outer_folds",
    "prepare",
    "prepare_table",
    "read_table",
    "resolve_columns",
    "summarise",
    "to_original",
    "training_streams",
    "window_errors",
]
