import sys

import numpy as np
import pytest

from cellwise.bench import _memory as module
from cellwise.bench._memory import peak_bytes_of


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")
def test_peak_of_what_is_freed_again():
    assert 50e6 < peak_bytes_of(lambda: np.ones(8_000_000)) < 100e6


def test_nan_where_the_system_does_not_tell(monkeypatch, tmp_path):
    done = []
    monkeypatch.setattr(module, "_RESET", tmp_path / "no" / "such")
    assert np.isnan(peak_bytes_of(lambda: done.append(1)))
    assert done == [1]
