"""The code is executed on Keras's torch backend, in a process of its own: the backend is global."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

from cellwise.architecture import Architecture
from cellwise.export import keras_code

TEXTS = [
    "lstm(5)",
    "2*gru(5, dropout=0.1)",
    "gru(5, reset_before)",
    "rnn(5, activation=relu) > rnn(3)",
    "lstm(5, activation=relu, gate_activation=hard_sigmoid, recurrent_dropout=0.1)",
    "bilstm(4) > lstm(3)",
    *(f"bigru(4, merge={merge}) > dropout(0.2)" for merge in ("sum", "mul", "ave", "none")),
    "lstm(4) > 3*lstm(4, residual) > lstm(4, highway)",
    "lstm(4, to_output, from_input) > lstm(3, to_output, from_input) > lstm(2, from_input)",
    "dense(4, tanh) > norm > lstm(4) > lstm(4, init_from_below)",
    "conv(3) > conv(2, 5, relu) > gru(4, output=2)",
    "lstm(3) > conv(3)",
    "embed(9, 4) > lstm(3, from_input) > lstm(3, from_input)",
    "[a,b: lstm(4) > norm | c: gru(3)] > dense(4, hard_sigmoid)",
    "[lstm(4, to_output) > lstm(2) | bigru(3)]",
    "lstm(4) > attention(2) > dense(3, sigmoid)",
    "[lstm(4) > attention(2) | attention(3)]",
]
PAIRS = [
    "encoder(lstm(4)) > decoder(lstm(4))",
    "encoder(lstm(4)) > decoder(dense(3) > norm > lstm(4), attention=additive)",
    "encoder(embed(9, 2) > gru(3)) > decoder(embed(2, 4) > gru(3), attention=dot)",
]
POOLED = [text for text in TEXTS if "attention" in text]
SIZES = {"input_size": 3, "context_length": 6, "output_size": 2}
RUNNER = """
import json, sys, numpy as np
found = []
for code in json.load(sys.stdin):
    names = {}
    exec(code, names)
    model = names["model"]
    shape = list(model(np.ones((7, 6, 3), "float32")).shape)
    if "training_model" in names:
        target = np.zeros([7, *names["targets"].shape[1:]], "float32")
        shape.append(list(names["training_model"]([np.ones((7, 6, 3)), target]).shape))
    found.append([shape, model.count_params()])
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def built():
    """Give what each model puts out, and its weights: for the last step and for the last four."""
    if find_spec("keras") is None:  # importing it here would settle its backend
        pytest.skip("needs keras")
    cases = [(text, 0) for text in TEXTS] + [(t, 4) for t in TEXTS if t not in POOLED]
    cases += [(text, 4) for text in PAIRS]
    codes = [
        keras_code(Architecture.parse(text), **SIZES, output_steps=steps) for text, steps in cases
    ]
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps(codes),
        env=os.environ | {"KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip(cases, json.loads(done.stdout.splitlines()[-1]), strict=True))


@pytest.mark.parametrize("text", TEXTS)
def test_runs_and_has_as_many_weights(text, built):
    shape, weights = built[(text, 0)]
    assert shape == [7, 2]
    assert weights == Architecture.parse(text).num_parameters(input_size=3, output_size=2)


@pytest.mark.parametrize("text", [text for text in TEXTS if text not in POOLED])
def test_reads_the_last_steps_where_several_are_asked_for(text, built):
    assert built[(text, 4)][0] == [7, 4, 2]


@pytest.mark.parametrize("text", PAIRS)
def test_a_decoder_writes_step_by_step_and_is_fed_the_truth_in_training(text, built):
    shape, weights = built[(text, 4)]
    assert shape == [7, 4, 2, [7, 4, 2]]
    assert weights == Architecture.parse(text).num_parameters(input_size=3, output_size=2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lstm(3) > lstm(3, peephole)", "layer 2, lstm(3, peephole): keras has no peepholes"),
        ("lstm(3, proj=2)", "layer 1, lstm(3, proj=2): keras has no recurrent projection (proj)"),
        ("lstm(3, learn_state)", "keras has no learned first state"),
        ("bilstm(3) > bilstm(3, init_from_below)", "first state of two directions from below"),
        ("bilstm(3, to_output) > lstm(3)", "keras has no way to read the end of two directions"),
        ("encoder(lstm(3)) > decoder(lstm(3, ln))", "decoder, layer 1, lstm(3, ln): keras has no"),
    ],
)
def test_the_first_layer_that_keras_lacks_is_named(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        keras_code(Architecture.parse(text), **SIZES)
