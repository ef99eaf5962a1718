import json
import subprocess
import sys

import pytest

DATA = ["--inputs", "8", "--outputs", "1", "--length", "50", "--samples", "5000"]


def test_question_of_the_source_is_answered_on_one_screen(cellwise):
    done = cellwise("capacity", "2*lstm(64)", "--against", "4*lstm(32)", *DATA)
    assert done.code == 0 and done.err == ""
    assert done.out.count("\n") <= 48
    assert "2*lstm(64) is 1.7 times as complex as 4*lstm(32)" in " ".join(done.out.split())


def test_json_is_one_object_with_everything(cellwise):
    done = cellwise("capacity", "2*lstm(64)", "--against", "4*lstm(32)", *DATA, "--json")
    assert done.code == 0 and done.out.count("\n") == 1
    found = json.loads(done.out)
    assert set(found) == {"question", "architectures", "budget", "equal_budget", "sentences"}
    statements = {one["key"]: one for one in found["architectures"][0]["statements"]}
    assert statements["occam_32"]["verdict"] == "says nothing here: above 1"
    assert len(found["equal_budget"]) == 6


def test_answer_comes_at_once_and_without_torch():
    code = (
        "import sys, time, resource\n"
        "from cellwise.cli import main\n"
        f"sys.argv = ['cellwise', 'capacity', '2*lstm(64)', '--against', '4*lstm(32)', *{DATA}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "used = resource.getrusage(resource.RUSAGE_SELF).ru_utime\n"
        "heavy = [m for m in ('torch', 'numpy', 'scipy', 'pyarrow') if m in sys.modules]\n"
        "print(used, heavy, sep=';', file=sys.stderr)\n"
    )
    tries = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    used, heavy = zip(*(done.stderr.strip().split(";") for done in tries), strict=True)
    assert set(heavy) == {"[]"}
    # seconds of this process: the wall clock belongs to whatever else the machine does
    assert min(map(float, used)) < 0.5


def test_budget_replaces_that_of_the_architecture(cellwise):
    done = cellwise("capacity", "lstm(8)", *DATA, "--budget-parameters", "20,000", "--json")
    assert json.loads(done.out)["budget"] == {"kind": "parameters", "amount": 20000.0}
    done = cellwise("capacity", "lstm(8)", *DATA, "--budget-seconds", "2")
    assert "Equal budget: 2 seconds" in done.out


def test_options_reach_the_question(cellwise):
    done = cellwise(
        *("capacity", "lstm(8)", *DATA, "--json", "--stride", "1", "--memory", "12"),
        *("--task", "classification", "--target-bits", "3", "--batch-size", "16"),
    )
    found = json.loads(done.out)["question"]
    assert (found["stride"], found["memory"], found["batch_size"]) == (1, 12, 16)
    assert (found["task"], found["target_bits"]) == ("classification", 3.0)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["", *DATA], "expected a layer"),
        (["tree(3)", *DATA], "read 'tree'"),
        (["lstm(0)", *DATA], "lstm(0)"),
        (["lstm(3)", *DATA, "--against", "lstm"], "expected '('"),
        (["lstm(99999999)", *DATA], "at most 1,000,000 cells"),
        (["lstm(" + "9" * 5000 + ")", *DATA], "at most 2,000 characters"),
        (["lstm(3)", *DATA[:-1], "nan"], "samples must be a whole number, got 'nan'"),
        (["lstm(3)", *DATA[:-1], "-5"], "samples must be a whole number from 1"),
        (["lstm(3)", *DATA[:-1], ""], "samples must be a whole number, got ''"),
        (["lstm(3)", *DATA[:-1], "9" * 5000], "samples must be a whole number"),
        (["lstm(3)", *DATA, "--length", "1e9"], "length must be a whole number"),
        (["lstm(3)", *DATA, "--inputs", "0"], "inputs must be a whole number from 1"),
        (["lstm(3)", *DATA, "--task", "poetry"], "task must be one of"),
        (["lstm(3)", *DATA, "--target-bits", "inf"], "target_bits must be finite"),
        (["lstm(3)", *DATA, "--target-bits", "x"], "target_bits must be a number"),
        (["lstm(3)", *DATA, "--budget-flops", "nan"], "budget_flops must be finite"),
        (["lstm(3)", *DATA, "--budget-flops", "-1"], "budget of flops must be above 0"),
        (
            ["lstm(3)", *DATA, "--budget-flops", "9", "--budget-seconds", "1"],
            "only one budget can be held equal, got --budget-flops and --budget-seconds",
        ),
    ],
)
def test_bad_input_is_one_line(words, line, refused):
    assert line in refused("capacity", *words)


def test_help_names_the_options(cellwise):
    done = cellwise("capacity", "--help")
    assert done.code == 0
    for option in ("--against", "--inputs", "--samples", "--budget-parameters", "--json"):
        assert option in done.out


def test_bounds_on_a_trained_run(cellwise, finished):
    done = cellwise("capacity", "--run", finished.path)
    assert done.code == 0 and "true error, at most, Occam, 32 bits a weight" in done.out
    found = json.loads(cellwise("capacity", "--run", finished.path, "--json").out)
    assert found["architecture"] == finished.run.verdict.architecture
    assert {one["key"] for one in found["statements"]} >= {"occam_32_error", "chen_beta"}


def test_a_run_has_its_own_numbers(refused, finished):
    assert "--run has its own inputs" in refused("capacity", "--run", finished.path, "--inputs", 3)
    assert "an architecture must be given" in refused("capacity")
