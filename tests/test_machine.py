import os

from cellwise._machine import describe_machine, usable_cores, usable_memory


def test_uses_no_more_cores_than_it_may():
    assert 1 <= usable_cores() <= len(os.sched_getaffinity(0))


def test_describes_the_machine_in_text():
    assert all(isinstance(value, str) and value for value in describe_machine().values())


def test_memory_is_that_of_the_machine_or_less():
    assert 1e6 < usable_memory() <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
