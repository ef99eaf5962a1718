import pytest

from cellwise.architecture._checks import check_rate, check_size, check_word


def test_what_is_allowed_passes():
    check_size("size", 1)
    check_size("size", 0, least=0)
    check_rate("rate", 0.0)
    check_rate("rate", 0.999)
    check_word("word", "a", ("a", "b"))


def test_small_size_is_refused():
    with pytest.raises(ValueError, match="channels must be at least 1, got 0"):
        check_size("channels", 0)


@pytest.mark.parametrize("value", [-0.1, 1.0, float("nan")])
def test_rate_outside_is_refused(value):
    with pytest.raises(ValueError, match=f"rate must be at least 0 and below 1, got {value}"):
        check_rate("rate", value)


def test_unknown_word_is_refused():
    with pytest.raises(ValueError, match="merge must be one of sum, mul, got 'add'"):
        check_word("merge", "add", ("sum", "mul"))
