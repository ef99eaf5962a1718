from cellwise._extension import load_extension
from cellwise.bench import _machine as module
from cellwise.bench import peak_gflops


def test_peak_is_measured_where_there_are_compiled_kernels():
    peak = peak_gflops()
    assert (peak is None) == (load_extension()[0] is None)
    assert peak is None or 1 < peak < 1e6


def test_no_number_without_them(monkeypatch):
    monkeypatch.setattr(module, "load_extension", lambda: (None, "not built"))
    assert peak_gflops() is None
