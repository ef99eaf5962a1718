import re
from dataclasses import replace
from pathlib import Path

import pytest

from cellwise.records import Evidence, read_record, write_record
from cellwise.report import html_report, write_html_report

RUNS = ("use_network", "use_benchmark", "unfinished", "empty")


def _without_scripts(page: str) -> str:
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("name", RUNS)
def test_the_page_loads_nothing(name: str, request: pytest.FixtureRequest) -> None:
    page = html_report(request.getfixturevalue(name))
    assert not re.search(r"<script[^>]*\ssrc=", page)
    assert "<link" not in _without_scripts(page)
    assert not re.search(r"https?://|@import|url\(", _without_scripts(page))


@pytest.mark.parametrize("name", RUNS)
def test_the_verdict_comes_first(name: str, request: pytest.FixtureRequest) -> None:
    evidence = request.getfixturevalue(name)
    page = _without_scripts(html_report(evidence))
    assert evidence.verdict.sentence in page
    assert page.index(evidence.verdict.sentence) < page.index("<section>")


@pytest.mark.parametrize("name", RUNS)
def test_no_missing_number_shows(name: str, request: pytest.FixtureRequest) -> None:
    text = re.sub(r"<[^>]+>", " ", _without_scripts(html_report(request.getfixturevalue(name))))
    assert not re.search(r"\b(nan|None|inf)\b", text)


def test_plotly_is_inlined_once_and_only_for_charts(use_network: Evidence, empty: Evidence) -> None:
    assert html_report(use_network).count("plotly.js v") == 1
    assert "Plotly" not in html_report(empty)


def test_names_from_the_table_are_text(use_network: Evidence) -> None:
    evil = "<script>alert(1)</script>"
    data = replace(use_network.data, target=evil, features=(evil,), notes=(evil,))
    example = replace(use_network.examples[0], series=evil)
    page = html_report(replace(use_network, data=data, examples=(example,)), run=evil)
    assert evil not in page
    assert "&lt;script&gt;alert(1)" in page


def test_what_is_absent_is_said(empty: Evidence) -> None:
    page = html_report(empty)
    for words in ("No size has been measured", "No classical method", "have not been scored"):
        assert words in page


def test_every_section_of_a_full_run_is_there(use_network: Evidence) -> None:
    page = _without_scripts(html_report(use_network))
    found = re.findall(r"<h2>(.*?)</h2>", page)
    assert len(found) == 11
    assert found[0] == "Error by number of cells"


def test_the_file_is_the_page_and_can_be_redrawn_from_disk(
    unfinished: Evidence, tmp_path: Path
) -> None:
    write_record(tmp_path / "evidence.json", unfinished)
    again = read_record(tmp_path / "evidence.json", Evidence)
    write_html_report(tmp_path / "report.html", again, run="runs/load")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "cellwise resume runs/load" in page
    assert _without_scripts(page) == _without_scripts(html_report(unfinished, run="runs/load"))


def test_warm_starts_are_told(use_network: Evidence) -> None:
    first, *others = use_network.candidates
    warm = (first, *(replace(one, started_from=first.architecture) for one in others))
    told = "Larger sizes began warm"
    assert told in html_report(replace(use_network, candidates=warm))
    assert told not in html_report(use_network)
