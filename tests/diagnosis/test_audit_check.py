import pytest

from cellwise.diagnosis._audit_check import _TEXTS, make_check


@pytest.mark.parametrize("key", sorted(_TEXTS))
def test_every_check_says_why_and_what_to_do(key):
    check = make_check(key, "failed", "seen", 0.5)
    assert (check.key, check.status, check.seen, check.value) == (key, "failed", "seen", 0.5)
    assert check.title and check.why.endswith(".") and check.do
