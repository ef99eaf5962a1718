import os

from cellwise._machine import describe_machine, usable_cores


def test_uses_no_more_cores_than_it_may():
    assert 1 <= usable_cores() <= len(os.sched_getaffinity(0))


def test_describes_the_machine_in_text():
    assert all(isinstance(value, str) and value for value in describe_machine().values())
