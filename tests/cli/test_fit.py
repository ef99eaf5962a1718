import json

import numpy as np
import polars as pl
import pytest

from cellwise import Run

KEYS = {
    *("verdict", "architecture", "num_parameters", "benchmark", "p_value"),
    *("validation", "test", "noise_floor", "seconds", "run", "audit", "outer"),
}


def csv(path, **columns):
    pl.DataFrame(columns).write_csv(path)
    return path


@pytest.fixture
def out(tmp_path):
    return tmp_path / "run"


def test_prints_one_json_object_on_stdout(cellwise, table, out, options):
    done = cellwise("fit", table, *options, "--out", out, "--json")
    assert done.code == 0
    found = json.loads(done.out)
    assert done.out.count("\n") == 1 and set(found) == KEYS
    verdict = Run.open(out).verdict
    assert found["verdict"] == verdict.kind and found["run"] == str(out)
    assert found["num_parameters"] == verdict.num_parameters
    assert found["test"]["network"]["mse"] == verdict.network_test.mse


def test_prints_progress_verdict_and_report(cellwise, table, out, options):
    done = cellwise("fit", table, *options, "--out", out)
    assert done.code == 0 and done.err == ""
    assert "baseline   ridge" in done.out and "width      lstm(2): error" in done.out
    assert Run.open(out).verdict.sentence in " ".join(done.out.replace("│", " ").split())
    assert f"report: {out}/report.html" in done.out


def test_missing_file_is_named(refused, out, options):
    assert "nowhere.csv does not exist" in refused("fit", "nowhere.csv", *options, "--out", out)


def test_empty_table_is_refused(refused, tmp_path, options):
    (tmp_path / "e.csv").write_text("y\n")
    assert "must have at least one row" in refused("fit", tmp_path / "e.csv", *options)


def test_empty_file_is_refused(refused, tmp_path, options):
    (tmp_path / "e.csv").write_text("")
    assert "e.csv" in refused("fit", tmp_path / "e.csv", *options)


def test_unknown_column_names_the_nearest(refused, tmp_path, options):
    path = csv(tmp_path / "t.csv", load=np.arange(9.0), temperature=np.arange(9.0))
    line = refused("fit", path, *options, "--target", "temprature")
    assert "'temprature'" in line and "'temperature'" in line


def test_table_without_a_usual_target_asks_for_one(refused, tmp_path, options):
    path = csv(tmp_path / "t.csv", load=np.arange(9.0), temp=np.arange(9.0))
    assert "use --target with one of load, temp" in refused("fit", path, *options)


def test_text_in_a_numeric_column_names_the_row(refused, tmp_path, options):
    values = [str(v) for v in range(300)]
    values[41] = "oops"
    line = refused("fit", csv(tmp_path / "t.csv", y=values), *options)
    assert "column 'y', row 42: 'oops' is not a number" in line


def test_constant_target_is_refused(refused, tmp_path, options):
    line = refused("fit", csv(tmp_path / "t.csv", y=np.full(300, 7.0)), *options)
    assert "column 'y' must vary" in line


def test_too_few_rows_say_how_many_are_needed(refused, tmp_path, options):
    line = refused("fit", csv(tmp_path / "t.csv", y=np.arange(15.0) ** 2), *options)
    assert "needs at least" in line and "got 15" in line


def test_missing_values_are_refused_with_the_way_out(refused, tmp_path, options):
    values = [float(v) for v in range(300)]
    values[10] = None
    assert "--missing" in refused("fit", csv(tmp_path / "t.csv", y=values, x=range(300)), *options)


def test_duplicate_times_are_refused(refused, tmp_path, options):
    times = np.datetime64("2024-01-01", "D") + np.r_[0, np.arange(299)]
    line = refused("fit", csv(tmp_path / "t.csv", ds=times, y=np.arange(300.0) % 7), *options)
    assert "2024-01-01" in line


def test_columns_of_the_same_name_are_refused(refused, tmp_path, options):
    (tmp_path / "t.csv").write_text("y,y\n1,2\n3,4\n")
    assert "columns of the same name" in refused("fit", tmp_path / "t.csv", *options)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--horizon", "0"], "horizon must be at least 1, got 0"),
        (["--split", "a,b,c"], "split must be numbers such as 0.6,0.2,0.2, got 'a,b,c'"),
        (["--split", "0.5,0.5"], "split"),
        (["--context-length", "long"], "context_length must be a whole number or auto, got 'long'"),
        (["--budget", "soon"], "budget must be a duration such as 90s, 5m or 1h, got 'soon'"),
        (["--metric", "r2"], "metric: "),
        (["--cell", "cnn"], "cell: "),
        (["--max-cells", "1"], "max_cells: "),
        (["--folds", "1"], "folds: "),
        (["--known-covariates", "k"], "column 'k' is not in the table"),
        (["--time", "when"], "column 'when' is not in the table"),
    ],
)
def test_bad_option_is_one_line(extra, message, refused, table, out, options):
    assert refused("fit", table, *options, *extra, "--out", out).startswith(f"error: {message}")
    assert not out.exists()


def test_existing_run_names_resume_and_force(refused, finished, table, options):
    line = refused("fit", table, *options, "--out", finished.path)
    assert f"cellwise resume {finished.path}" in line and "--force" in line


def test_foreign_directory_is_left_alone(refused, table, tmp_path, options):
    line = refused("fit", table, *options, "--out", tmp_path, "--force")
    assert "nothing is removed" in line and table.exists()


def test_force_replaces_an_earlier_run(cellwise, table, out, options):
    assert cellwise("fit", table, *options, "--out", out, "--max-cells", "2").code == 0
    assert cellwise("fit", table, *options, "--out", out, "--force").code == 0
    assert len(Run.open(out).evidence.candidates) == 2


def test_one_outer_fold_is_refused_since_it_has_no_spread(refused, table, options):
    line = refused("fit", table, *options, "--outer-folds", 1)
    assert "outer_folds must be at least 2, or 0 for none, got 1" in line


def test_outer_folds_are_printed(cellwise, table, options):
    done = cellwise("fit", table, *options, "--outer-folds", 2, "--out", "run")
    assert done.code == 0 and "outer fold 1 of 2: a whole search on 180 rows" in done.out
    assert "Honest MSE: " in done.out and "Choices in time order: lstm(" in done.out
