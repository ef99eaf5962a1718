import io
import math
import re
from dataclasses import replace

import pytest
from rich.console import Console

from cellwise.records import AlphaStep, RatePoint, StageRecord, TuningRecord
from cellwise.report._tuning import outcome_sentence, tuning_lines, tuning_section


def stage(name, after):
    return StageRecord(
        name=name,
        before="a",
        tried=("dropout 0.2", "dropout 0.5"),
        after=after,
        reason="the best of 2, dropout 0.2: 3.0% better, p = 0.001",
        seconds=12.0,
    )


@pytest.fixture
def tuned(use_network):
    tuning = TuningRecord(
        architecture="lstm(16)",
        settings={"dropout": 0.2},
        error_before=0.30,
        error=0.27,
        stages=(stage("dropout", "b"), stage("batch_size", "a")),
        range_test=(
            RatePoint(learning_rate=0.01, error=0.4),
            RatePoint(learning_rate=1.0, error=math.nan),
        ),
        alpha=(
            AlphaStep(
                alpha=2,
                cells_by_windows=55.5,
                cells_by_independent=0.7,
                cells=55,
                error=0.31,
                gap=0.2,
                gap_bound=0.15,
                reason="overfits",
            ),
            AlphaStep(alpha=3, cells_by_windows=37.0, cells_by_independent=0.5, reason="ended"),
        ),
    )
    return replace(use_network, tuning=tuning)


def test_run_without_tuning_has_no_part(use_network):
    assert tuning_section(use_network) == "" and tuning_lines(use_network) is None


def test_sentence_says_what_changed_and_that_it_flatters(tuned):
    text = outcome_sentence(tuned.tuning)
    assert "1 of 2 stages changed something (dropout)" in text
    assert "0.27" in text and "10.0 % less" in text and "on the same rows" in text


def test_sentence_says_that_nothing_changed(tuned):
    same = replace(tuned.tuning, stages=(stage("l1", "a"),))
    assert outcome_sentence(same) == "No stage changed anything: the settings of growth stay."


def test_page_holds_every_stage_rate_and_alpha(tuned):
    page = tuning_section(tuned)
    for words in ("batch size", "tried, best first: dropout 0.2; dropout 0.5", "Range test", "55"):
        assert words in page
    assert not re.search(r"\b(nan|None|inf)\b", re.sub(r"<[^>]+>", " ", page))


def test_parts_that_were_not_run_are_left_out(tuned):
    bare = replace(tuned, tuning=replace(tuned.tuning, range_test=(), alpha=()))
    assert "<h3>" not in tuning_section(bare)


def test_terminal_has_a_line_for_each_stage(tuned):
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(tuning_lines(tuned))
    assert "- batch size: the best of 2" in console.export_text()


def test_sentence_says_that_nothing_was_run(tuned):
    none = replace(tuned.tuning, stages=())
    assert outcome_sentence(none) == "No stage of tuning was run: the settings of growth stay."


def test_sentence_counts_what_the_table_counts(tuned):
    assert "lowest of 4 options" in outcome_sentence(tuned.tuning)


def test_every_optimizer_is_named(tuned):
    one = replace(
        stage("optimizer", "b"),
        before="lstm(4), learning rate 0.09, optimizer adam, momentum 0",
        tried=("learning rate 0.180012, weight decay 0.01", "optimizer sgd"),
        reason="the best of 2, learning rate 0.180012, weight decay 0.01: 3.0% better, p = 0.001",
    )
    page = tuning_section(replace(tuned, tuning=replace(tuned.tuning, stages=(one,))))
    words = "optimizer adam, learning rate 0.18, weight decay 0.01"
    assert f"tried, best first: {words}; optimizer sgd" in page
    assert f"the best of 2, {words}: 3.0 % better" in page
