"""That the code computes what the network does is shown in `test_keras`."""

import pytest

from cellwise.architecture import Architecture
from cellwise.export import keras_code


def code_of(text, **options):
    sizes = {"input_size": 5, "context_length": 6, "output_size": 2, "output_steps": 4}
    return keras_code(Architecture.parse(text), **sizes | options)


@pytest.mark.parametrize(
    ("options", "made"),
    [("", True), (", teacher_forcing=0.5", False), (", sampling=linear", False)],
)
def test_a_model_for_training_is_made_where_all_true_values_are_fed(options, made):
    code = code_of(f"encoder(lstm(3)) > decoder(lstm(3){options})")
    assert ("training_model = keras.Model([inputs, targets], decode(targets))" in code) == made


def test_layers_of_the_loop_are_made_once():
    code = code_of("encoder(gru(3)) > decoder(dense(4) > gru(3))")
    before, _, loop = code.partition("def decode")
    assert before.count("layer_4 = layers.Dense(4") == before.count("layer_5 = layers.GRU(3") == 1
    assert "layers.Dense" not in loop and "layers.GRU" not in loop


def test_a_stateful_network_fixes_the_batch():
    assert "keras.Input(batch_shape=(9, 6, 5))" in code_of("lstm(3, stateful)", batch_size=9)
    assert "keras.Input((6, 5))" in code_of("lstm(3)")
