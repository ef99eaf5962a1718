"""Weights to Keras and back, in a process of its own on Keras's torch backend."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

PAIRS = (Path(__file__).parent / "pairs.txt").read_text().splitlines()
STRAIGHT = [
    "lstm(5)",
    "2*gru(5, dropout=0.1)",
    "gru(5, reset_before)",
    "rnn(5, activation=relu) > rnn(3)",
    "lstm(5, activation=relu, gate_activation=hard_sigmoid, recurrent_dropout=0.1)",
    "bilstm(4) > lstm(3)",
    *(f"bigru(4, merge={merge}) > dropout(0.2)" for merge in ("sum", "mul", "ave")),
    "birnn(4) > dense(3, tanh)",
    "dense(4, tanh) > norm > lstm(4) > dense(3, sigmoid)",
    "conv(3) > conv(2, 5, relu) > gru(4)",
    "lstm(4, stateful) > dense(3) > gru(2, stateful)",
]
BRANCHED = [
    "bigru(4, merge=none) > dropout(0.2)",
    "lstm(4) > 3*lstm(4, residual) > lstm(4, highway)",
    "dense(8) > bilstm(4, residual)",
    "dense(8) > bigru(4, highway)",
    "lstm(4, to_output, from_input) > lstm(3, to_output, from_input) > lstm(2, from_input)",
    "dense(4, tanh) > norm > lstm(4) > lstm(4, init_from_below)",
    "gru(4, output=2)",
    "lstm(3) > conv(3)",
    "norm > dense(3)",
    "[a,b: lstm(4) > norm | c: gru(3)] > dense(4, hard_sigmoid)",
    "[lstm(4, to_output) > lstm(2) | bigru(3) | dense(2)]",
    "lstm(4) > attention(2) > dense(3, sigmoid)",
    "[lstm(4) > attention(2) | attention(3)]",
    *PAIRS,
]
TOKENS = ["embed(9, 4) > lstm(3, from_input) > lstm(3, from_input)", "embed(9, 2) > gru(3)"]
RUNNER = """
import json, sys, numpy as np, torch, keras
from cellwise.architecture import Architecture
from cellwise.export import from_keras, to_keras
from cellwise.layers import build

def network(net, outputs=2, steps=0):
    return build(net, input_size=3, output_size=outputs, output_steps=steps)

found = {}
for text in json.loads(sys.argv[1]):
    net = network(Architecture.parse(text))
    row = 0.4 * torch.randn(1, net.num_parameters, generator=torch.Generator().manual_seed(0))
    model = to_keras(net, row, context_length=6, batch_size=7)
    x = torch.randn(7, 6, 3)
    if "embed" in text:
        x = torch.randint(0, 9, (7, 6, 3)).float()
    y = torch.as_tensor(model(x.numpy())).detach().cpu()
    model.save(sys.argv[2] + "/model.keras")
    loaded = keras.saving.load_model(sys.argv[2] + "/model.keras")
    straight = isinstance(loaded, keras.Sequential)
    back = from_keras(loaded, network=net)[1]
    one = {
        "straight": straight,
        "gap": float((y - net(row, x[None])[0]).abs().max()),
        "back": float((back - row).abs().max()),
    }
    if straight:
        read, row = from_keras(loaded)
        one["read"] = float((network(read)(row, x[None])[0] - y).abs().max())
    found[text] = one

layers = keras.layers
models = {
    "no bias": [layers.Bidirectional(layers.LSTM(4, use_bias=False)), layers.Dense(2)],
    "dropped": [layers.GRU(4, dropout=0.5), layers.Dense(2, use_bias=False)],
    "tokens": [layers.Embedding(9, 4), layers.GRU(4, return_sequences=True), layers.Dense(2)],
}
for name, made in models.items():
    tokens = name == "tokens"
    model = keras.Sequential([keras.Input((6,) if tokens else (6, 3)), *made])
    x = torch.randint(0, 9, (7, 6, 1)) if tokens else torch.randn(7, 6, 3)
    y = torch.as_tensor(model(x[..., 0].numpy() if tokens else x.numpy())).detach().cpu()
    net, row = from_keras(model)
    inputs = 1 if tokens else 3
    ours = build(net, input_size=inputs, output_size=2, output_steps=6 * tokens)
    gap = float((ours(row, x[None].float())[0] - y).abs().max())
    found[name] = {"text": str(net), "gap": gap}

refused = {
    "pooling": [layers.LSTM(4, return_sequences=True), layers.GlobalMaxPooling1D()],
    "activation": [layers.LSTM(4, activation="softplus"), layers.Dense(2)],
    "backwards": [layers.GRU(4, go_backwards=True), layers.Dense(2)],
    "epsilon": [layers.LayerNormalization(), layers.GRU(4), layers.Dense(2)],
    "padding": [layers.Conv1D(4, 3), layers.GRU(4), layers.Dense(2)],
    "head": [layers.GRU(4), layers.Dense(2, activation="tanh")],
}
for name, made in refused.items():
    try:
        from_keras(keras.Sequential([keras.Input((6, 3)), *made]))
    except ValueError as error:
        found[name] = str(error)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Give what the other process measured."""
    if find_spec("keras") is None:  # importing it here would settle its backend
        pytest.skip("needs keras")
    home = tmp_path_factory.mktemp("keras")
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, json.dumps(STRAIGHT + BRANCHED + TOKENS), str(home)],
        env=os.environ | {"KERAS_BACKEND": "torch"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("text", STRAIGHT + BRANCHED + TOKENS)
def test_outputs_are_equal_and_a_saved_model_gives_the_weights_back(text, found):
    assert found[text]["gap"] < 1e-5
    assert found[text]["back"] == 0.0


@pytest.mark.parametrize("text", STRAIGHT)
def test_a_stack_is_sequential_and_can_be_read_without_knowing_it(text, found):
    assert found[text]["straight"]
    assert found[text]["read"] < 1e-5


@pytest.mark.parametrize("text", BRANCHED + TOKENS)
def test_what_is_no_stack_is_a_functional_model(text, found):
    assert not found[text]["straight"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no bias", "bilstm(4)"),
        ("dropped", "dropout(0.5) > gru(4)"),
        ("tokens", "embed(9, 4) > gru(4)"),
    ],
)
def test_a_model_of_keras_becomes_a_network(name, text, found):
    assert found[name]["text"] == text
    assert found[name]["gap"] < 1e-5


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pooling", "layer 2 of the model, 'global_max_pooling1d': Cellwise has no Global"),
        ("activation", "activation must be one of tanh, relu, sigmoid, hard_sigmoid, linear, got "),
        ("backwards", "go_backwards without a forward half has no equal"),
        ("epsilon", "layer normalisation must have epsilon=1e-05, gain and shift"),
        ("padding", 'a convolution must have padding="causal"'),
        ("head", "the last layer must be a Dense without activation"),
    ],
)
def test_the_first_layer_that_cellwise_lacks_is_named(name, message, found):
    assert message in found[name]
