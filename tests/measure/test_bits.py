import math

import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.measure import Effort, measure_bits
from cellwise.measure._bits import _table, num_inputs

SIZES = {
    "lstm": ("lstm(4)", "lstm(7)", "lstm(12)"),
    "gru": ("gru(5)", "gru(9)", "gru(14)"),
    "rnn": ("rnn(12)", "rnn(19)", "rnn(29)"),
}


def test_inputs_are_distinct_signs_and_labels_fair():
    inputs, labels = _table(seed=0, count=2000, width=16)
    assert len({tuple(row) for row in inputs.tolist()}) == 2000
    assert set(inputs.unique().tolist()) == {-1.0, 1.0}
    assert 0.45 < labels.mean() < 0.55


def test_there_are_inputs_enough_for_the_labels():
    assert num_inputs(Architecture.parse("lstm(4)"), (4.0,)) == 16
    wide = Architecture.parse("lstm(64)")
    inputs = num_inputs(wide, (4.0,))
    weights = wide.num_parameters(input_size=inputs, output_size=1)
    assert 2**inputs >= 16 * weights > 2 ** (inputs - 1) / 2


def test_few_labels_are_all_learnt():
    found = measure_bits(Architecture.parse("rnn(4)"), Effort(steps=600, seeds=2), loads=(0.2,))
    labels = {row["labels"] for row in found.rows}
    assert labels == {math.ceil(0.2 * found.num_parameters)}
    assert found.value == pytest.approx(labels.pop() / found.num_parameters)
    assert found.spent.ending == "solved"


def test_equal_settings_give_equal_numbers():
    ask = Architecture.parse("gru(3)"), Effort(steps=60, seeds=1)
    one, two = (measure_bits(*ask, loads=(0.5, 1.0)) for _ in range(2))
    assert one.rows == two.rows and "at least" in one.sentence


def test_rows_of_one_cohort_do_not_depend_on_the_others():
    architecture, effort = Architecture.parse("rnn(3)"), Effort(steps=40, seeds=1)
    alone = measure_bits(architecture, effort, loads=(6.0,))
    beside = measure_bits(architecture, effort, loads=(5.0, 6.0))
    assert alone.rows == tuple(r for r in beside.rows if r["labels"] == alone.rows[0]["labels"])


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("cell", SIZES)
def test_bits_per_parameter_lie_between_1_and_6_and_grow_with_the_weights(cell):
    found = [
        measure_bits(
            Architecture.parse(text),
            Effort(steps=3000, seeds=2),
            loads=(1.5, 2.0, 2.5, 3.0, 4.0),
        )
        for text in SIZES[cell]
    ]
    assert [round(one.num_parameters / 350) for one in found] == [1, 2, 4]
    assert all(1 < one.value < 6 for one in found), [one.value for one in found]
    # linear: bits grow with the weights to the power of 1, give or take
    bits = [one.value * one.num_parameters for one in found]
    weights = found[-1].num_parameters / found[0].num_parameters
    assert 0.7 < math.log(bits[-1] / bits[0]) / math.log(weights) < 1.35


def test_accuracy_counts_only_the_labels_of_the_row():
    found = measure_bits(Architecture.parse("rnn(2)"), Effort(steps=1, seeds=1), loads=(1.0, 8.0))
    shares = torch.tensor([row["right"] for row in found.rows])
    assert ((shares > 0.2) & (shares < 0.8)).all()


def test_worked_sizes_and_the_pairs_that_would_coincide():
    # theory.md 5.1: n = 4 with 16 inputs, n = 8 with 12; 735 draws of 10 bits collide about 264 times
    sizes = [("lstm(4)", 16, 341), ("lstm(8)", 12, 681)]
    for text, inputs, weights in sizes:
        net = Architecture.parse(text)
        assert net.num_parameters(input_size=inputs, output_size=1) == weights
    assert math.comb(735, 2) / 2**10 == pytest.approx(264, abs=1)
    inputs, _ = _table(seed=0, count=735, width=10)
    assert len({tuple(row) for row in inputs.tolist()}) == 735
