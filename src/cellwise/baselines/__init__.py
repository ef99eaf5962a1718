"""Classical methods behind one protocol: the benchmark that a network must beat."""

from cellwise.baselines._protocol import Baseline
from cellwise.baselines._select import BaselineRun, baseline_methods, run_baselines

__all__ = ["Baseline", "BaselineRun", "baseline_methods", "run_baselines"]
