import os
import signal

import numpy as np
import pytest

from cellwise._errors import RunError
from cellwise._files import (
    is_unfinished,
    read_metadata,
    read_tensors,
    write_atomically,
    write_tensors,
    write_text_atomically,
)


def test_replaces_the_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    write_text_atomically(path, "new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_failure_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def full(temporary):
        temporary.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(RunError, match=r"a\.txt cannot be written: No space left on device"):
        write_atomically(path, full)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("moment", ["half", "before", "after"])
def test_killed_writer_leaves_the_old_file_or_the_new(tmp_path, monkeypatch, moment):
    path = tmp_path / "a.txt"
    path.write_text("old")
    replace = type(path).replace

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    def write(temporary):
        temporary.write_text("ne" if moment == "half" else "new")
        if moment == "half":
            die()

    def replaced(temporary, target):
        if moment == "after":
            replace(temporary, target)
        die()

    monkeypatch.setattr(type(path), "replace", replaced)
    process = os.fork()
    if not process:
        write_atomically(path, write)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL
    assert path.read_text() == ("new" if moment == "after" else "old")
    left = [p for p in tmp_path.iterdir() if p != path]
    assert len(left) == (moment != "after") and all(is_unfinished(p) for p in left)
    assert not is_unfinished(path)


def test_tensors_round_trip(tmp_path):
    path = tmp_path / "w.safetensors"
    written = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.zeros(0)}
    write_tensors(path, written, {"key": "value"})
    tensors, metadata = read_tensors(path)
    assert metadata == read_metadata(path) == {"key": "value"}
    assert all(np.array_equal(tensors[name], written[name]) for name in written)


@pytest.mark.parametrize("read", [read_tensors, read_metadata])
@pytest.mark.parametrize("content", [b"", b"no tensors at all"])
def test_damaged_tensors_are_named(tmp_path, content, read):
    path = tmp_path / "w.safetensors"
    path.write_bytes(content)
    with pytest.raises(RunError, match=r"w\.safetensors cannot be read"):
        read(path)


def test_absent_tensors_are_named(tmp_path):
    with pytest.raises(RunError, match=r"none\.safetensors cannot be read"):
        read_tensors(tmp_path / "none.safetensors")
