import numpy as np
import pytest

from cellwise._extension import load_extension
from cellwise.data import _gather as module
from cellwise.data._gather import gather_windows

GENERATOR = np.random.default_rng(0)
SHAPES = [(1, 1, 1, 1), (3, 40, 7, 5), (2, 16, 3, 33)]


def expected(table, starts, steps, anchors, gain):
    x = np.stack([[table[s : s + steps] for s in row] for row in starts])  # (M, B, T, F)
    x[..., 0] = (x[..., 0] - anchors[..., None]) * np.float32(gain)
    return x.transpose(0, 2, 3, 1)


@pytest.fixture(params=["compiled", "numpy"])
def way(request, monkeypatch):
    """Both ways: with and without the compiled kernels."""
    if request.param == "numpy":
        monkeypatch.setattr(module, "load_extension", lambda: (None, "not built"))
    elif load_extension()[0] is None:
        pytest.skip(load_extension()[1])


@pytest.mark.parametrize(("members", "batch", "steps", "features"), SHAPES)
def test_windows_are_the_rows_of_the_table(way, members, batch, steps, features):
    table = GENERATOR.normal(size=(steps + 60, features)).astype(np.float32)
    starts = GENERATOR.integers(0, 61, size=(members, batch))
    anchors = GENERATOR.normal(size=(members, batch)).astype(np.float32)
    found = gather_windows(table, starts, steps, anchors, 2.5)
    np.testing.assert_allclose(found, expected(table, starts, steps, anchors, 2.5), rtol=1e-6)


@pytest.mark.parametrize("start", [-1, 8])
def test_a_window_outside_the_table_is_refused(way, start):
    table = np.zeros((10, 1), dtype=np.float32)
    with pytest.raises(IndexError, match="windows of 3 steps must lie in the table's 10 rows"):
        gather_windows(table, np.array([[start]]), 3, np.zeros((1, 1), np.float32), 1.0)
