import pytest

from cellwise.capacity import Case, vc_polynomial
from cellwise.capacity._vc_cells import free_recurrent_weights, vc_statements


def by_key(case):
    return {one.key: one for one in vc_statements(case)}


def pinned_lstm(torch, n, m, a, b, bias):
    module = torch.nn.LSTM(m, n).double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.zero_()
        module.weight_ih_l0[2 * n : 3 * n] = b
        module.weight_hh_l0[2 * n : 3 * n] = a
        # i, f, g, o
        module.bias_ih_l0[:] = torch.cat(
            [torch.full((n,), 40.0), torch.full((n,), -800.0), bias, torch.full((n,), 40.0)]
        )
    return module


def pinned_gru(torch, n, m, a, b, bias):
    module = torch.nn.GRU(m, n).double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.zero_()
        module.weight_ih_l0[2 * n :] = b
        module.weight_hh_l0[2 * n :] = a
        # r, z, n
        module.bias_ih_l0[:] = torch.cat([torch.full((n,), 40.0), torch.full((n,), -800.0), bias])
    return module


@pytest.mark.parametrize(("pinned", "twice"), [(pinned_lstm, True), (pinned_gru, False)])
def test_layer_with_pinned_gates_is_a_standard_network(pinned, twice):
    import torch

    torch.manual_seed(0)
    n, m = 3, 2
    a, b, bias = torch.randn(n, n).double(), torch.randn(n, m).double(), torch.randn(n).double()
    x, state = torch.randn(50, 8, m).double(), torch.zeros(8, n).double()
    for step in x:
        state = torch.tanh(step @ b.T + state @ a.T + bias)
        state = torch.tanh(state) if twice else state
    output = pinned(torch, n, m, a, b, bias)(x)[0][-1]
    # theory.md 2.2: a difference of 1.7e-16
    assert (output - state).abs().max() < 1e-15


def test_worked_order_of_one_layer(make_case):
    # n = 3, m = 1: 60 weights in the layer, a quarter of them free, 50 steps
    found = by_key(make_case("lstm(3)"))
    assert found["vc_lower"].value == 60 / 4 * 50
    assert found["vc_cap"].value == 32 * 64


def test_stack_counts_its_largest_layer_alone(make_case):
    assert free_recurrent_weights(make_case("2*lstm(64)", inputs=8)) == 4 * 64 * 129 / 4
    assert free_recurrent_weights(make_case("gru(3) > gru(2)")) == 3 * 3 * (1 + 3 + 2) / 3
    assert free_recurrent_weights(make_case("rnn(3)")) == 3 * 5


def test_order_beyond_the_cap_says_nothing(make_case):
    found = by_key(make_case("lstm(3)", length=500))
    assert found["vc_lower"].silence == "above what 32-bit weights allow"
    assert by_key(make_case("lstm(3)", length=50))["vc_lower"].says


def test_layers_without_a_derivation_are_not_stated(make_case, monkeypatch):
    monkeypatch.setattr(Case, "is_plain", property(lambda _: False))
    found = by_key(make_case("lstm(3)"))
    for key in ("vc_lower", "vc_upper", "samples_needed"):
        assert found[key].value is None and found[key].silence == "not stated for this layer"
    assert found["vc_cap"].says


def test_plain_recurrent_network_has_an_explicit_upper_limit(make_case):
    upper = by_key(make_case("rnn(3)"))["vc_upper"]
    assert upper.checked == "memory" and upper.value > by_key(make_case("rnn(3)"))["vc_cap"].value


def test_too_few_windows_are_named(make_case):
    few, many = make_case("lstm(3)"), make_case("lstm(3)", samples=10**9)
    assert "there are 1,000" in by_key(few)["samples_enough"].silence
    assert by_key(many)["samples_enough"].says


def test_table_of_1998_is_there_with_its_reservation(make_case):
    found = by_key(make_case("lstm(3)"))
    rows = [one for key, one in found.items() if key.startswith("koiran_sontag_")]
    assert len(rows) == 10
    assert all("which this is not" in one.assumptions for one in rows)
    assert found["koiran_sontag_any_sigmoid_upper"].silence == "no upper limit is known"
    assert found["koiran_sontag_any_sigmoid_lower"].value == 64 * 50
    # 64 weights, 50 steps: outside the regime of the threshold row
    assert found["koiran_sontag_threshold_lower"].silence


def test_limits_with_constants_stand_beside_the_orders(make_case):
    # theory.md 2.1: w = 20 and k = 100 is rnn(4) reading no input but its own state; here w = 29
    case = make_case("rnn(4)", length=100)
    found = by_key(case)
    limits = {
        key: found[f"explicit_{key}_upper"].value for key in ("polynomial", "relu", "sigmoid")
    }
    assert limits["polynomial"] == vc_polynomial(weights=case.weights, length=100, degree=2)
    assert limits["polynomial"] < limits["relu"] < limits["sigmoid"]
    assert limits["sigmoid"] == found["vc_upper"].value


def test_exact_weights_matter_only_up_to_a_length(make_case):
    # theory.md 2.2: 32 w is reached at k = 32, so at k = 32 times 4 with a quarter of the weights
    said = {
        (text, length): by_key(make_case(text, length=length))["vc_lower"].says
        for text in ("rnn(40)", "lstm(40)")
        for length in (32, 36, 128, 140)
    }
    assert [said["rnn(40)", k] for k in (32, 36)] == [True, False]
    assert [said["lstm(40)", k] for k in (128, 140)] == [True, False]
