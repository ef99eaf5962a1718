"""The compiled kernels under the sanitizers: `pytest -m slow tests/native`."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NATIVE = Path(__file__).parents[2] / "native"
TOOLS = all(shutil.which(tool) for tool in ("cmake", "c++"))
OPTIONS = {
    "TSAN_OPTIONS": "halt_on_error=1",
    "ASAN_OPTIONS": "detect_leaks=0",  # thread-local buffers of threads that the pool has joined
}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not TOOLS, reason="needs cmake and a C++ compiler")
@pytest.mark.parametrize("sanitizer", ["", "thread", "address"])
def test_stress(sanitizer, tmp_path):
    configure = ["cmake", "-S", str(NATIVE), "-B", str(tmp_path), "-DCELLWISE_STRESS=ON"]
    subprocess.run([*configure, f"-DCELLWISE_SANITIZER={sanitizer}"], check=True)
    subprocess.run(["cmake", "--build", str(tmp_path), "--parallel", "2"], check=True)
    for instructions in ("avx512", "avx2", "sse2"):
        environment = os.environ | OPTIONS | {"CELLWISE_INSTRUCTION_SET": instructions}
        done = subprocess.run([str(tmp_path / "stress")], env=environment, capture_output=True)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()[-4000:]
