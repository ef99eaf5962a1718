import json
from xml.etree import ElementTree

import pytest

SIZES = ["--inputs", "8", "--context-length", "50", "--outputs", "1"]


def test_layers_are_told_and_drawn(cellwise):
    done = cellwise("explain", "lstm(100) > lstm(50)", *SIZES)
    assert done.code == 0
    for words in (
        "│ lstm(100)",
        "43,600 = 4H(F + H + 1) = 4·100·(8 + 100 + 1)",
        "layer 2: lstm(50)",
        "a dense connection from 100 to 4x50 gate inputs",
        "Are units time steps?",
    ):
        assert words in done.out


def test_json_is_one_object_on_stdout(cellwise):
    done = cellwise("explain", "lstm(4)", *SIZES, "--json", "--torch", "--keras")
    found = json.loads(done.out)
    assert done.out.count("\n") == 1
    assert found["layers"][0]["num_parameters"] == 208
    assert set(found["code"]) == {"keras", "torch"}


def test_drawing_is_written_to_a_file(cellwise, tmp_path):
    assert cellwise("explain", "[lstm(4) | gru(3)]", *SIZES, "--svg", "net.svg").code == 0
    assert ElementTree.parse(tmp_path / "net.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize(
    ("option", "line"), [("--torch", "import torch"), ("--keras", "import keras")]
)
def test_code_alone_is_printed(cellwise, option, line):
    done = cellwise("explain", "lstm(4)", *SIZES, option)
    assert done.out.splitlines()[0] == line
    compile(done.out, "code.py", "exec")


def test_torchs_bias_is_counted_on_demand(cellwise):
    assert (
        "weights   229 (two biases"
        in cellwise("explain", "lstm(4)", *SIZES, "--bias", "double").out
    )
    assert "weights   213 (one bias" in cellwise("explain", "lstm(4)", *SIZES).out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lstm(x)"], "position 6 of 'lstm(x)': expected the number of cells"),
        (["lstm(8) > lstm(16, residual)"], "adds what the layer reads, 8 values, to what it gives"),
        (["lstm(4, peephole)", "--torch"], "layer 1, lstm(4, peephole): torch has no peepholes"),
        (["lstm(4) > attention(2)", "--output-steps", "3"], "outputs at every step need a sequen"),
        (["lstm(4)", "--outputs", "0"], "output_size must be at least 1, got 0"),
        (["[a: lstm(4)]", "--columns", "a,b"], "inputs must be the 2 of --columns, got 8"),
        (["lstm(4)", "--svg", "none/net.svg"], "none/net.svg: No such file or directory"),
    ],
)
def test_what_cannot_be_explained_is_one_line(refused, words, message):
    assert message in refused("explain", words[0], *SIZES, *words[1:])


def test_columns_are_named(cellwise, refused):
    text, length = "[price: lstm(2) | y,temp: lstm(3)]", ("--context-length", "5")
    done = cellwise("explain", text, *length, "--columns", "y,temp,price", "--torch", "--keras")
    assert "x[..., [2]]" in done.out and "keras.ops.take(inputs, [0, 1], axis=-1)" in done.out
    told = cellwise("explain", text, *length, "--columns", "y,temp,price").out
    assert "branch 1 reads price alone; branch 2 reads y, temp alone." in " ".join(told.split())
    error = refused("explain", text, *length, "--columns", "y,temp,cost")
    assert "must have one column 'price', got 0; its columns are y, temp, cost" in error
    assert "inputs must be given, or columns" in refused("explain", "lstm(2)", *length)
