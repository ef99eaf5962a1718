import subprocess
import sys

import pytest

HEAVY = ("torch", "optuna", "plotly", "statsforecast")
LIGHT = ("", ".architecture", ".capacity", ".records", ".data", ".report")


@pytest.mark.parametrize("room", LIGHT)
def test_imports_nothing_heavy(room):
    code = f"import cellwise{room}, sys; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
