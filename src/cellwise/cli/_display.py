"""What a person sees while a search works: a live line in a terminal, plain lines elsewhere."""

import math
import time

from rich.console import Console
from rich.status import Status

from cellwise.records import BaselineRecord, CandidateRecord, ComparisonRecord, Finding
from cellwise.report import finding_line
from cellwise.run import FitSettings
from cellwise.search import Observer
from cellwise.training import EpochReport

# Seconds between lines about epochs where there is no terminal
_QUIET_SECONDS = 15.0


class Display(Observer):
    """Shows the rung, the size under trial, its error so far, time used and left.

    Args:
        console: Where to print.
        settings: Options of the run; ``None`` shows no time left.
    """

    def __init__(self, console: Console, settings: FitSettings | None = None) -> None:
        self._console = console
        self._limit = settings.budget_seconds if settings else 0.0
        self._tunes = settings is not None and settings.strategy == "structured"
        self._begun = self._last_line = time.monotonic()
        self._stage = self._architecture = ""
        self._status: Status | None = None

    def close(self) -> None:
        """Take the live line away."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def on_note(self, text: str) -> None:
        """Print a line."""
        self._print(text)

    def on_baseline(self, record: BaselineRecord) -> None:
        """Print how a classical method did."""
        told = f"skipped: {record.skipped}" if record.skipped else f"error {record.error:.4g}"
        self._print(f"baseline   {record.name:<16} {told}")

    def on_trial(self, stage: str, architecture: str) -> None:
        """Show the size under trial."""
        self._stage, self._architecture = stage, architecture
        self._show(f"{stage:<10} {architecture}: beginning")

    def on_epoch(self, report: EpochReport) -> None:
        """Show how the cohort is doing."""
        error = "" if report.experiment.retrain else f", error so far {report.error:.4g}"
        text = (
            f"{self._stage:<10} {self._architecture}: epoch {report.epoch}/{report.last_epoch}, "
            f"{report.active} networks{error}, {self._times()}"
        )
        self._show(text)

    def on_finding(self, finding: Finding) -> None:
        """Print what the doctor has seen."""
        self._print(f"doctor     {finding_line(finding)}; {finding.do}")

    def on_candidate(self, record: CandidateRecord) -> None:
        """Print what came of a size; of tuning's many trials the stages tell."""
        if record.settings and self._tunes:
            return
        self._print(
            f"{record.stage:<10} {record.architecture}: error {record.error:.4g}"
            f"{_plus_minus(record.standard_error)}, {record.num_parameters} parameters, "
            f"{record.seconds:.0f} s, {self._times()}"
        )

    def on_comparison(self, record: ComparisonRecord) -> None:
        """Print a decision."""
        word = "accepted" if record.accepted else "rejected"
        self._print(f"           {word} against {record.incumbent}: {record.reason}")

    def _times(self) -> str:
        used = time.monotonic() - self._begun
        left = f", {max(0.0, self._limit - used):.0f} s left" if self._limit else ""
        return f"{used:.0f} s used{left}"

    def _print(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)
        self._last_line = time.monotonic()

    def _show(self, text: str) -> None:
        if not self._console.is_terminal:
            if time.monotonic() - self._last_line > _QUIET_SECONDS:
                self._print(text)
            return
        if self._status is None:
            self._status = self._console.status("")
            self._status.start()
        self._status.update(text.replace("[", "\\["))


def _plus_minus(error: float) -> str:
    """A standard error; nothing where one seed in a fold gives none."""
    return f" ± {error:.2g}" if math.isfinite(error) else ""
