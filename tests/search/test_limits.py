import math

import pytest

from cellwise.architecture import Architecture
from cellwise.search._limits import limits_record


@pytest.fixture
def limits(tiny_data):
    record = limits_record(tiny_data, Architecture.parse("lstm(8)"))
    return record, {one.key: one for one in record.limits}


def test_sample_is_that_of_the_first_fold(limits, tiny_data):
    record, _ = limits
    assert record.num_targets == len(tiny_data.folds[0].train_starts)
    assert record.num_parameters == 4 * 8 * (1 + 8 + 1) + 2 * 9
    assert (record.architecture, record.num_layers, record.cells) == ("lstm(8)", 1, 8)
    assert 0 < record.memory <= 8


def test_alpha_rule_by_weights_says_from_how_many_targets_it_allows_the_network(limits):
    record, rules = limits
    assert rules["alpha_2_weights"].targets == 2 * record.num_parameters
    assert rules["alpha_10_weights"].targets == 10 * record.num_parameters
    assert math.isnan(rules["alpha_2_written"].targets)
    # N_s / (alpha (N_i + N_o)), with one feature and two steps ahead
    assert rules["alpha_2_written"].value == pytest.approx(record.num_targets / 6)


def test_memorising_network_holds_the_bits_of_the_targets(limits):
    record, rules = limits
    bits, cells = record.num_targets * math.log2(100), rules["memorisation"].value
    weights = [4 * n * (1 + n + 1) + 2 * (n + 1) for n in (cells, cells + 1)]
    assert 5 * weights[0] <= bits < 5 * weights[1]
    assert rules["memorisation"].targets == pytest.approx(5 * 338 / math.log2(100))


def test_bounds_that_say_nothing_say_so(limits):
    assert limits[1]["occam_32"].silence == "above 1"


@pytest.mark.parametrize("text", ["gru(2) > gru(2)", "lstm(3, peephole)", "dense(3) > lstm(3)"])
def test_other_layers_have_limits_too(tiny_data, text):
    assert len(limits_record(tiny_data, Architecture.parse(text)).limits) == 10
