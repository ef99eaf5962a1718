"""Memory and disk over a long search."""

import subprocess
import sys
from pathlib import Path

import pytest

# A search of tiny networks that tells its resident memory, in kB, at two numbers of trials
SCRIPT = """
import sys
import cellwise
import cellwise.search
from cellwise.baselines import _select

_select.STATSFORECAST_METHODS = ()
seen = 0

def resident():
    fields = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(fields["VmRSS"].split()[0])

def count(ledger_add):
    def add(self, record):
        global seen
        ledger_add(self, record)
        seen += 1
        if seen in (200, 2000):
            print(seen, resident(), flush=True)
    return add

cellwise.search.Ledger.add = count(cellwise.search.Ledger.add)
run = cellwise.fit(
    sys.argv[1], out=sys.argv[2], target="y", horizon=2, context_length=8, folds=2, seeds=1,
    max_cells=4, max_layers=2, epochs=1, search="random", trials=2000,
)
assert run.evidence.test_reads == 1
"""
# Records of trials are kept: they are the evidence
MOST_BYTES_A_TRIAL = 64 * 1024


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_memory_is_flat_over_two_thousand_trials(make_table, tmp_path):
    make_table().write_csv(tmp_path / "table.csv")
    arguments = [str(tmp_path / "table.csv"), str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, check=True
    )
    resident = dict(map(int, line.split()) for line in done.stdout.splitlines())
    grown = 1024 * (resident[2000] - resident[200])
    assert grown / 1800 < MOST_BYTES_A_TRIAL, resident
