"""What a search tells whoever watches it."""

from pathlib import Path

from cellwise.records import (
    BaselineRecord,
    CandidateRecord,
    ComparisonRecord,
    Evidence,
    Finding,
)
from cellwise.training import EpochReport


class Observer:
    """Hooks with empty bodies; a display overrides those that it shows."""

    def on_note(self, text: str) -> None:
        """Tell something worth a line.

        Args:
            text: One sentence.
        """

    def on_baseline(self, record: BaselineRecord) -> None:
        """Tell that a classical method was scored or skipped.

        Args:
            record: The method.
        """

    def on_trial(self, stage: str, architecture: str) -> None:
        """Tell that a cohort begins.

        Args:
            stage: Stage of the search.
            architecture: Text form of the size under trial.
        """

    def on_epoch(self, report: EpochReport) -> None:
        """Tell that a cohort has done an epoch.

        Args:
            report: How it is doing.
        """

    def on_finding(self, finding: Finding) -> None:
        """Tell what the doctor has seen in a training that still runs.

        Args:
            finding: The finding; it is told once.
        """

    def on_candidate(self, record: CandidateRecord) -> None:
        """Tell that a cohort has ended.

        Args:
            record: What came of it.
        """

    def on_comparison(self, record: ComparisonRecord) -> None:
        """Tell a decision.

        Args:
            record: The comparison.
        """

    def on_finished(self, evidence: Evidence, directory: Path) -> None:
        """Tell that a run has ended and its files are written; after Ctrl-C, with what there is.

        Args:
            evidence: What it has found.
            directory: The run directory.
        """
