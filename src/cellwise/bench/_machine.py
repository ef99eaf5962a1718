"""What the processor could do at most."""

from typing import Any

from cellwise._extension import load_extension

_SECONDS = 0.1


def peak_gflops() -> float | None:
    """Measure multiply-adds in registers on all threads at once, the best of five.

    Returns:
        Billions of float32 operations a second; ``None`` without the compiled kernels.
    """
    extension: Any = load_extension()[0]
    if extension is None:
        return None
    rounds = 100_000
    while extension.measure_peak(rounds)[0] < _SECONDS:
        rounds *= 2
    found = [extension.measure_peak(rounds) for _ in range(5)]
    return float(max(operations / seconds for seconds, operations in found)) / 1e9
