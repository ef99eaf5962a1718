import pytest

from cellwise import SettingsError


def test_huge_layer_is_refused(make_case):
    with pytest.raises(SettingsError, match=r"hidden_sizes\[0\] must be at most 1,000,000 cells"):
        make_case("lstm(1000001)")


@pytest.mark.parametrize(
    ("text", "plain", "cell"),
    [
        ("2*lstm(4)", True, "lstm"),
        ("lstm(4, dropout=0.2)", True, "lstm"),
        ("gru(4)", True, "gru"),
        ("lstm(4) > gru(4)", True, ""),
    ],
)
def test_plain_stacks_are_known(make_case, text, plain, cell):
    case = make_case(text)
    assert (case.is_plain, case.cell) == (plain, cell)


def test_layer_with_a_field_off_its_default_is_not_plain(make_case, monkeypatch):
    from cellwise.capacity import _case

    # as if `dropout` were a new field that changes the counts
    monkeypatch.setattr(_case, "_HARMLESS", {"cell", "hidden_size", "to_output"})
    assert make_case("lstm(4)").is_plain
    assert not make_case("lstm(4, dropout=0.5)").is_plain


def test_widths_that_layers_read(make_case):
    assert make_case("lstm(4) > lstm(5)", inputs=3).layer_inputs == (3, 4)


def test_output_layer_that_sees_lower_layers_is_known(make_case):
    assert make_case("lstm(4) > lstm(5, to_output)").reads_last
    assert not make_case("lstm(4, to_output) > lstm(5)").reads_last


def test_training_is_three_forward_passes(make_case):
    # one step: 2 * 4 * 3 * (1 + 3) forward, and the output layer once
    assert make_case("lstm(3)", length=2).training_flops == 3 * (2 * 96 + 6)


def test_training_costs_six_operations_per_weight_of_a_matrix(make_case):
    # theory.md 1: 24 n (i + n) per LSTM layer and step
    more = make_case("lstm(64)", inputs=10, length=2).training_flops
    less = make_case("lstm(64)", inputs=10, length=1).training_flops
    assert more - less == 24 * 64 * (10 + 64)
