import pytest

from cellwise._errors import SettingsError
from cellwise.kernels import choose_kernel


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_auto_takes_torchs_operator(cell):
    assert choose_kernel(cell).__name__ == f"{cell}_torch"
    assert choose_kernel(cell, "reference").__name__ == f"{cell}_reference"


def test_unknown_backend_is_named():
    with pytest.raises(
        SettingsError, match="backend must be one of auto, reference, torch, got 'x'"
    ):
        choose_kernel("lstm", "x")
