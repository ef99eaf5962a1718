import polars as pl
import pytest


@pytest.mark.parametrize(("name", "read"), [("f.csv", pl.read_csv), ("f.parquet", pl.read_parquet)])
def test_forecasts_are_written(name, read, cellwise, finished, tmp_path):
    done = cellwise("predict", finished.path, finished.table, "--out", tmp_path / name)
    assert done.code == 0
    assert done.out == f"2 forecasts written to {tmp_path / name}\n"
    found = read(tmp_path / name)
    assert found.columns == ["step", "forecast"] and found["step"].to_list() == [1, 2]
    expected = finished.run.predict(finished.table)["forecast"].to_pylist()
    assert found["forecast"].to_list() == pytest.approx(expected)


def test_verdict_for_the_benchmark_is_called_to_mind(cellwise, finished, tmp_path):
    done = cellwise("predict", finished.path, finished.table, "--out", tmp_path / "f.csv")
    told = "note: the verdict of this run is to use" in done.err
    assert told == (finished.run.verdict.kind == "use_benchmark")


def test_other_endings_are_refused(refused, finished):
    line = refused("predict", finished.path, finished.table, "--out", "f.xlsx")
    assert "out must end in .csv or .parquet, got 'f.xlsx'" in line


def test_short_history_is_one_line(refused, finished, make_table, tmp_path):
    make_table(5).write_csv(tmp_path / "short.csv")
    line = refused("predict", finished.path, tmp_path / "short.csv", "--out", tmp_path / "f.csv")
    assert "must have at least 8 rows with y" in line and "got 5" in line
    assert not (tmp_path / "f.csv").exists()


def test_missing_column_is_one_line(refused, finished, tmp_path):
    pl.DataFrame({"x": range(20)}).write_csv(tmp_path / "x.csv")
    line = refused("predict", finished.path, tmp_path / "x.csv", "--out", tmp_path / "f.csv")
    assert "column 'y' is not in the table" in line


def test_missing_table_is_one_line(refused, finished):
    assert "none.csv does not exist" in refused("predict", finished.path, "none.csv")


def test_absent_run_is_one_line(refused, table):
    assert "must be a run directory" in refused("predict", "/nowhere", table)


def test_place_that_cannot_be_written_is_named(cellwise, finished, tmp_path):
    (tmp_path / "file").write_text("")
    done = cellwise("predict", finished.path, finished.table, "--out", tmp_path / "file" / "f.csv")
    assert done.code == 2 and done.out == ""
    assert "f.csv cannot be written: " in done.err.splitlines()[-1]
