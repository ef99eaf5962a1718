"""A run as an object: what it found, and the model it left."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cellwise._errors import RunError
from cellwise._files import read_tensors
from cellwise.architecture import Architecture
from cellwise.export import SavedModel, layer_outputs, to_frame
from cellwise.layers import layer_path
from cellwise.records import AuditRecord, Diagnosis, Evidence, VerdictRecord
from cellwise.report import verdict_json, write_html_report
from cellwise.run._directory import RunDirectory
from cellwise.run._reads import reads_check
from cellwise.training import Activations, read_activations


@dataclass(frozen=True, slots=True)
class Run:
    """A run directory, read from disk.

    Attributes:
        path: The directory.
        evidence: What was found.
        interrupted: Whether Ctrl-C has just ended it.
    """

    path: Path
    evidence: Evidence
    interrupted: bool = False

    @classmethod
    def open(cls, path: str | Path) -> "Run":
        """Open a run directory.

        Args:
            path: What `fit` was given as ``out``.

        Returns:
            The run.

        Raises:
            RunError: If it is no run, damaged, or of a newer schema.
        """  # noqa: DOC502  raised by the readers
        directory = RunDirectory(Path(path))
        directory.read_record()
        if not directory.evidence.exists():
            raise RunError(
                f"{path} has found nothing yet; continue it with `cellwise resume {path}`"
            )
        return cls(directory.path, directory.read_evidence())

    @property
    def verdict(self) -> VerdictRecord:
        """The answer."""
        return self.evidence.verdict

    @property
    def audited(self) -> Evidence:
        """The evidence, its audit with the readings of the test rows up to now."""
        checks = self.evidence.audit.checks if self.evidence.audit else ()
        audit = AuditRecord(checks=(*checks, reads_check(self.path)))
        return replace(self.evidence, audit=audit)

    @property
    def diagnosis(self) -> Diagnosis | None:
        """What the doctor has found; ``None`` where it has not been."""
        return RunDirectory(self.path).read_diagnosis()

    @property
    def studied_states(self) -> dict[str, NDArray[np.float32]]:
        """What the finished network handed on in the last study of layers, on training windows.

        Every recurrent layer, one pass of the saved weights, kept by `diagnose` with ``layers``; what
        a layer handed on while it was still learning is in `activations`. ``inputs`` is
        ``(B, T, F)``, a layer such as ``layers.0`` ``(B, T, W)``, ``outputs`` ``(B, O)``, in the
        network's own units.

        Raises:
            RunError: If no layers were studied.
        """
        path = RunDirectory(self.path).states
        if not path.exists():
            raise RunError(
                f"{self.path} has no saved states; save them with `cellwise diagnose "
                f"{self.path} --layers`"
            )
        return read_tensors(path)[0]

    @property
    def architecture(self) -> Architecture | None:
        """The recommended network; ``None`` if there is none."""
        text = self.verdict.architecture
        return Architecture.parse(text) if text else None

    @property
    def model(self) -> SavedModel:
        """The trained network.

        Raises:
            RunError: If the run has not trained it yet.
        """
        directory = RunDirectory(self.path).model
        if not directory.exists():
            raise RunError(
                f"{self.path} has no trained model yet; finish it with `cellwise resume {self.path}`"
            )
        return SavedModel.load(directory)

    def predict(self, frame: Any, future: Any = None) -> Any:
        """Forecast the steps behind the last known value of each series, in original units.

        Args:
            frame: Path or pandas, polars or pyarrow frame with the history.
            future: The same with the known covariates of the horizon, where they are not in
                trailing rows of ``frame``.

        Returns:
            A frame of the caller's kind (pyarrow for a path): series, time or ``step``,
            ``forecast``.
        """
        model = self.model
        return to_frame(model.predict(frame, future), model.task, frame)

    def layer_outputs(self, frame: Any, layer: int | str = -2, future: Any = None) -> Any:
        """Return what a layer puts out for the window behind the last known value of each series.

        Args:
            frame: Path or pandas, polars or pyarrow frame with the history.
            layer: Index into the outermost layers, the output layer being the last (-1), or a path
                such as ``layers.0``.
            future: As for `predict`.

        Returns:
            An array ``(n, T, W)`` for n series, or ``(n, W)`` where steps are pooled, in the
            network's own units.
        """
        return layer_outputs(self.model, frame, layer, future)

    def activations(self, layer: int | str = -2) -> Activations:
        """Read what a layer handed on after each epoch of the final training, while it learned.

        On validation windows, kept by `fit` with ``save_activations``; what all layers of the
        finished network hand on is in `studied_states`.

        Args:
            layer: As for `layer_outputs`; one that `fit` was told to save.

        Returns:
            Epochs, windows and values; epoch 0 is the first weights.

        Raises:
            RunError: If nothing was saved of that layer.
        """  # noqa: DOC502  raised by read_activations
        path = layer_path(self.model.network, layer)
        return read_activations(RunDirectory(self.path).activations, path)

    def diagnose(self, *, layers: bool = False, remedies: bool = False) -> Diagnosis:
        """Look for what is wrong with the network, its training and its data.

        What is found is kept in `diagnosis.json` and drawn into `report.html`.

        Args:
            layers: Whether to study what each layer has learned, which takes longer; its states
                are kept too (`studied_states`).
            remedies: Whether to train the deeper network that is worst beside a shallower one
                again: with residual layers, normalisation, a smaller rate and a warm start.

        Returns:
            What was found, what was looked for, and what could not be looked for.
        """
        from cellwise.run._diagnose import diagnose_run
        from cellwise.run._remedies import NOTHING_TO_MEND, remedies_of

        directory = RunDirectory(self.path)
        found = diagnose_run(self.path, self.evidence, self.model, layers=layers)
        if remedies:
            found = replace(found, remedies=remedies_of(directory, self.evidence))
            if not found.remedies:
                found = replace(found, skipped=found.skipped | {"remedies": NOTHING_TO_MEND})
        directory.write_diagnosis(found)
        self.report()
        return found

    def report(self) -> Path:
        """Redraw `report.html` from the evidence and what the doctor has found.

        Returns:
            Its path.
        """
        path = RunDirectory(self.path).report
        write_html_report(path, self.audited, run=str(self.path), diagnosis=self.diagnosis)
        return path

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as the plain values that `cellwise fit --json` prints."""
        return verdict_json(self.audited, str(self.path))
