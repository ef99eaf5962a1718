import math
import subprocess
import sys
from dataclasses import replace

import pytest

from cellwise.records import Evidence
from cellwise.report import charts


def test_a_full_run_has_every_chart(use_network: Evidence) -> None:
    found = charts(use_network)
    counts = {name: len(figures) for name, figures in found.items()}
    assert counts == {
        "forecasts": 4,
        "curves": 8,
        "staircase": 1,
        "leads": 1,
        "rates": 1,
        "marginals": 0,
    }


def test_a_run_without_data_has_no_chart(empty: Evidence) -> None:
    assert not any(charts(empty).values())


def test_refused_sizes_are_hollow(use_network: Evidence) -> None:
    figure = charts(use_network)["staircase"][""]
    width = next(trace for trace in figure.data if trace.name == "one layer")
    paper = [colour == "#ffffff" for colour in width.marker.color]
    assert list(width.x) == [2, 4, 8, 16, 32, 64]
    assert paper == [False, False, False, False, True, True]


def test_the_path_joins_accepted_sizes(use_network: Evidence) -> None:
    figure = charts(use_network)["staircase"][""]
    path = next(t for t in figure.data if t.mode == "lines" and t.hoverinfo == "skip")
    assert list(path.x) == [2, 4, 8, 16]


def test_the_benchmark_and_the_choice_are_named(use_network: Evidence) -> None:
    figure = charts(use_network)["staircase"][""]
    texts = [note.text for note in figure.layout.annotations]
    assert "<b>linear autoregression (ridge)</b>" in texts
    assert "<b>chosen: 16 cells</b>" in texts
    assert "noise floor 0.221" in texts


def test_members_that_blew_up_are_left_out(use_network: Evidence) -> None:
    first = use_network.candidates[0]
    broken = tuple(replace(one, error=math.nan, state="non-finite") for one in first.members)
    found = charts(replace(use_network, candidates=(replace(first, members=broken),)))
    assert found["rates"] == {}
    assert found["curves"] == {}


@pytest.mark.slow
def test_plotly_is_imported_only_to_draw() -> None:
    code = "import sys, cellwise.report; sys.exit('plotly' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
