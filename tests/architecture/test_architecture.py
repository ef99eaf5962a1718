"""Whole networks, against theory.md section 1 and torch."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cellwise import ArchitectureError
from cellwise.architecture import Architecture


def count(text, inputs, outputs=1, **options):
    net = Architecture.parse(text)
    return net.num_parameters(input_size=inputs, output_size=outputs, **options)


def body(text, inputs, **options):
    """Count without the output layer."""
    width = Architecture.parse(text).output_width
    return count(text, inputs, **options) - width - 1


@pytest.mark.parametrize(
    ("text", "inputs", "single", "double"),
    [
        ("lstm(2)", 1, 32, 40),
        ("lstm(3)", 1, 60, 72),
        ("lstm(64)", 10, 19200, 19456),
        ("2*lstm(64)", 10, 52224, 52736),
        ("lstm(100)", 25, 50400, None),
        ("3*bilstm(64)", 10, None, 237568),
        ("2*lstm(1024, proj=512)", 40, None, 7520256),
        ("2*bilstm(256, proj=64)", 40, None, 679936),
        ("gru(64)", 10, 14592, 14592),
        ("2*bigru(64)", 10, None, 103680),
    ],
)
def test_counts_of_theory_with_one_bias_and_with_two(text, inputs, single, double):
    assert single in (None, body(text, inputs))
    assert double in (None, body(text, inputs, bias="double"))


def test_encoder_and_decoder_of_theory():
    text = "encoder(2*lstm(32)) > decoder(2*lstm(32))"
    assert count(text, 7, 3, bias="double") == 26979


def test_sutskevers_translator_has_384_million_weights():
    text = (
        "encoder(embed(160000, 1000) > 4*lstm(1000), reverse) > "
        "decoder(embed(80000, 1000) > 4*lstm(1000))"
    )
    weights = Architecture.parse(text).weights(input_size=1, output_size=80000)
    assert sum(w.size for w in weights if w.role != "bias") == 384_000_000


@pytest.mark.parametrize(
    ("layers", "cells", "weights"),
    [(1, 65, 19826), (2, 38, 19191), (4, 25, 18926), (8, 17, 18582)],
)
def test_equal_budgets_of_theory(layers, cells, weights):
    assert count(f"{layers}*lstm({cells})", 10) == weights <= 20000
    assert count(f"{layers}*lstm({cells + 1})", 10) > 20000


@pytest.mark.parametrize(
    ("text", "millions"),
    [
        ("bilstm(250, peephole)", 0.781),
        ("bilstm(622, peephole)", 3.793),
        ("2*bilstm(250, peephole)", 2.284),
        ("3*lstm(421, peephole)", 3.787),
        ("3*bilstm(250, peephole)", 3.788),
        ("5*bilstm(250, peephole)", 6.795),
        ("3*birnn(500)", 3.688),
    ],
)
def test_published_sizes_of_graves_mohamed_and_hinton(text, millions):
    assert round(count(text, 123, 62) / 1e6, 3) == millions


@pytest.mark.parametrize(
    ("text", "millions"),
    [
        ("5*lstm(840, peephole)", 37.5),
        ("5*lstm(440, peephole)", 13.3),
        ("2*lstm(600, peephole)", 13.0),
        ("7*lstm(385, peephole)", 13.3),
        ("lstm(750, peephole)", 13.1),
        ("lstm(6000, proj=800, peephole)", 36.4),
        ("2*lstm(2048, proj=512, peephole)", 22.3),
        ("3*lstm(1024, proj=512, peephole)", 19.5),
        ("2*lstm(1024, proj=512, peephole)", 14.8),
        ("2*lstm(800, proj=512, peephole)", 13.2),
        ("lstm(2048, proj=512, peephole)", 12.9),
    ],
)
def test_published_sizes_of_sak_senior_and_beaufays(text, millions):
    weights = Architecture.parse(text).weights(input_size=40, output_size=14247)
    assert round(sum(w.size for w in weights if w.role != "bias") / 1e6, 1) == millions


def test_counts_torchs_gru_and_head():
    torch_count = sum(p.numel() for p in torch.nn.GRU(7, 5, num_layers=2).parameters()) + 5 * 3 + 3
    assert count("2*gru(5)", 7, 3) == torch_count


def test_output_sees_flagged_layers_and_the_last():
    net = Architecture.parse("lstm(8, to_output) > lstm(4) > gru(2)")
    assert net.output_layers == (0, 2)
    assert net.output_width == 10
    assert net.num_cells == 14


def test_flops_grow_with_steps():
    net = Architecture.parse("rnn(3)")
    assert net.num_flops(input_size=2, output_size=1, num_steps=5) == 5 * 2 * 3 * 5 + 2 * 3


def test_recurrent_layers_are_found_inside_of_branches():
    net = Architecture.parse("[lstm(8) > norm | bigru(4)] > dense(2)")
    assert net.hidden_sizes == (8, 4)
    assert net.num_cells == 16
    assert not net.is_plain_stack
    assert Architecture.parse("2*lstm(3)").is_plain_stack


def test_what_each_layer_of_a_stack_reads():
    placed = Architecture.parse("lstm(8) > bigru(4) > rnn(2)").place(input_size=3).placed
    assert [one.input.width for one in placed] == [3, 8, 8]


def test_names_of_a_stacks_weights():
    weights = Architecture.parse("lstm(2) > gru(3)").weights(input_size=1, output_size=4)
    assert [(w.name, w.shape) for w in weights] == [
        ("layers.0.weight_ih", (8, 1)),
        ("layers.0.weight_hh", (8, 2)),
        ("layers.0.bias", (8,)),
        ("layers.1.weight_ih", (9, 2)),
        ("layers.1.weight_hh", (9, 3)),
        ("layers.1.bias_ih", (9,)),
        ("layers.1.bias_hh", (9,)),
        ("head.weight", (4, 3)),
        ("head.bias", (4,)),
    ]


@given(st.data())
def test_count_is_the_size_of_all_weights(architectures, data):
    net = data.draw(architectures)
    sizes = {"input_size": 4, "output_size": 2}
    assert net.num_parameters(**sizes) == sum(w.size for w in net.weights(**sizes))


def test_width_that_depends_on_the_input_is_not_guessed():
    with pytest.raises(ValueError, match=r"what dropout\(0.5\) puts out depends on the number of"):
        _ = Architecture.parse("dropout(0.5)").output_width


def test_needs_a_layer():
    with pytest.raises(ValueError, match=r"layers must hold at least one layer, got \(\)"):
        Architecture(layers=())


def test_has_at_most_64_layers_wherever_they_stand():
    with pytest.raises(ValueError, match="at most 64 layers, got 65"):
        Architecture.parse("[64*rnn(1) | norm]")


def test_a_decoder_is_noticed():
    assert Architecture.parse("encoder(lstm(2)) > decoder(lstm(2))").decodes
    assert not Architecture.parse("[lstm(2) | gru(3)]").decodes


def test_columns_of_branches_must_be_there_once():
    net = Architecture.parse("[a,b: lstm(2) | b: lstm(2)] > lstm(3)")
    assert net.columns == ("a", "b") and Architecture.parse("lstm(2)").columns == ()
    net.require_columns(("b", "y", "a"))
    for names, count in ((("a", "y"), 0), (("a", "b", "b"), 2)):
        with pytest.raises(ValueError, match=f"one column 'b', got {count}; its columns are a, "):
            net.require_columns(names)


@pytest.mark.parametrize("given", [None, 3, b"lstm(2)"])
def test_what_is_no_text_is_refused(given):
    with pytest.raises(ArchitectureError, match="an architecture must be text such as 'lstm"):
        Architecture.parse(given)
