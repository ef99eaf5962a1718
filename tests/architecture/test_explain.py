import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cellwise
from cellwise.architecture import Architecture, explain


def test_layers_come_with_the_output_layer_last():
    found = explain("lstm(100) > lstm(50)", input_size=8, context_length=20, output_size=3)
    assert [one.place for one in found.layers] == ["layer 1", "layer 2", "output layer"]
    assert [one.reads for one in found.layers] == ["(20, 8)", "(20, 100)", "(50,)"]
    assert [one.gives for one in found.layers] == ["(20, 100)", "(20, 50)", "(3,)"]
    assert [one.returns for one in found.layers] == ["all", "last", "last"]
    assert [one.num_parameters for one in found.layers] == [43600, 30200, 153]


def test_a_dense_layer_above_the_last_step_reads_that_step_alone():
    layer = explain("lstm(4) > dense(3)", input_size=8, context_length=20).layers[1]
    assert (layer.reads, layer.gives, layer.runs) == ("(4,)", "(3,)", 1)


def test_every_step_may_be_read():
    found = explain("lstm(4)", input_size=8, context_length=20, output_steps=5)
    assert (found.layers[-1].reads, found.layers[-1].gives) == ("(5, 4)", "(5, 1)")
    assert found.layers[-1].runs == 5


def test_totals_are_the_architectures():
    found = explain("bilstm(6) > gru(4)", input_size=3, context_length=9, output_size=2)
    net = Architecture.parse("bilstm(6) > gru(4)")
    sizes = {"input_size": 3, "output_size": 2}
    assert found.num_parameters == net.num_parameters(**sizes)
    assert found.num_parameters_double_bias == net.num_parameters(**sizes, bias="double")
    assert found.num_flops == net.num_flops(**sizes, num_steps=9)
    assert found.weight_bytes == 4 * found.num_parameters


@settings(max_examples=50)
@given(st.data())
def test_layers_add_up_to_the_whole(architectures, data):
    net = data.draw(architectures)
    found = explain(net, input_size=4, context_length=7, output_size=2)
    assert sum(one.num_parameters for one in found.layers) == found.num_parameters
    assert sum(one.num_flops * one.runs for one in found.layers) == found.num_flops


def test_plain_values_are_json():
    plain = explain("lstm(4)", input_size=8, context_length=20).to_dict()
    assert json.loads(json.dumps(plain))["layers"][0]["formula"] == "4H(F + H + 1)"
    assert "svg" not in plain


@pytest.mark.parametrize("name", ["input_size", "context_length", "output_size"])
def test_sizes_must_be_positive(name):
    sizes = {"input_size": 1, "context_length": 1, "output_size": 1} | {name: 0}
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        explain("lstm(4)", **sizes)


def test_it_is_a_public_name():
    assert cellwise.explain is explain


def test_it_needs_no_torch():
    code = (
        "import sys, cellwise; cellwise.explain('lstm(3)', input_size=1, context_length=2); "
        "from cellwise.export import keras_code, torch_code; print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_bias_is_counted_the_same_way_everywhere():
    text, sizes = "lstm(3) > gru(2)", {"input_size": 2, "context_length": 4}
    single, double = (explain(text, **sizes, bias=bias) for bias in ("single", "double"))
    assert (single.num_parameters, double.num_parameters) == (117, 117)
    assert sum(one.num_parameters for one in double.layers) == 129
    assert double.layers[0].numbers == "4·3·(2 + 3 + 2)"
    assert "84 weights" in double.drawing and "84 weights" in double.svg
    assert "72 weights" in single.drawing and "72 weights" not in double.drawing
    assert double.weight_bytes == 4 * 129 and "has 129" in double.questions[0].answer
    assert double.to_dict()["bias"] == "double"


def test_an_encoder_keeps_nothing_of_its_own():
    found = explain("encoder(gru(4)) > decoder(gru(4))", input_size=3, context_length=9)
    assert (found.layers[0].num_flops, found.layers[0].num_bytes) == (0, 0)
