import io
import math
from dataclasses import replace

import pytest
from rich.console import Console

from cellwise.records import OuterFoldRecord, OuterRecord
from cellwise.report import html_report, terminal_report, verdict_json
from cellwise.report._outer import outer_json, outer_lines, outer_section, outer_sentences


def fold(number, architecture, best, errors, **changes):
    return OuterFoldRecord(
        name=f"outer fold {number}",
        num_rows=1000,
        num_windows=90,
        num_candidates=5,
        architecture=architecture,
        best=best,
        validation=1.01 * best,
        errors=errors,
        **{"benchmark": "ridge", "benchmark_validation": 0.5, "benchmark_test": 0.55, **changes},
    )


@pytest.fixture
def nested(use_network):
    folds = (fold(1, "lstm(16)", 0.4, (0.46,)), fold(2, "lstm(8)", 0.4, (0.42,)))
    return replace(use_network, outer=OuterRecord(num_folds=2, folds=folds))


def printed(renderable):
    file = io.StringIO()
    Console(file=file, width=200).print(renderable)
    return file.getvalue()


def test_conclusions_give_mean_and_spread(nested):
    honest, optimism, rows, sizes = outer_sentences(nested)
    assert honest.startswith("Honest MSE: 0.4400 ± 0.0200 (mean ± standard error over 2 outer")
    assert "differed by +10.0 % ± 5.0 %" in optimism and "per fold +15.0 %, +5.0 %" in optimism
    assert "account for +10.0 % ± 0.0 %" in rows and "0.0 % ± 4.5 % are left" in rows
    assert sizes == "Choices in time order: lstm(16), lstm(8); on all rows lstm(16), as in 1 of 2."


def test_all_reports_have_every_fold(nested):
    for text in (printed(terminal_report(nested)), html_report(nested)):
        assert "outer fold 1" in text and "outer fold 2" in text and "Honest MSE" in text
    found = verdict_json(nested, "run")["outer"]
    assert found["optimism"]["mean"] == pytest.approx(0.1)
    assert [one["architecture"] for one in found["folds"]] == ["lstm(16)", "lstm(8)"]


def test_same_choice_everywhere_is_said(nested):
    same = OuterRecord(num_folds=2, folds=(nested.outer.folds[0], nested.outer.folds[0]))
    (*_, sizes) = outer_sentences(replace(nested, outer=same))
    assert "the same in every outer fold; on all rows lstm(16), as in 2 of 2" in sizes


def test_unfinished_and_empty_folds_have_no_nan(nested):
    lost = fold(
        1, "", math.nan, (), missing=("the time ended",), benchmark="", benchmark_test=math.nan
    )
    part = replace(nested, outer=OuterRecord(num_folds=3, folds=(lost,)))
    assert list(outer_sentences(part)) == ["1 of 3 outer folds are done."]
    page, text = outer_section(part), printed(outer_lines(part))
    for told in (page, text):
        assert "the time ended" in told and "nan" not in told
    assert outer_json(part.outer)["optimism"]["mean"] is None


def test_run_without_outer_folds_has_no_part(use_network):
    assert outer_section(use_network) == "" and outer_lines(use_network) is None
    assert verdict_json(use_network, "run")["outer"] is None and not list(
        outer_sentences(use_network)
    )
