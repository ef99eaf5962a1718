"""Worker processes of this machine, one core or one GPU each."""

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from cellwise._device import memory_of
from cellwise.data import ForecastData
from cellwise.search._crew import Room, Work, WorkerLostError
from cellwise.search._slices import Slice

_SERVE = "import sys; from cellwise.search._worker import serve; serve(int(sys.argv[1]))"


class ProcessPool:
    """Worker processes, each started when it is first needed.

    They begin as programs of their own, not as copies of this one: a script without
    ``if __name__ == "__main__"`` is not run again, and no thread is copied half way.

    Args:
        cores: Cores to share out; a worker each.
        devices: Names of GPUs as in ``CUDA_VISIBLE_DEVICES``: where given, a worker for each, which
            sees no other.
    """

    def __init__(self, cores: int, devices: Sequence[str] = ()) -> None:
        self._cores, self._devices, self._places = cores, devices, len(devices) or cores
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._workers = [_Worker(device) for device in devices or ("",) * cores]
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(self._places, thread_name_prefix="cellwise-worker")
        self._folder: TemporaryDirectory[str] | None = None  # a killed run cannot take it away
        self._shared = 0

    @property
    def started(self) -> bool:
        """Whether any worker is there already."""
        return any(worker.process is not None for worker in self._workers)

    def share(self, data: ForecastData) -> Path:
        """Write data to a file that each worker reads once.

        Args:
            data: The data.

        Returns:
            The file.
        """
        self._folder = self._folder or TemporaryDirectory(prefix="cellwise-")
        path = Path(self._folder.name) / f"{self._shared}.pickle"
        path.write_bytes(pickle.dumps(data))
        self._shared += 1
        return path

    def room(self, num_cohorts: int) -> Room:
        """Share the cores among cohorts.

        Args:
            num_cohorts: Cohorts that are waiting or in training.

        Returns:
            As many at once as there are workers.
        """
        threads = max(1, self._cores // max(1, min(num_cohorts, self._places)))
        memory = memory_of("cuda" if self._devices else "cpu")
        return Room(places=self._places, threads=threads, most=self._cores, memory=memory)

    def start(self, work: Work) -> Future[Slice]:
        """Begin a slice.

        Args:
            work: What to train.

        Returns:
            Its outcome.
        """
        return self._threads.submit(self._train, work)

    def outcome(self, future: Future[Slice]) -> Slice:
        """Give the outcome of a slice that has ended.

        Args:
            future: What `start` gave.

        Returns:
            The outcome.

        Raises:
            WorkerLostError: If the process is gone.
        """  # noqa: DOC502  raised in its thread
        return future.result()

    def cancel(self, future: Future[Slice]) -> None:
        """Let a slice end unheard, or never begin.

        Args:
            future: What `start` gave.
        """
        future.cancel()

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.end()
        self._threads.shutdown()
        if self._folder is not None:
            self._folder.cleanup()

    def _train(self, work: Work) -> Slice:
        worker = self._idle.get()
        try:
            return worker.train(work)
        finally:
            self._idle.put(worker)


class _Worker:
    def __init__(self, device: str) -> None:
        self._device = device
        self._pipe: Connection | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def train(self, work: Work) -> Slice:
        try:
            pipe = self._pipe or self._begin()
            pipe.send(work)
            found: Slice | Exception = pipe.recv()
        except (EOFError, OSError) as error:
            code = self.end()
            raise WorkerLostError(f"a worker process ended with {code}") from error
        if isinstance(found, Exception):
            raise found
        return found

    def end(self) -> int | None:
        """End the process; the next slice begins another one."""
        process, self.process = self.process, None
        if process is None:
            return None
        process.kill()
        code = process.wait()
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        return code

    def _begin(self) -> Connection:
        pipe, theirs = Pipe()
        devices = {"CUDA_VISIBLE_DEVICES": self._device} if self._device else {}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, **devices},
            start_new_session=True,  # Ctrl-C is for this process, which then ends them
        )
        theirs.close()
        self._pipe = pipe
        return pipe
