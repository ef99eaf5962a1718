import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwise.architecture import Architecture


def returns(text, **options):
    chain = Architecture.parse(text).place(input_size=4, output_size=1, **options)
    return {one.path: one.returns for one in chain.walk()}


def test_only_the_last_layer_of_a_stack_hands_on_one_step():
    assert list(returns("lstm(4) > gru(3) > rnn(2)").values()) == ["all", "all", "last"]


def test_every_layer_hands_on_all_steps_where_the_task_reads_them():
    assert set(returns("2*lstm(4)", every_step=True).values()) == {"all"}


def test_layers_that_work_step_by_step_pass_the_need_down():
    found = returns("lstm(4) > dropout(0.1) > dense(3) > norm")
    assert set(found.values()) == {"last"}


def test_pooling_needs_all_steps_below_and_gives_none():
    found = returns("lstm(4) > dense(4) > attention(2) > dense(3)")
    assert list(found.values()) == ["all", "all", "pooled", "pooled"]


def test_branches_need_what_their_first_layers_need():
    recurrent = returns("lstm(4) > [gru(3) | dense(2)]")
    assert list(recurrent.values()) == ["all", "last", "last", "last"]
    assert returns("lstm(4) > [norm | dense(2)]")["layers.0"] == "last"
    assert returns("lstm(4) > [attention(1) | attention(2)]")["layers.0"] == "all"


def test_tapped_layers_hand_on_all_steps_with_the_rest():
    found = returns("dense(4) > lstm(4, to_output) > dense(2)", every_step=True)
    assert set(found.values()) == {"all"}


def test_attention_reads_every_step_of_the_encoder():
    plain = returns("encoder(lstm(4) > lstm(4)) > decoder(2*lstm(4))")
    looking = returns("encoder(2*lstm(4)) > decoder(2*lstm(4), attention=dot)")
    assert (plain["encoder.layers.0"], plain["encoder.layers.1"]) == ("all", "last")
    assert looking["encoder.layers.1"] == "all"
    assert plain["decoder.layers.1"] == "all"


def test_the_impossible_names_the_layer_that_pools():
    with pytest.raises(
        ValueError, match=r"need a sequence, and attention\(2\) makes one vector, \(4,\), of \(T"
    ):
        returns("lstm(4) > attention(2) > dense(3)", every_step=True)


@given(st.data())
def test_vectors_are_pooled_and_sequences_are_not(architectures, data):
    chain = data.draw(architectures).place(input_size=4, output_size=2)
    assert all((one.returns == "pooled") == (not one.output.steps) for one in chain.walk())
