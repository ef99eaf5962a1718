import os
import pickle
import threading
from multiprocessing import Pipe

import pytest

from cellwise.search._crew import Work
from cellwise.search._worker import serve
from cellwise.testing import assert_same_result, engine_data, engine_experiments
from cellwise.training import train_cohort


@pytest.fixture
def pipe():
    """Give one end of a pipe, with a worker at the other."""
    ours, theirs = Pipe()
    thread = threading.Thread(target=serve, args=(os.dup(theirs.fileno()),))
    theirs.close()
    thread.start()
    yield ours
    ours.close()
    thread.join(20)
    assert not thread.is_alive()


def test_it_trains_what_comes_and_tells_what_went_wrong(pipe, tmp_path):
    data, experiment = engine_data(), engine_experiments()[0]
    path = tmp_path / "data.pickle"
    path.write_bytes(pickle.dumps(data))
    options = {"experiment": experiment, "key": "key", "checkpoint": b"", "threads": 1}
    pipe.send(Work(data=tmp_path / "absent", **options))
    assert isinstance(pipe.recv(), FileNotFoundError)
    pipe.send(Work(data=path, **options))
    assert_same_result(train_cohort(experiment, data), pipe.recv().result)
