import pytest

from cellwise._errors import SettingsError
from cellwise._extension import load_extension
from cellwise.kernels import choose_backend, choose_kernel

COMPILED = pytest.mark.skipif(load_extension()[0] is None, reason=load_extension()[1])


@pytest.fixture
def not_built(monkeypatch):
    """As where there was no compiler."""
    import cellwise.kernels._choose as module

    monkeypatch.setattr(module, "load_extension", lambda: (None, "not built; install g++"))
    choose_kernel.cache_clear()
    yield
    choose_kernel.cache_clear()


@COMPILED
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_auto_takes_the_compiled_kernels_and_says_why(cell):
    assert choose_kernel(cell).__name__ == f"{cell}_cpu"
    choice = choose_backend()
    assert choice.name == "cpu"
    assert load_extension()[1] in choice.reason


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_without_a_compiler_torchs_operators_run_and_the_way_out_is_said(cell, not_built):
    assert choose_kernel(cell).__name__ == f"{cell}_torch"
    assert "install g++" in choose_backend().reason


def test_asked_for_and_not_there_is_an_error_with_the_way_out(not_built):
    with pytest.raises(SettingsError, match="backend 'cpu' cannot run here: not built; install"):
        choose_backend("cpu")


def test_no_gpu_is_an_error_that_says_so(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(SettingsError, match="'cuda' cannot run here: torch sees no CUDA device"):
        choose_backend("cuda")
    assert "no CUDA device" in choose_backend("auto", "cuda").reason


def test_reference_runs_everywhere():
    assert choose_kernel("lstm", "reference").__name__ == "lstm_reference"


def test_unknown_backend_is_named():
    with pytest.raises(
        SettingsError,
        match="backend must be one of auto, cpu, cuda, torch, reference, got 'x'",
    ):
        choose_kernel("lstm", "x")
