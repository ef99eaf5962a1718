"""Ray Core: a slice of a cohort is a task with its resources."""

import logging
import math
import os
import pickle
import re
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import wraps
from types import ModuleType
from typing import Any

from cellwise._device import Device
from cellwise._errors import RunError, SettingsError
from cellwise.data import ForecastData
from cellwise.search._crew import Room, Work, WorkerLostError
from cellwise.search._slices import Slice, train_slice

# Seconds to wait for an answer at the address of a cluster
_REACHED_SECONDS = 10.0
# Seconds for which the machines of the cluster are taken to be the same
_COUNT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Machine:
    cores: int
    gpus: int
    memory: float


class RayPool:
    """The workers of a Ray cluster.

    A cluster that this program had joined before is used as it is and left running.

    Args:
        address: ``auto`` for the cluster that runs on this machine, ``local`` to start one here,
            ``host:port``, or ``ray://host:port``.
        device: Where cohorts are trained; on ``cuda`` each has a GPU of its own.
        train: What a task does.
    """

    def __init__(
        self,
        address: str = "auto",
        device: Device = "cpu",
        train: Callable[..., Slice] = train_slice,
    ) -> None:
        self._ray, self._device = _import_ray(), device
        self._joined = not self._ray.is_initialized()
        if self._joined:
            _join(self._ray, address)
        self._found: list[_Machine] = []
        self._counted = -math.inf
        # Retried by the crew: it knows the newest checkpoint
        self._task = self._ray.remote(max_retries=0)(_packed(train))
        self._refs: dict[Future[bytes], Any] = {}

    @property
    def started(self) -> bool:
        """Whether workers are there already: the cluster keeps them."""
        return True

    @property
    def words(self) -> str:
        """How large the cluster is, in words."""
        found = self._machines()
        machines = "1 machine" if len(found) == 1 else f"{len(found)} machines"
        gpus = f" and {sum(one.gpus for one in found)} GPUs" if self._device == "cuda" else ""
        return f"{sum(one.cores for one in found)} processors{gpus} on {machines}"

    def share(self, data: ForecastData) -> Any:
        """Put data into the object store, from where each machine takes them once.

        Args:
            data: The data.

        Returns:
            Their reference.
        """
        return self._ray.put(data)

    def room(self, num_cohorts: int) -> Room:
        """Share the processors of the cluster as it is now among cohorts, or its GPUs.

        Args:
            num_cohorts: Cohorts that are waiting or in training.

        Returns:
            As many cores for each as there are, at most those of the largest machine; or a GPU for
            each, with its share of the cores of its machine.

        Raises:
            RunError: If there is no machine left.
        """
        on_gpus = self._device == "cuda"
        machines = [one for one in self._machines() if one.cores and (one.gpus or not on_gpus)]
        if not machines:
            kind = "GPUs" if on_gpus else "processors"
            raise RunError(
                f"the Ray cluster has no {kind}; start a node that has some with `ray start`, and go "
                "on with `cellwise resume` if the run was begun"
            )
        largest = max(one.cores for one in machines)
        if on_gpus:
            threads = max(1, min(one.cores // one.gpus for one in machines))
            slots, memory = sum(one.gpus for one in machines), math.inf
        else:
            total = sum(one.cores for one in machines)
            threads = max(1, min(largest, total // max(1, num_cohorts)))
            slots = sum(one.cores // threads for one in machines)
            memory = max(one.memory for one in machines)
        # one more for each machine waits there, and begins without waiting for this process
        places = slots + len(machines)
        return Room(places=places, threads=threads, most=largest, memory=memory)

    def start(self, work: Work) -> Future[bytes]:
        """Begin a slice as a task with what it needs: processors, memory, a GPU to be trained on.

        Args:
            work: What to train.

        Returns:
            Its outcome.
        """
        gpus = int(work.experiment.settings.device == "cuda")
        memory = 0 if gpus else work.memory
        task = self._task.options(num_cpus=work.threads, num_gpus=gpus, memory=memory)
        ref = task.remote(work.data, work.experiment, work.key, work.checkpoint, work.threads)
        future: Future[bytes] = ref.future()
        self._refs[future] = ref
        return future

    def outcome(self, future: Future[bytes]) -> Slice:
        """Give the outcome of a slice that has ended.

        Args:
            future: What `start` gave.

        Returns:
            The outcome.

        Raises:
            WorkerLostError: If the worker, its machine or what it brought is gone.
            RunError: If the worker cannot run it at all.
        """  # noqa: DOC503  what training itself raises is handed on
        del self._refs[future]
        errors = self._ray.exceptions
        try:
            found: Slice = pickle.loads(future.result())
            return found
        except (
            errors.WorkerCrashedError,
            errors.NodeDiedError,
            errors.ObjectLostError,
            errors.OutOfMemoryError,
        ) as error:
            raise WorkerLostError(_first_line(error)) from error
        except errors.RayTaskError as error:
            if isinstance(error, ImportError):
                raise RunError(
                    f"a Ray worker cannot load cellwise ({_first_line(error)}); install the same "
                    "version on every node"
                ) from error
            raise
        except errors.RayError as error:
            raise RunError(f"Ray failed: {_first_line(error)}") from error

    def cancel(self, future: Future[bytes]) -> None:
        """End a slice early.

        Args:
            future: What `start` gave.
        """
        self._ray.cancel(self._refs.pop(future), force=True)

    def _machines(self) -> list[_Machine]:
        """What each machine has, as it was a second ago at most."""
        if time.monotonic() - self._counted > _COUNT_SECONDS:
            nodes = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
            self._found = [
                _Machine(
                    cores=int(one.get("CPU", 0)),
                    gpus=int(one.get("GPU", 0)),
                    memory=one.get("memory", math.inf),
                )
                for one in nodes
            ]
            self._counted = time.monotonic()
        return self._found

    def close(self) -> None:
        """Leave the cluster, if it was joined for this."""
        if self._joined:
            self._ray.shutdown()


def _packed(train: Callable[..., Slice]) -> Callable[..., bytes]:
    """Ray would hand out arrays that cannot be written to and that fill its store while they live."""

    @wraps(train)
    def task(*work: Any) -> bytes:
        return pickle.dumps(train(*work))

    return task


def _import_ray() -> ModuleType:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise SettingsError(
            "engine='ray' needs Ray, which is not installed; use pip install 'cellwise[ray]'"
        ) from error
    return ray


def _join(ray: ModuleType, address: str) -> None:
    _check_reachable(address)
    options = {"include_dashboard": False} if address == "local" else {}
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **options)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        raise RunError(
            f"address={address!r} must lead to a Ray cluster, but: {_first_line(error)}; start one "
            "with `ray start --head`, or use address='local' for this machine"
        ) from error


def _check_reachable(address: str) -> None:
    """Ray itself waits for minutes where nobody answers."""
    found = re.fullmatch(r"(?:ray://)?([^/]+):(\d+)", address)
    if found is None:
        if address not in ("auto", "local"):
            raise SettingsError(
                f"address must be auto, local, host:port or ray://host:port, got {address!r}"
            )
        return
    try:
        socket.create_connection((found[1], int(found[2])), timeout=_REACHED_SECONDS).close()
    except OSError as error:
        raise RunError(
            f"address={address!r} must lead to a Ray cluster, but {error.strerror or error}; start "
            "one with `ray start --head`, or use address='local' for this machine"
        ) from error


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
