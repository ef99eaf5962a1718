import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwise.capacity import LayerFormula, stack_parameters


def count(cell, m, n, layers=1, **options):
    formula = LayerFormula(cell=cell, **options)
    return stack_parameters(formula, input_size=m, hidden_size=n, num_layers=layers)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (count("lstm", 1, 2, num_biases=2), 40),
        (count("lstm", 1, 2), 32),
        (count("lstm", 1, 2, num_biases=0), 24),
        (count("lstm", 1, 3, num_biases=2), 72),
        (count("lstm", 1, 3), 60),
        (count("lstm", 10, 64, num_biases=2), 19456),
        (count("lstm", 10, 64), 19200),
        (count("lstm", 10, 64, 2, num_biases=2), 52736),
        (count("lstm", 10, 64, 2), 52224),
        (count("lstm", 10, 64, 3, num_biases=2, bidirectional=True), 237568),
        (count("lstm", 40, 1024, 2, num_biases=2, proj_size=512), 7520256),
        (count("lstm", 40, 256, 2, num_biases=2, proj_size=64, bidirectional=True), 679936),
        (count("lstm", 25, 100), 50400),
        (count("gru", 10, 64, num_biases=2), 14592),
        (count("gru", 10, 64), 14400),
        (count("gru", 10, 64, 2, num_biases=2, bidirectional=True), 103680),
        (count("lstm", 10, 64, peepholes=True), 19392),
        (count("cifg", 10, 64), 14400),
        (count("cifg", 10, 64, peepholes=True), 14400 + 2 * 64),
        (count("lstm", 10, 64, norm_weights=18), 20352),
        (count("lstm", 10, 64, norm_weights=10), 19840),
        (count("mgu", 10, 64), 2 * 64 * 75),
        # encoder and decoder of two layers, output layer
        (
            count("lstm", 7, 32, 2, num_biases=2) + count("lstm", 3, 32, 2, num_biases=2) + 99,
            26979,
        ),
        # Sutskever et al. 2014: stacks, two embeddings, softmax
        (2 * count("lstm", 1000, 1000, 4, num_biases=0) + 320_000_000, 384_000_000),
    ],
)
def test_worked_numbers(found, expected):
    assert found == expected


@pytest.mark.parametrize(
    ("millions", "n", "layers", "cell", "both_ways"),
    [
        (0.781, 250, 1, "lstm", True),
        (3.793, 622, 1, "lstm", True),
        (2.284, 250, 2, "lstm", True),
        (3.787, 421, 3, "lstm", False),
        (3.788, 250, 3, "lstm", True),
        (6.795, 250, 5, "lstm", True),
        (3.688, 500, 3, "rnn", True),
    ],
)
def test_published_sizes_of_graves_2013(millions, n, layers, cell, both_ways):
    formula = LayerFormula(cell=cell, peepholes=True, bidirectional=both_ways)
    weights = stack_parameters(formula, input_size=123, hidden_size=n, num_layers=layers)
    head = (formula.output_size(n) + 1) * 62
    assert round((weights + head) / 1e6, 3) == millions


@pytest.mark.parametrize(
    ("millions", "n", "layers", "projection"),
    [
        (37.5, 840, 5, 0),
        (13.3, 440, 5, 0),
        (13.0, 600, 2, 0),
        (13.3, 385, 7, 0),
        (13.1, 750, 1, 0),
        (36.4, 6000, 1, 800),
        (22.3, 2048, 2, 512),
        (19.5, 1024, 3, 512),
        (14.8, 1024, 2, 512),
        (13.2, 800, 2, 512),
        (12.9, 2048, 1, 512),
    ],
)
def test_published_sizes_of_sak_2014(millions, n, layers, projection):
    formula = LayerFormula(cell="lstm", num_biases=0, peepholes=True, proj_size=projection)
    weights = stack_parameters(formula, input_size=40, hidden_size=n, num_layers=layers)
    assert (weights + formula.output_size(n) * 14247) / 1e6 == pytest.approx(millions, abs=0.051)


def test_second_projection_is_read_by_the_next_layer_alone():
    formula = LayerFormula(
        cell="lstm", num_biases=0, peepholes=True, proj_size=5, nonrecurrent_size=2
    )
    # Sak et al. 2014: 4 nc nr + 4 ni nc + (nr + np) nc + 3 nc
    assert formula.num_parameters(3, 7) == 4 * 7 * 5 + 4 * 3 * 7 + (5 + 2) * 7 + 3 * 7
    assert formula.output_size(7) == 7


@settings(max_examples=40, deadline=None)
@given(
    cell=st.sampled_from(["lstm", "gru", "rnn"]),
    m=st.integers(1, 7),
    n=st.integers(2, 9),
    layers=st.integers(1, 4),
    both_ways=st.booleans(),
    bias=st.booleans(),
    projection=st.integers(0, 1),
)
def test_counts_are_those_of_torch(cell, m, n, layers, both_ways, bias, projection):
    import torch

    projection = projection if cell == "lstm" else 0
    kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[cell]
    options = {"proj_size": projection} if projection else {}
    module = kind(m, n, layers, bias=bias, bidirectional=both_ways, **options)
    expected = sum(p.numel() for p in module.parameters())
    biases = 2 if bias else 0
    assert (
        count(cell, m, n, layers, num_biases=biases, bidirectional=both_ways, proj_size=projection)
        == expected
    )


@pytest.mark.parametrize(
    ("m", "n", "layers", "biases"), [(10, 64, 2, 2), (1, 3, 1, 1), (7, 32, 4, 0)]
)
def test_closed_forms_of_equal_layers(m, n, layers, biases):
    found = count("lstm", m, n, layers, num_biases=biases)
    assert found == layers * (8 * n**2 + 4 * biases * n) + 4 * n * (m - n)
    outputs = 3
    with_head = (8 * layers - 4) * n**2 + (4 * m + 4 * biases * layers + outputs) * n + outputs
    assert found + n * outputs + outputs == with_head


def test_weights_that_a_cell_costs():
    # theory.md, third fact: about 8 n in a stack, about 4 n in a first layer of few features
    assert count("lstm", 64, 64) / 64 == pytest.approx(8 * 64, rel=0.01)
    assert count("lstm", 1, 64) / 64 == pytest.approx(4 * 64, rel=0.05)
