import json

import pytest

QUICK = ["--steps", "20", "--seeds", "1"]


@pytest.mark.parametrize("kind", ["bits", "reals", "echo", "memory"])
def test_every_experiment_says_what_it_cost_and_in_which_direction_it_errs(cellwise, kind):
    done = cellwise("capacity", "rnn(2)", "--measure", kind, *QUICK, "--json")
    assert done.code == 0 and done.err == ""
    found = json.loads(done.out)
    assert (found["kind"], found["architecture"]) == (kind, "rnn(2)")
    assert "at most 20 steps" in found["budget"] and "lower bound" in found["bound"].lower()


@pytest.mark.parametrize("kind", ["freedom", "shuffled"])
def test_data_come_from_a_table_or_from_a_run(cellwise, finished, kind):
    ask = ["capacity", "rnn(2)", "--measure", kind, *QUICK, "--json"]
    by_run = json.loads(cellwise(*ask, "--run", finished.path).out)
    assert by_run["kind"] == kind and by_run["rows"]
    by_table = cellwise(*ask, "--table", finished.table, "--target", "y", "--horizon", "2")
    assert json.loads(by_table.out)["kind"] == kind


def test_text_for_people(cellwise):
    done = cellwise("capacity", "rnn(2)", "--measure", "reals", *QUICK, "--budget", "30s")
    assert done.code == 0
    assert "real numbers in 2 cells" in done.out and "Budget:" in done.out


def test_map_of_layers_and_cells(cellwise):
    ask = ["capacity", "rnn(2)", "--measure", "echo", *QUICK, "--layers", "1,2", "--cells", "2,3"]
    assert len(json.loads(cellwise(*ask, "--json").out)) == 4
    assert "3 cells" in cellwise(*ask).out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["poetry"], "measure must be one of bits, reals, echo"),
        (["bits", "--steps", "x"], "steps must be a whole number, got 'x'"),
        (["bits", "--seeds", "-1"], "seeds must be at least 1"),
        (["bits", "--cells", "4,8"], "layers and cells make a map of echo, got --measure bits"),
        (["echo", "--cells", "4,x"], "cells must be a whole number, got 'x'"),
        (["bits", "--budget", "soon"], "budget must be a duration"),
        (["bits", "--seeds", "0"], "seeds must be at least 1, got 0"),
        (["bits", "--steps", "0"], "steps must be at least 1, got 0"),
        (["bits", "--seed", "-1"], "seed must be at least 0, got -1"),
        (["echo", "--cells", "999999"], "rnn(999999) needs "),
        (["freedom"], "needs --run RUN, or --table, --target and --horizon; table is absent"),
        (["shuffled", "--run", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_one_line(refused, words, line):
    assert line in refused("capacity", "rnn(2)", "--measure", *words)


def test_without_measure_the_data_must_be_told(refused):
    assert "inputs must be given, with --inputs, or use --measure" in refused("capacity", "lstm(3)")
