"""What a run remembers of its classical methods, so that a resume scores only those it lacks."""

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from cellwise._errors import RunError
from cellwise._files import read_tensors, write_tensors
from cellwise.baselines import Baseline, BaselineRun
from cellwise.data import Metric
from cellwise.records import BaselineRecord, from_plain, to_plain

# Another one whenever a method forecasts otherwise than before on the same data
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMethods:
    """Files of scored classical methods in a run directory.

    A file holds the errors of the windows of each fold, ``(n,)`` each, beside the record as JSON.

    Attributes:
        fingerprint: Hash of the data and of how it is cut.
        metric: Decision metric.
        directory: The run directory; ``None`` remembers nothing.
    """

    fingerprint: str = ""
    metric: Metric = "mse"
    directory: Path | None = None

    def recall(self, method: Baseline) -> BaselineRun | None:
        """Read what came of a method.

        Args:
            method: The method.

        Returns:
            The method with its errors; ``None`` if there is nothing that can be read.
        """
        path = self._file(method.name)
        if path is None or not path.exists():
            return None
        try:
            tensors, metadata = read_tensors(path)
            record = from_plain(BaselineRecord, json.loads(metadata["record"]))
            errors = tuple(tensors[str(fold)] for fold in range(len(record.error_by_fold)))
        except (RunError, KeyError, TypeError, ValueError):  # damaged from outside: score it again
            path.unlink()
            return None
        return BaselineRun(method=method, record=record, errors=errors)

    def keep(self, run: BaselineRun) -> None:
        """Write what came of a method.

        Args:
            run: The method with its errors.
        """
        path = self._file(run.record.name)
        if path is not None:
            tensors = {str(fold): errors for fold, errors in enumerate(run.errors)}
            write_tensors(path, tensors, {"record": json.dumps(to_plain(run.record))})

    def _file(self, name: str) -> Path | None:
        if self.directory is None:
            return None
        decides = [self.fingerprint, self.metric, name, _VERSION, version("statsforecast")]
        key = hashlib.sha256(json.dumps(decides).encode()).hexdigest()[:20]
        return self.directory / "results" / f"{name}-{key}.safetensors"
