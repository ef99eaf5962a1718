from types import SimpleNamespace

import pytest

from cellwise.architecture import Architecture
from cellwise.export._code_pair import Pair


def pair_of(text):
    return Pair.of(Architecture.parse(text).place(input_size=3, output_size=2))


def test_a_network_that_is_no_pair_is_refused():
    chain = Architecture.parse("lstm(3) > gru(2)").place(input_size=3)
    with pytest.raises(TypeError, match=r"an encoder and a decoder are needed, got lstm\(3\) >"):
        Pair.of(chain)


@pytest.mark.parametrize(
    ("options", "always"),
    [("", True), (", teacher_forcing=0.5", False), (", sampling=linear", False)],
)
def test_true_values_are_always_fed_by_default(options, always):
    assert pair_of(f"encoder(lstm(3)) > decoder(lstm(3){options})").always_taught is always


@pytest.mark.parametrize(
    ("decoder", "cell"), [("dense(2) > gru(3)", "gru"), ("gru(3) > dense(2)", None)]
)
def test_attention_looks_first_with_the_state_of_a_recurrent_top(decoder, cell):
    pair = pair_of(f"encoder(gru(3)) > decoder({decoder}, attention=additive)")
    assert (pair.top and pair.top.cell) == cell


def test_states_are_handed_to_layers_that_are_counted_later():
    pair = pair_of("encoder(bilstm(2) > gru(3)) > decoder(dense(5) > lstm(4) > gru(3))")
    read = [one.path for one in pair.read.placed]
    writer = SimpleNamespace(count=3, states=dict(zip(read, ["s1", "s2"], strict=True)), starts={})
    lines = pair.hand_over(writer, lambda given, cell: f"joined({given}, {cell})")
    # the decoder is layer 3, its dense layer 4
    assert lines == ["s5 = joined(s1, lstm)", "s6 = s2"]
    paths = [one.path for one in pair.fed.placed]
    assert writer.starts == {paths[1]: "s5", paths[2]: "s6"} and pair.lowest == paths[1]
