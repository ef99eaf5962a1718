import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwise.architecture import Architecture
from cellwise.capacity import Case, Question, count_parts, state_size, training_bytes
from cellwise.capacity._counts import count_statements


def test_parts_add_up(make_case):
    parts = count_parts(make_case("2*lstm(64)", inputs=10))
    assert (parts.input, parts.recurrent, parts.bias, parts.head) == (18944, 32768, 512, 65)
    assert (parts.single, parts.double) == (52224 + 65, 52736 + 65)


def test_embedding_comes_on_top(make_case):
    parts = count_parts(make_case("lstm(3)"), vocabulary_size=100, embedding_size=8)
    assert (parts.embedding, parts.single) == (800, 864)


@settings(max_examples=30, deadline=None)
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


def test_layers_that_are_not_in_the_table_get_a_total_and_no_parts(make_case, monkeypatch):
    case = make_case("lstm(4)")
    monkeypatch.setattr(Case, "is_plain", property(lambda _: False))
    assert count_parts(case) is None and state_size(case) is None and training_bytes(case) is None
    found = {one.key: one for one in count_statements(case)}
    assert found["weights"].value == 101
    assert found["weights_input"].silence == "not stated for this layer"


def test_a_count_that_does_not_add_up_is_not_stated(make_case, monkeypatch):
    monkeypatch.setattr(Case, "weights", 7)
    assert count_parts(make_case("lstm(4)")) is None


def test_length_does_not_change_the_weights(make_case):
    assert make_case(length=1).weights == make_case(length=1000).weights
