import polars as pl
import pytest

from cellwise import _errors
from cellwise.data import ForecastTask, read_table
from cellwise.data._raw import gather

TASK = ForecastTask(target="y", horizon=1, series="s")


def test_missing_series_name_is_refused():
    frame = pl.DataFrame({"s": ["a", None], "y": [1.0, 2.0]})
    with pytest.raises(_errors.DataError, match="series column 's', row 2: must name a series"):
        gather(read_table(frame), TASK)


def test_series_may_be_numbers():
    raw = gather(read_table(pl.DataFrame({"s": [7, 3, 7], "y": [1.0, 2.0, 3.0]})), TASK)
    assert raw.series == ("7", "3")
    assert raw.where(1) == "series '7', row 3"
