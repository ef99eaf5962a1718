"""Runs `cellwise` in forked processes and kills them; `test_kill.py` talks to it over a pipe.

torch and the rest are imported once, so that a run costs what it computes. A job is a line of JSON:
`argv`, `log` (epochs begun are appended to it), and perhaps `kill`: an event and its number, or
`after` seconds. The answer: whether it was killed, and how often each event had come by then.
"""

import hashlib
import json
import mmap
import os
import signal
import sys
import time
from collections import Counter
from importlib import import_module
from pathlib import Path

EVENTS = ("step", "rung", "half", "file", "sql")
IMPORTED_LATE = (
    "alembic.command",
    "cellwise.report",
    "cellwise.run",
    "optuna.importance",
    "optuna.samplers._gp.sampler",
    "optuna.storages._rdb.models",
    "optuna.terminator",
    "plotly.graph_objects",
    "sklearn.ensemble",
)
FILE_EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.unlink"}


class Saboteur:
    """Counts events, and kills its own process at one of them."""

    def __init__(self, job, counts):
        self.run, self.log, self.counts = job["run"], job["log"], counts
        self.event, self.number = job.get("kill") or ("", 0)
        self.seen = Counter()

    def note(self, event):
        self.seen[event] += 1
        self.counts[EVENTS.index(event)] = min(self.seen[event], 2**31)
        if event == self.event and self.seen[event] == self.number:
            os.kill(os.getpid(), signal.SIGKILL)

    def sit_down(self):
        """Put the hooks in place."""
        import sqlalchemy

        from cellwise import _files
        from cellwise.training import _cohort, _rows, _train

        _train._CHECKPOINT_SECONDS = 0.0  # a checkpoint after each epoch
        self._before(_rows.RowTrainer, "_gradient", "step")
        self._before(_cohort.Cohort, "halve", "rung")
        self._log_epochs(_cohort.Cohort)
        self._halve_writing(_files)
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            sqlalchemy.event.listen(sqlalchemy.Engine, name, lambda *_: self.note("sql"))
        sys.addaudithook(self._audit)

    def _audit(self, event, arguments):
        if event in FILE_EVENTS and self.run in str(arguments[0]):
            self.note("file")

    def _before(self, owner, name, event):
        plain = getattr(owner, name)

        def noted(*arguments, **options):
            self.note(event)
            return plain(*arguments, **options)

        setattr(owner, name, noted)

    def _log_epochs(self, owner):
        plain = owner.run_epoch

        def logged(cohort):
            told = repr((cohort.experiment, cohort.reader.data.context_length))
            name = hashlib.sha256(told.encode()).hexdigest()[:12]
            with Path(self.log).open("a") as log:
                log.write(f"{name} {cohort.epoch}\n")
            return plain(cohort)

        owner.run_epoch = logged

    def _halve_writing(self, files):
        plain = files.write_atomically

        def halved(path, write):
            def write_half(temporary):
                write(temporary)
                if self.event == "half" and self.seen["half"] + 1 == self.number:
                    os.truncate(temporary, temporary.stat().st_size // 2)
                self.note("half")

            plain(path, write_half)

        files.write_atomically = halved


def work(job, counts):
    """Be `cellwise`, in a process of its own."""
    Saboteur(job, counts).sit_down()
    sys.argv = ["cellwise", *job["argv"]]
    from cellwise.cli import main

    main()


def start(job, counts):
    """Fork; return the process."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        with Path(job["log"]).with_suffix(".out").open("a") as out:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
        work(job, counts)
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def serve():
    """Do jobs until there are no more."""
    for name in IMPORTED_LATE:
        import_module(name)
    import torch

    from cellwise.baselines import _select

    # the slow classical methods are left out
    _select.STATSFORECAST_METHODS = ()
    torch.set_num_threads(1)
    for line in sys.stdin:
        job = json.loads(line)
        counts = memoryview(mmap.mmap(-1, 4 * len(EVENTS))).cast("i")
        begun = time.monotonic()
        process = start(job, counts)
        if "after" in job:
            time.sleep(job["after"])
            os.kill(process, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        answer = {
            "status": status,
            "seconds": time.monotonic() - begun,
            "counts": dict(zip(EVENTS, counts.tolist(), strict=True)),
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
