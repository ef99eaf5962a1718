import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cellwise.architecture import Architecture, chain_values
from cellwise.architecture._counts import own_size, runs, step_flops, step_values, torch_bias_size


def placed(text, inputs=3, **options):
    return Architecture.parse(text).place(input_size=inputs, output_size=2, **options).placed


@pytest.mark.parametrize(
    ("text", "module"),
    [
        ("lstm(5)", torch.nn.LSTM(3, 5)),
        ("bilstm(5, proj=2)", torch.nn.LSTM(3, 5, proj_size=2, bidirectional=True)),
        ("gru(5)", torch.nn.GRU(3, 5)),
        ("birnn(5)", torch.nn.RNN(3, 5, bidirectional=True)),
    ],
)
def test_torchs_second_bias(text, module):
    layer = Architecture.parse(text).layers[0]
    theirs = sum(p.numel() for p in module.parameters())
    assert layer.num_parameters(3) + torch_bias_size(layer) == theirs


def test_lstm_keeps_seven_values_per_cell():
    # theory.md: B=32, T=100, 2x256 -> 45.9 MB
    values = 4 * sum(step_values(one) for one in placed("2*lstm(256)"))
    assert values * 32 * 100 == pytest.approx(45.9e6, rel=1e-3)


def test_step_flops_of_each_kind():
    texts = {
        "lstm(5)": 2 * 20 * (3 + 5),
        "lstm(5, peephole)": 2 * 20 * 8 + 2 * 15,
        "dense(5, relu)": 2 * 15,
        "conv(4, 5)": 2 * 4 * 15,
        "norm": 0,
        "embed(9, 4)": 0,
        "attention(1)": 2 * (9 + 3) + 2 * 3,
    }
    assert {text: step_flops(placed(text)[0]) for text in texts} == texts


def test_a_layer_above_pooling_runs_once():
    assert [runs(one, 10) for one in placed("lstm(4) > attention(1) > dense(2)")] == [10, 10, 1]


def test_a_dense_layer_above_the_last_step_runs_once():
    assert [runs(one, 10) for one in placed("dense(3) > lstm(4) > dense(2)")] == [10, 10, 1]
    every = placed("lstm(4) > dense(2)", every_step=True)
    assert [runs(one, 10) for one in every] == [10, 10]


def test_work_of_additive_attention():
    net = Architecture.parse("encoder(gru(4)) > decoder(gru(4), attention=additive)")
    plain = Architecture.parse("encoder(gru(4)) > decoder(gru(4))")
    options = {"input_size": 3, "output_size": 2, "num_steps": 10, "output_steps": 5}
    key, query, compare, mean, wider = 2 * 16, 2 * 16, 2 * 4, 2 * 4, 2 * 12 * 4
    expected = 10 * key + 5 * (query + 10 * (compare + mean) + wider)
    assert net.num_flops(**options) - plain.num_flops(**options) == expected


@given(st.data())
def test_costs_are_finite_for_every_network(architectures, data):
    chain = data.draw(architectures).place(input_size=4, output_size=2)
    for one in chain.walk():
        assert step_flops(one) >= 0
        assert step_values(one) >= 0


def test_values_of_a_window_are_those_of_all_its_steps():
    chain = Architecture.parse("lstm(5) > dense(3)").place(input_size=3, output_size=2)
    # seven values per cell at each of 10 steps; the layer above works on the last one alone
    assert chain_values(chain, num_steps=10) == 10 * 7 * 5 + 3


def test_values_kept_of_attention():
    plain = Architecture.parse("encoder(gru(4)) > decoder(gru(4))")
    options = {"input_size": 3, "output_size": 2}
    counts = {"num_steps": 10, "decoder_steps": 5}
    base = chain_values(plain.place(**options), **counts)
    assert base == (10 + 5) * 4 * 5  # three gates, the candidate's product and h of four cells
    keys, per_step = 10 * 4, 2 * 10 + 4
    for kind, more in {
        "additive": keys + 5 * (per_step + 4 + 10 * 4),
        "dot": 5 * (per_step + 2 * 4),
        "general": keys + 5 * (per_step + 2 * 4),
    }.items():
        net = Architecture.parse(f"encoder(gru(4)) > decoder(gru(4), attention={kind})")
        assert chain_values(net.place(**options), **counts) - base == more


def test_own_weights_with_either_bias():
    first, second = placed("bilstm(5) > gru(4)")
    assert own_size(first) == 2 * 4 * 5 * (3 + 5 + 1)
    assert own_size(first, "double") == 2 * 4 * 5 * (3 + 5 + 2)
    assert own_size(second) == own_size(second, "double")
