import pytest

from cellwise.diagnosis import KEYS
from cellwise.diagnosis._catalogue import Seen, make_finding


@pytest.mark.parametrize("key", KEYS)
def test_every_finding_has_a_cause_a_source_and_a_way_out(key):
    found = make_finding(key, Seen(text="3 of 8", value=3.0))
    assert found.key == key and found.severity == "fault" and found.seen == "3 of 8"
    assert all(len(text) >= 10 for text in (found.title, found.why, found.source, found.do))
    assert any(mark in found.source for mark in ("19", "20", "guide"))


def test_a_check_may_know_a_better_way_out():
    assert make_finding("flat_loss", Seen(text="", value=0.0, do="nothing")).do == "nothing"
