import io

import pytest
from rich.console import Console

from cellwise.records import Diagnosis, Finding, LayerProfile, LayerStudy
from cellwise.report import diagnosis_text, doctor_section, html_report, terminal_report
from cellwise.report._doctor import finding_line, study_sentences, summary_sentence

FAULT = Finding(
    key="dead_cells",
    severity="fault",
    title="Dead cells",
    where="layer 1, lstm(8)",
    seen="3 of 8 outputs <do> not [move]",
    value=3.0,
    confidence="certain",
    why="A gate is shut.",
    source="Somebody (2000)",
    do="train with `--max-cells 5`",
)


def profile(path, scale):
    return LayerProfile(
        path=path,
        layer="lstm(2)",
        time_scale=scale,
        time_scale_low=scale - 1,
        time_scale_high=scale + 1,
        untrained=2.0,
        curve=(1.0, 0.5),
        untrained_curve=(1.0, 0.3),
        gate_steps=3.25,
        gate_steps_longest=9.0,
        effective_rank=1.5,
        num_cells=2,
        frozen=4.0,
        removed=5.0,
        cells_frozen=(1.001, 3.0),
        cells_removed=(1.2, 4.0),
        similarity=(1.0, 0.4),
    )


STUDY = LayerStudy(
    layers=(profile("layers.0", 4.0), profile("layers.1", 12.0)),
    depth_excess=5.5,
    depth_excess_low=3.0,
    depth_used=True,
    inputs={"target": 0.7, "hour": 0.3},
    lags=(0.4, 0.2, 0.4),
    skipped={"ablation": "an option"},
)
DIAGNOSIS = Diagnosis(
    subject="2*lstm(2)",
    findings=(FAULT,),
    checked=("dead_cells", "flat_loss"),
    skipped={"one_class": "no classes", "stateful_shuffled": "no classes"},
    study=STUDY,
)


def printed(diagnosis, width=140):
    console = Console(file=io.StringIO(), width=width, no_color=True)
    console.print(diagnosis_text(diagnosis))
    return console.file.getvalue()


def test_a_finding_is_told_with_cause_and_way_out():
    text = printed(DIAGNOSIS)
    for words in (
        "2*lstm(2): 1 fault and no notes in 2 checks.",
        "Dead cells (fault, certain)  [layer 1, lstm(8)]",
        "3 of 8 outputs <do> not [move]",
        "A gate is shut. (Somebody (2000))",
        "train with --max-cells 5",
        "one class, stateful shuffled: no classes",
    ):
        assert words in text


def test_layers_are_told():
    text = printed(DIAGNOSIS)
    for words in ("4.00 (3.00 to 5.00)", "1.50 of 2", "4.00 x", "1 of 2", "Depth is used for time"):
        assert words in text


@pytest.mark.parametrize("width", [80, 200])
def test_lines_fit_the_terminal(width):
    assert all(len(line) <= width for line in printed(DIAGNOSIS, width).splitlines())


def test_depth_that_is_not_used_is_said():
    unused = LayerStudy(
        layers=STUDY.layers,
        depth_excess=-1.0,
        depth_excess_low=-2.0,
        depth_used=False,
        inputs={},
        lags=(),
    )
    assert next(study_sentences(unused)).startswith("No sign that depth is used for time scales")


def test_sensitivity_is_told():
    sentences = list(study_sentences(STUDY))
    assert "Inputs by their share: target 70%, hour 30%." in sentences
    assert "Half of the sensitivity lies in the last 2 steps." in sentences
    assert "Not studied: ablation: an option." in sentences


def test_a_healthy_run_says_so():
    healthy = Diagnosis(subject="lstm(4)", findings=(), checked=("dead_cells",))
    assert summary_sentence(healthy) == "lstm(4): no faults and no notes in 1 checks."
    assert "Not looked for" not in printed(healthy)


def test_a_finding_in_one_line():
    assert finding_line(FAULT) == (
        "Dead cells (fault, certain) [layer 1, lstm(8)]: 3 of 8 outputs <do> not [move]"
    )


def test_what_was_seen_in_training_stands_apart():
    healthy = Diagnosis(subject="lstm(4)", findings=(), checked=("dead_cells",), live=(FAULT,))
    assert "Seen while the networks of the search were in training" in printed(healthy)
    assert "3 of 8 outputs" in doctor_section(healthy)


def test_both_reports_hold_it(use_network):
    console = Console(file=io.StringIO(), width=200, no_color=True)
    console.print(terminal_report(use_network, diagnosis=DIAGNOSIS))
    text = console.file.getvalue()
    assert "The doctor" in text and finding_line(FAULT) in text
    assert doctor_section(DIAGNOSIS) in html_report(use_network, diagnosis=DIAGNOSIS)
    assert "The doctor" not in html_report(use_network)


def test_a_part_of_the_page():
    page = doctor_section(DIAGNOSIS)
    assert "<h2" in page and "3 of 8 outputs &lt;do&gt; not [move]" in page
    assert "What each layer has learned" in page and "<table" in page


def test_page_shows_no_backquotes():
    assert "`" not in _findings_of(doctor_section(DIAGNOSIS))
    assert "train with --max-cells 5" in doctor_section(DIAGNOSIS)


def _findings_of(page):
    return page[: page.index("</table>")]
