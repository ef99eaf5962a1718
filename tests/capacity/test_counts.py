import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwise.architecture import Architecture
from cellwise.capacity import Case, Question, count_parts, state_size, training_bytes
from cellwise.capacity._counts import count_statements


def test_parts_add_up(make_case):
    parts = count_parts(make_case("2*lstm(64)", inputs=10))
    assert (parts.input, parts.recurrent, parts.bias, parts.head) == (18944, 32768, 512, 65)
    assert (parts.single, parts.double) == (52224 + 65, 52736 + 65)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # input, recurrent, bias, inner, head, embedding, second bias
        ("embed(100, 8) > lstm(3)", (96, 36, 12, 0, 4, 800, 12)),
        ("lstm(4, proj=2, peephole)", (16, 32, 16, 8 + 12, 3, 0, 16)),
        ("bigru(3) > dense(5, relu)", (18 + 30, 54, 36 + 5, 0, 6, 0, 0)),
    ],
)
def test_parts_of_layers_of_every_kind(make_case, text, expected):
    case = make_case(text)
    parts = count_parts(case)
    assert tuple(getattr(parts, name) for name in parts.__slots__) == expected
    assert parts.single == case.weights


@hypothesis.settings(max_examples=50, deadline=None)
@given(st.data())
def test_parts_of_any_network_add_up(architectures, data):
    question = Question(inputs=4, outputs=2, length=5, samples=10)
    case = Case(architecture=data.draw(architectures), question=question)
    parts = count_parts(case)
    assert parts.single == case.weights
    assert training_bytes(case) > 16 * parts.double


def test_most_of_a_translator_are_words(make_case):
    # theory.md 1: Sutskever et al. 2014, 384 M of which embedding and softmax are 83 %
    text = (
        "encoder(embed(160000, 1000) > 4*lstm(1000)) > decoder(embed(80000, 1000) > 4*lstm(1000))"
    )
    parts = count_parts(make_case(text, outputs=80_000))
    matrices = parts.single - parts.bias - 80_000
    assert matrices == 384_000_000 and parts.input + parts.recurrent == 64_000_000
    assert (parts.embedding + parts.head) / matrices == pytest.approx(0.83, abs=0.005)


@hypothesis.settings(max_examples=30, deadline=None)
@given(
    cell=st.sampled_from(["lstm", "gru", "rnn"]),
    m=st.integers(1, 6),
    n=st.integers(1, 8),
    layers=st.integers(1, 3),
    outputs=st.integers(1, 4),
)
def test_double_count_is_that_of_torch(cell, m, n, layers, outputs):
    import torch

    kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[cell]
    modules = torch.nn.ModuleList([kind(m, n, layers), torch.nn.Linear(n, outputs)])
    question = Question(inputs=m, outputs=outputs, length=1, samples=1)
    case = Case(architecture=Architecture.parse(f"{layers}*{cell}({n})"), question=question)
    assert count_parts(case).double == sum(p.numel() for p in modules.parameters())


def test_state_of_sutskever_2014(make_case):
    assert state_size(make_case("4*lstm(1000)")) == 8000
    assert state_size(make_case("lstm(4) > gru(3) > rnn(2)")) == 13


def test_activations_of_the_worked_example(make_case):
    case = make_case("2*lstm(256)", length=100, batch_size=32)
    weights = 16 * count_parts(case).double
    assert training_bytes(case) - weights == pytest.approx(45.9e6, rel=2e-3)


def test_states_of_projections_and_directions(make_case):
    assert state_size(make_case("bilstm(4, proj=2) > dense(3)")) == 2 * (2 + 4)
    pair = make_case("encoder(lstm(4)) > decoder(lstm(4))")
    assert state_size(pair) is None
    found = {one.key: one for one in count_statements(pair)}
    assert found["state"].silence == "not stated for this layer"


def test_length_does_not_change_the_weights(make_case):
    assert make_case(length=1).weights == make_case(length=1000).weights
