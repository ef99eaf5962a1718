import sys

import numpy as np
import pytest

from cellwise import _memory as module
from cellwise._memory import PeakMemory


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")
def test_peak_of_what_is_freed_again():
    memory = PeakMemory()
    assert memory.bytes < 10e6
    np.ones(8_000_000)
    assert 50e6 < memory.bytes < 100e6


def test_nan_where_the_system_does_not_tell(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_RESET", tmp_path / "no" / "such")
    assert np.isnan(PeakMemory().bytes)
