import gzip

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import csv, feather, parquet

from cellwise.data import ForecastTask, prepare, read_table
from cellwise.data._columns import numeric


@pytest.fixture
def table(hourly):
    return hourly(300).to_arrow()


def _written(kind, table, folder):
    path = folder / f"table.{kind}"
    if kind == "csv":
        csv.write_csv(table, path)
    elif kind == "csv.gz":
        csv.write_csv(table, folder / "plain.csv")
        path.write_bytes(gzip.compress((folder / "plain.csv").read_bytes()))
    elif kind == "parquet":
        parquet.write_table(table, path)
    else:
        feather.write_feather(table, str(path))
    return path


def _source(kind, table, folder):
    frames = {"pandas": table.to_pandas, "polars": lambda: pl.from_arrow(table)}
    if kind in frames:
        return frames[kind]()
    return table if kind == "pyarrow" else _written(kind, table, folder)


@pytest.mark.parametrize(
    "kind", ["csv", "csv.gz", "parquet", "feather", "arrow", "pandas", "polars"]
)
def test_every_kind_of_table_gives_the_same_arrays(kind, table, tmp_path):
    task = ForecastTask(target="load", horizon=6, time="t", known_covariates=("temp",))
    expected = prepare(table, task)
    found = prepare(_source(kind, table, tmp_path), task)
    for name in ("target", "known", "calendar"):
        np.testing.assert_array_equal(getattr(found.data, name), getattr(expected.data, name))
    np.testing.assert_array_equal(found.table.times, expected.table.times)
    assert found.table.fingerprint == expected.table.fingerprint


def test_csv_reads_missing_texts_and_booleans(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n1,TRUE,x\nNA,FALSE,\n,TRUE,null\nNaN,FALSE,y\n")
    frame = read_table(path)
    np.testing.assert_array_equal(numeric(frame, "a"), [1, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(numeric(frame, "b"), [1, 0, 1, 0])
    assert frame["c"].to_list() == ["x", None, None, "y"]


def test_csv_whose_integers_turn_into_decimals_late_is_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("value\n" + "1234567\n" * 300_000 + "0.5\n")
    assert numeric(read_table(path), "value")[-1] == 0.5


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_with_another_delimiter_is_read(delimiter, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f"a{delimiter}b\n1{delimiter}2\n")
    assert read_table(path).columns == ["a", "b"]


def test_byte_order_mark_is_no_part_of_a_name(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\n1,2\n")
    assert read_table(path).columns == ["a", "b"]


def test_named_pandas_index_becomes_a_column():
    index = pd.date_range("2024-01-01", periods=3, freq="h", name="when")
    assert read_table(pd.DataFrame({"y": [1.0, 2, 3]}, index=index)).columns == ["when", "y"]


def test_numbered_pandas_columns_are_named_by_their_numbers():
    assert read_table(pd.DataFrame(np.ones((2, 2)))).columns == ["0", "1"]


def test_narwhals_frame_is_taken():
    assert read_table(nw.from_native(pl.DataFrame({"y": [1]}))).columns == ["y"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.csv", None, r"gone\.csv does not exist; check the path"),
        ("a.xlsx", b"x", r"a\.xlsx must end in one of \.csv, "),
        ("empty.csv", b"", r"empty\.csv cannot be read: Empty CSV file"),
        ("head.csv", b"a,b\n", r"head\.csv must have at least one row, got none"),
        ("latin.csv", b"name,v\nM\xfcnchen,1\n", r"latin\.csv is not UTF-8 text in column 'name'"),
        ("head8.csv", b"M\xfcnchen,v\n1,1\n", r"head8\.csv is not UTF-8 text; save it as UTF-8"),
        ("ragged.csv", b"a,b\n1,2,3\n", r"ragged\.csv cannot be read: CSV parse error"),
        ("twice.csv", b"a,a\n1,2\n", r"twice\.csv has columns of the same name \('a' 2 times\)"),
        ("bad.parquet", b"no parquet", r"bad\.parquet cannot be read: "),
        ("bad.feather", b"no feather", r"bad\.feather cannot be read: "),
        ("bad.csv.gz", b"no gzip", r"bad\.csv\.gz cannot be read: "),
    ],
)
def test_unreadable_file_is_refused_in_one_line(name, content, message, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        read_table(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_directory_is_refused(tmp_path):
    with pytest.raises(ValueError, match="is a directory; name one file in it"):
        read_table(str(tmp_path))


@pytest.mark.parametrize("thing", [[1, 2], np.ones(3), pl.LazyFrame({"a": [1]})])
def test_other_objects_are_refused(thing):
    with pytest.raises(
        ValueError, match="must be a path or a pandas, polars or pyarrow data frame"
    ):
        read_table(thing)


def test_pandas_frame_with_doubled_columns_is_refused():
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(ValueError, match=r"the table has columns of the same name \('a' 2 times\)"):
        read_table(frame)


def test_frame_without_rows_is_refused():
    with pytest.raises(ValueError, match="the table must have at least one row, got none"):
        read_table(pa.table({"y": pa.array([], pa.float64())}))
