"""A run from end to end: fit, resume, compare, and the directory that is left."""

from cellwise.run._bounds import RunBounds, bounds_of
from cellwise.run._compare import CompareResult, compare
from cellwise.run._directory import RunDirectory, RunRecord
from cellwise.run._fit import fit, resume
from cellwise.run._lock import Reproduction, reproduce
from cellwise.run._plan import plan
from cellwise.run._run import Run
from cellwise.run._settings import FitSettings, check_settings, seconds_of

__all__ = [
    "CompareResult",
    "FitSettings",
    "Reproduction",
    "Run",
    "RunBounds",
    "RunDirectory",
    "RunRecord",
    "bounds_of",
    "check_settings",
    "compare",
    "fit",
    "plan",
    "reproduce",
    "resume",
    "seconds_of",
]
