import io
from dataclasses import replace

import pytest
from rich.console import Console

from cellwise.records import Evidence
from cellwise.report import terminal_report


def _printed(evidence: Evidence, width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    with console.capture() as capture:
        console.print(terminal_report(evidence, run="runs/load"))
    return capture.get()


@pytest.mark.parametrize("name", ["use_network", "use_benchmark", "unfinished", "empty"])
@pytest.mark.parametrize("width", [80, 120])
def test_it_fits_and_hides_nothing(name: str, width: int, request: pytest.FixtureRequest) -> None:
    text = _printed(request.getfixturevalue(name), width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    assert "nan" not in text


def test_the_verdict_comes_first(use_network: Evidence) -> None:
    lines = _printed(use_network).splitlines()
    assert use_network.verdict.sentence in lines[1]


def test_the_staircase_shows_error_gain_and_result(use_network: Evidence) -> None:
    line = next(one for one in _printed(use_network, 120).splitlines() if "2,072" in one)
    for part in ("lstm(16)", "0.2840 ± 0.0065", "+8.1 %", "0.006", "accepted"):
        assert part in line


def test_skipped_methods_say_why(use_network: Evidence) -> None:
    assert "would take longer than the whole budget" in _printed(use_network, 120)


def test_what_is_missing_is_listed(unfinished: Evidence) -> None:
    text = _printed(unfinished)
    assert "Missing: sizes above 2 cells" in text
    assert "cellwise resume runs/load" in text


def test_brackets_in_names_are_text(use_network: Evidence) -> None:
    named = replace(use_network.baselines[0], label="[red]ridge[/]")
    skipped = replace(use_network.baselines[-1], label="[blue]arima[/]")
    data = replace(use_network.data, notes=("column [bold] was read",))
    text = _printed(replace(use_network, baselines=(named, skipped), data=data), 120)
    assert "[red]ridge[/]" in text
    assert "[blue]arima[/]" in text
    assert "column [bold] was read" in text
