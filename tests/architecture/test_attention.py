import pytest

from cellwise.architecture import AttentionPooling


def test_keys_have_a_matrix_and_each_head_a_query():
    shapes = {w.name: w.shape for w in AttentionPooling(heads=2).weights(6)}
    assert shapes == {"weight": (6, 6), "bias": (6,), "query": (2, 3)}


def test_width_stays():
    assert AttentionPooling(heads=3).output_width(6) == 6


def test_heads_must_divide_the_width():
    with pytest.raises(ValueError, match="4 does not divide 6"):
        AttentionPooling(heads=4).output_width(6)


def test_needs_a_head():
    with pytest.raises(ValueError, match="heads of attention must be at least 1, got 0"):
        AttentionPooling(heads=0)
