import math
import re
from dataclasses import replace

import pytest
from rich.console import Console

from cellwise.records import CostRecord, StageRecord, TuningRecord
from cellwise.report import comparison_sentence, html_report, terminal_report
from cellwise.report._chart_staircase import staircase_figure
from cellwise.report._html_tables import sizes_table
from cellwise.report._steps import staircase_of
from cellwise.report._svg import staircase_svg
from cellwise.report._terminal_tables import staircase_table
from cellwise.report._trials import (
    chosen_candidate,
    grows,
    is_joint,
    settings_words,
    trial_numbers,
    tuned_candidate,
    unshown_sentence,
)

OPTIMIZERS = ("adam", "sgd", "nadam")


@pytest.fixture
def joint(use_network):
    """Three trials of one size, of which the last is chosen, and one smaller."""
    one = next(c for c in use_network.candidates if c.architecture == "lstm(16)")
    scores = [replace(one.score, mse=mse) for mse in (0.5, 0.4, 0.284)]
    trials = tuple(
        replace(
            one,
            stage="tpe",
            error=score.mse,
            score=score,
            settings={"learning_rate": 0.1 * i, "optimizer": name, "dropout": 0.1 * i, "l1": 0.0},
        )
        for i, (score, name) in enumerate(zip(scores, OPTIMIZERS, strict=True))
    )
    choice = replace(
        use_network.comparisons[0],
        stage="choice",
        candidate="lstm(16)",
        incumbent="lstm(16)",
        gain=1 - 0.4 / 0.284,
        accepted=False,
    )
    cost = CostRecord(
        stage="tpe",
        architecture="lstm(16)",
        num_models=5 * len(one.members),
        predicted_seconds=1.0,
        least_seconds=1.0,
        most_seconds=1.0,
        predicted_bytes=1,
    )
    verdict = replace(use_network.verdict, network_validation=scores[-1])
    return replace(
        use_network,
        candidates=trials,
        comparisons=(choice, use_network.comparisons[-1]),
        costs=(cost,),
        verdict=verdict,
    )


def tuned(evidence):
    kept = replace(evidence.candidates[3], stage="dropout", error=0.2)
    stage = StageRecord(
        name="dropout", before="a", tried=("x",), after="b", reason="better", seconds=1.0
    )
    tuning = TuningRecord(
        architecture="lstm(16)",
        settings={},
        error_before=0.284,
        error=0.2,
        stages=(stage,),
        candidates=(kept,),
    )
    return replace(evidence, tuning=tuning)


def test_only_one_trial_of_a_size_is_chosen(joint):
    steps = staircase_of(joint).steps
    assert [step.chosen for step in steps] == [False, False, True]
    assert [step.hollow for step in steps] == [True, True, False]
    assert chosen_candidate(joint) is joint.candidates[-1]
    assert sizes_table(joint).count("strong") == 1


def test_a_sampler_refuses_nothing(joint, use_network):
    assert is_joint(joint) and not grows(joint) and grows(use_network)
    page = html_report(joint)
    assert "refused" not in page and "A size is accepted only if" not in page
    assert "none has to beat the one before it" in page
    assert "A size is accepted only if" in html_report(use_network)
    assert staircase_of(joint).path == ()


def test_trials_of_one_size_are_told_apart(joint, use_network):
    words = [settings_words(joint, one) for one in joint.candidates]
    assert words == [
        "optimizer adam",
        "optimizer sgd, dropout 0.1",
        "optimizer nadam, dropout 0.2",
    ]
    assert trial_numbers(joint.comparisons[0], joint) == (" (no. 2)", " (no. 3)")
    assert comparison_sentence(joint.comparisons[1], joint).startswith(
        "On the test rows, 16 cells (no. 3) were"
    )
    assert trial_numbers(use_network.comparisons[0], use_network) == ("", "")


def test_pruned_trials_are_counted(joint, use_network):
    assert unshown_sentence(joint) == "2 of 5 trials were pruned early or failed and are not shown."
    assert unshown_sentence(use_network) == ""


def test_terminal_lists_settings_and_the_one_chosen(joint):
    console = Console(width=100)
    with console.capture() as capture:
        console.print(terminal_report(joint))
    text = capture.get()
    assert "optimizer nadam, dropout 0.2" in text and "2 of 5 trials" in text
    assert "Networks tried, validation" in text
    row = next(line for line in text.splitlines() if line.split()[:3] == ["3", "tpe", "lstm(16)"])
    assert row.split()[-1] == "chosen"


def test_the_tuned_network_is_a_point_of_its_own(use_network):
    evidence = tuned(use_network)
    assert tuned_candidate(use_network) is None
    last = staircase_of(evidence).steps[-1]
    assert last.tuned and last.chosen and last.kind == "tuned" and last.candidate.error == 0.2
    assert sum(step.chosen for step in staircase_of(evidence).steps) == 1
    figure = staircase_figure(evidence)
    assert any("16 cells, tuned" in note.text for note in figure.layout.annotations)
    assert trial_numbers(evidence.comparisons[-1], evidence) == (" (tuned)", "")
    assert trial_numbers(evidence.comparisons[0], evidence) == ("", "")
    page = html_report(evidence)
    assert "The staircase is before tuning" in page and "Before tuning, which brought" in page


def test_terminal_says_that_the_staircase_is_before_tuning(use_network):
    console = Console(width=100)
    with console.capture() as capture:
        console.print(terminal_report(tuned(use_network)))
    assert "Before tuning, which brought lstm(16) to 0.2000." in capture.get()


def test_no_trial_no_choice(empty, unfinished):
    assert chosen_candidate(empty) is None and not grows(empty)
    assert chosen_candidate(unfinished) is None
    assert math.isfinite(staircase_of(unfinished).name_shift)


def test_columns_of_comparisons_are_left_out_where_none_was_made(joint, use_network):
    assert "Gain" not in sizes_table(joint) and "Gain" in sizes_table(use_network)
    heads = [str(column.header) for column in staircase_table(joint).columns]
    assert "no." in heads and "gain" not in heads
    heads = [str(column.header) for column in staircase_table(use_network).columns]
    assert "no." not in heads and "gain" in heads
    assert "Trials in their order" in html_report(joint)


def test_the_name_of_the_smallest_size_stays_inside(use_network):
    verdict = replace(use_network.verdict, architecture="lstm(2)", network_validation=None)
    text = staircase_svg(replace(use_network, verdict=verdict))
    assert re.search(r'text-anchor="start"[^>]*>chosen: 2 cells<', text)
    notes = staircase_figure(replace(use_network, verdict=verdict)).layout.annotations
    assert [note.xanchor for note in notes if "chosen" in note.text] == ["left"]
