"""Reading without Keras: what is asked of a layer are its plain attributes."""

from types import SimpleNamespace

import pytest

from cellwise.export._keras_sequential import read_sequential


def layer(kind, **options):
    made = type(kind, (SimpleNamespace,), {})
    if "activation" in options:
        options["activation"] = SimpleNamespace(__name__=options["activation"])
    return made(name=kind.lower(), **options)


def recurrent(**options):
    plain = {"dropout": 0.0, "recurrent_dropout": 0.0, "go_backwards": False, "stateful": False}
    return layer("SimpleRNN", units=5, **({"activation": "tanh"} | plain | options))


def model(*layers, shape=(None, 6, 3)):
    return SimpleNamespace(layers=list(layers), input_shape=shape)


HEAD = layer("Dense", units=2, activation="linear")


def test_the_last_dense_layer_is_the_output_layer():
    found = read_sequential(model(recurrent(), layer("Dense", units=4, activation="relu"), HEAD))
    assert str(found.architecture) == "rnn(5) > dense(4, relu)"
    assert (found.input_size, found.output_size) == (3, 2)
    assert found.layers[-1] is HEAD


def test_dropped_inputs_are_a_layer_below():
    found = read_sequential(model(recurrent(dropout=0.25, stateful=True), HEAD))
    assert str(found.architecture) == "dropout(0.25) > rnn(5, stateful)"
    assert found.layers[0] is None


def test_tokens_have_one_column():
    table = layer("Embedding", input_dim=9, output_dim=4)
    found = read_sequential(model(table, recurrent(), HEAD, shape=(None, 6)))
    assert str(found.architecture) == "embed(9, 4) > rnn(5)"
    assert found.input_size == 1


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ((layer("Lambda"), HEAD), "layer 1 of the model, 'lambda': Cellwise has no Lambda"),
        ((recurrent(activation="elu"), HEAD), "activation must be one of .*, got elu"),
        ((HEAD,), "the last layer must be a Dense without activation, .* with others below it"),
    ],
)
def test_what_cannot_be_read_is_named(layers, message):
    with pytest.raises(ValueError, match=message):
        read_sequential(model(*layers))
