import math

import pytest

from cellwise import SettingsError
from cellwise.capacity import Question

USUAL = {"inputs": 8, "outputs": 3, "length": 50, "samples": 1000}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("inputs", 0, "inputs must be a whole number from 1"),
        ("outputs", -1, "outputs must be a whole number from 1"),
        ("length", 10**7, "length must be a whole number from 1 to 1,000,000"),
        ("samples", 10**30, "samples must be a whole number"),
        ("stride", -1, "stride must be a whole number from 0"),
        ("memory", -1, "memory must be a whole number from 0"),
        ("batch_size", 0, "batch_size must be a whole number from 1"),
        ("task", "ranking", "task must be one of regression, classification"),
        ("delta", 1.0, "delta must be above 0 and below 1"),
        ("tolerance", math.nan, "tolerance must be above 0 and below 1, got nan"),
        ("target_bits", 0.0, "target_bits must be above 0 and below 64"),
        ("margin", math.inf, "margin must be above 0"),
    ],
)
def test_field_outside_its_rule_is_refused(field, value, words):
    with pytest.raises(SettingsError, match=words):
        Question(**{**USUAL, field: value})


def test_independent_windows_are_all_new():
    question = Question(**USUAL)
    assert (question.independent, question.targets) == (1000, 3000)


def test_overlapping_windows_share_targets():
    question = Question(**USUAL, stride=1)
    assert (question.independent, question.targets) == (20, 1000)


def test_label_bits_of_numbers_and_of_classes():
    assert Question(**USUAL, target_bits=2.0).label_bits == 6000
    assert Question(**{**USUAL, "outputs": 8}, task="classification").label_bits == 3000
    assert Question(**{**USUAL, "outputs": 1}, task="classification").label_bits == 1000
