"""A worker process of this machine: trains the slices that come through a pipe."""

import pickle
from functools import lru_cache
from multiprocessing.connection import Connection
from pathlib import Path

from cellwise.data import ForecastData
from cellwise.search._crew import Work
from cellwise.search._slices import Slice, train_slice


def serve(descriptor: int) -> None:
    """Train what comes until the other end is closed.

    Args:
        descriptor: Of the pipe; takes a `Work`, gives a `Slice` or the exception that ended it.
    """
    with Connection(descriptor) as pipe:
        while True:
            try:
                work = pipe.recv()
                pipe.send(_outcome(work))
            except (EOFError, OSError):  # the run has ended, or was killed
                return


def _outcome(work: Work) -> Slice | Exception:
    try:
        data = _data(work.data)
        return train_slice(data, work.experiment, work.key, work.checkpoint, work.threads)
    except Exception as error:  # it is raised at the other end
        return error


@lru_cache(maxsize=2)
def _data(path: Path) -> ForecastData:
    found: ForecastData = pickle.loads(path.read_bytes())
    return found
