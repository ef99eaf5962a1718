import sys

import numpy as np
import pytest

from cellwise import _memory as module
from cellwise._memory import PeakMemory

linux = pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")


@linux
def test_peak_of_what_is_freed_again():
    memory = PeakMemory()
    assert 0 <= memory.bytes < 10e6
    np.ones(8_000_000)
    assert 50e6 < memory.bytes < 100e6


@linux
def test_memory_that_was_free_in_the_heap_counts():
    def work():
        return [np.ones(2_000) for _ in range(2_000)]  # 32 MB in pieces that the heap keeps

    work()
    memory = PeakMemory()
    work()
    assert memory.bytes > 25e6


def test_nan_where_the_system_does_not_tell(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_RESET", tmp_path / "no" / "such")
    assert np.isnan(PeakMemory().bytes)
