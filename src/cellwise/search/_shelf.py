"""What a run remembers of its cohorts: results, and checkpoints of those in training."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from cellwise._errors import RunError
from cellwise._files import write_bytes_atomically
from cellwise.data import ForecastData
from cellwise.search._kept_weights import KeepCheckpoints, KeptWeights
from cellwise.training import CohortResult, Experiment, load_result, save_result

# Names that are remembered
_MOST_KEYS = 2048


@dataclass(frozen=True, slots=True)
class Shelf:
    """Files of cohorts in a run directory.

    Attributes:
        fingerprint: Hash of the data and of how it is cut.
        directory: The run directory; ``None`` remembers nothing.
        keep: Whose weights are kept there, besides those of the final training.
    """

    fingerprint: str
    directory: Path | None = None
    keep: KeepCheckpoints = "last"
    # By identity, beside what it is of; hashing thousands of experiments again and again takes time
    _keys: dict[int, tuple[Experiment, str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def activations(self) -> Path | None:
        """Where activations of watched layers are written; ``None`` without a directory."""
        return self.directory and self.directory / "activations"

    def key(self, experiment: Experiment) -> str:
        """Return the name of a cohort on these data.

        Args:
            experiment: The cohort.

        Returns:
            20 hexadecimal digits.
        """
        if id(experiment) not in self._keys:
            if len(self._keys) >= _MOST_KEYS:
                self._keys.clear()
            self._keys[id(experiment)] = experiment, experiment.key(self.fingerprint)
        return self._keys[id(experiment)][1]

    def result(self, experiment: Experiment) -> Path | None:
        """Return where the result of a cohort is or will be.

        Args:
            experiment: The cohort.

        Returns:
            The file; ``None`` without a directory.
        """
        return self._file("results", experiment)

    def checkpoint(self, experiment: Experiment) -> Path | None:
        """Return where the checkpoint of a cohort is or will be.

        Args:
            experiment: The cohort.

        Returns:
            The file; ``None`` without a directory.
        """
        return self._file("checkpoints", experiment)

    def knows(self, experiment: Experiment) -> bool:
        """Return whether there is a result, so that recalling it costs no time.

        Args:
            experiment: The cohort.

        Returns:
            Whether there is.
        """
        path = self.result(experiment)
        return path is not None and path.exists()

    def recall(self, experiment: Experiment) -> CohortResult | None:
        """Read a result.

        Args:
            experiment: The cohort.

        Returns:
            The result; ``None`` if there is none that can be read.
        """
        path = self.result(experiment)
        if path is None or not path.exists():
            return None
        try:
            found = load_result(path)
        except RunError:  # damaged from outside: train again
            path.unlink()
            return None
        self._drop_checkpoint(experiment)  # one that a killed process had no time to remove
        return found

    def keep_result(
        self, experiment: Experiment, result: CohortResult, data: ForecastData
    ) -> CohortResult:
        """Write a result, with the weights that were asked for.

        Args:
            experiment: The cohort.
            result: What it has left.
            data: What it was trained on.

        Returns:
            The result; where it is kept, without weights unless they are wanted by what comes next.
        """
        path = self.result(experiment)
        if path is None or self.directory is None:
            return result
        weights = KeptWeights(directory=self.directory, keep=self.keep)
        weights.add(self.key(experiment), experiment, result, data)
        # the search goes on with the errors alone, but for a warm start
        if not experiment.retrain and not experiment.keeps_weights:
            result = replace(result, weights=result.weights[:, :0])
        save_result(path, result)
        self._drop_checkpoint(experiment)
        return result

    def read_checkpoint(self, experiment: Experiment) -> bytes:
        """Read where a cohort stands.

        Args:
            experiment: The cohort.

        Returns:
            The content of its checkpoint; empty if there is none.
        """
        path = self.checkpoint(experiment)
        with suppress(FileNotFoundError):
            return path.read_bytes() if path else b""
        return b""

    def write_checkpoint(self, experiment: Experiment, content: bytes) -> None:
        """Write where a cohort stands.

        Args:
            experiment: The cohort.
            content: Content of a checkpoint.
        """
        path = self.checkpoint(experiment)
        if path is not None:
            write_bytes_atomically(path, content)

    def _drop_checkpoint(self, experiment: Experiment) -> None:
        path = self.checkpoint(experiment)
        if path is not None:
            path.unlink(missing_ok=True)

    def _file(self, folder: str, experiment: Experiment) -> Path | None:
        if self.directory is None:
            return None
        return self.directory / folder / f"{self.key(experiment)}.safetensors"
