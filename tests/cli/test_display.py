import io
from dataclasses import replace

import pytest
from rich.console import Console

from cellwise.cli import _display
from cellwise.cli._display import Display
from cellwise.diagnosis._catalogue import Seen, make_finding
from cellwise.run import check_settings


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(_display, "time", clock)
    return clock


@pytest.fixture
def show(finished, clock):
    """Give a function that replays the finished run's hooks to a display."""

    def run(terminal=False, names=None, wait=0.0, budget=None):
        console = Console(file=io.StringIO(), force_terminal=terminal, width=200)
        display = Display(console, check_settings({"target": "y", "horizon": 2, "budget": budget}))
        for name, what in finished.calls:
            clock.now += wait
            if names is None or name in names:
                what = what if name == "trial" else (what,)
                getattr(display, f"on_{name}")(*what)
        live = display._status is not None
        display.close()
        return console.file.getvalue(), live

    return run


def test_every_method_and_size_has_a_line(show, finished):
    text, _ = show()
    for record in finished.run.evidence.candidates:
        assert f"{record.architecture}: error {record.error:.4g}" in text
    for record in finished.run.evidence.baselines:
        assert f"baseline   {record.name}" in text


def test_skipped_method_says_why(finished):
    console = Console(file=io.StringIO(), width=200)
    record = replace(finished.run.evidence.baselines[0], skipped="no season")
    Display(console).on_baseline(record)
    assert console.file.getvalue().endswith("skipped: no season\n")


def test_a_finding_of_the_doctor_is_one_line():
    console = Console(file=io.StringIO(), width=200)
    seen = Seen(text="at rate 9", value=9.0, where="lstm(2), fold 1, epoch 3, step 4, layer 1")
    Display(console).on_finding(make_finding("non_finite_loss", seen))
    text = console.file.getvalue()
    assert text.startswith("doctor     The loss is not a number (fault, certain) [lstm(2), fold 1")
    assert text.count("\n") == 1


def test_without_a_terminal_epochs_are_quiet(show):
    assert show(names=("trial", "epoch")) == ("", False)


def test_without_a_terminal_a_slow_epoch_is_told(show):
    text, live = show(names=("trial", "epoch"), wait=20.0)
    assert not live and "lstm(2): epoch 1/2, " in text and "networks, error so far" in text


def test_retraining_has_no_error_to_tell(show):
    text, _ = show(names=("trial", "epoch"), wait=20.0)
    final = [line for line in text.splitlines() if line.startswith("final") and "epoch" in line]
    assert final and all("error" not in line for line in final)


def test_terminal_has_one_live_line(show):
    text, live = show(terminal=True, names=("trial", "epoch"))
    assert live and "epoch 2/2" in text


def test_time_left_is_shown_within_a_budget(show):
    text, _ = show(names=("candidate",), wait=1.0, budget="10m")
    assert "s used, " in text and " s left" in text
    assert "left" not in show(names=("candidate",))[0]


def test_names_with_brackets_are_printed_as_they_are():
    console = Console(file=io.StringIO(), width=200)
    Display(console).on_note("the column [bold] was filled")
    assert console.file.getvalue() == "the column [bold] was filled\n"


@pytest.mark.parametrize("accepted", [True, False])
def test_decisions_are_told(accepted, finished):
    console = Console(file=io.StringIO(), width=200)
    record = replace(finished.run.evidence.comparisons[0], accepted=accepted, reason="why")
    Display(console).on_comparison(record)
    word = "accepted" if accepted else "rejected"
    assert console.file.getvalue() == f"           {word} against {record.incumbent}: why\n"


def test_an_error_without_a_spread_is_said_alone(finished):
    console = Console(file=io.StringIO(), width=200)
    record = replace(finished.run.evidence.candidates[0], standard_error=float("nan"))
    Display(console, check_settings({"target": "y", "horizon": 2})).on_candidate(record)
    assert (
        f"error {record.error:.4g}, {record.num_parameters} parameters" in console.file.getvalue()
    )
