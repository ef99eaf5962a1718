"""How fast this machine trains, against the best that torch can do; `cellwise bench`."""

from cellwise.bench._cases import SUITES, Case
from cellwise.bench._machine import peak_gflops
from cellwise.bench._measure import CaseResult, measure_case

__all__ = ["SUITES", "Case", "CaseResult", "measure_case", "peak_gflops"]
