import pytest
from rich.console import Console

from cellwise.architecture import Architecture
from cellwise.capacity import SCREEN_WIDTH, Budget, Question, capacity_screen, consult

QUESTION = Question(inputs=8, outputs=1, length=50, samples=5000)


def screen(first, second=None, width=SCREEN_WIDTH, **options):
    console = Console(width=width, no_color=True)
    against = None if second is None else Architecture.parse(second)
    answer = consult(Architecture.parse(first), QUESTION, against=against, **options)
    with console.capture() as caught:
        console.print(capacity_screen(answer))
    return caught.get()


def test_question_of_the_source_fits_on_one_screen():
    lines = screen("2*lstm(64)", "4*lstm(32)").splitlines()
    assert len(lines) <= 48
    assert max(map(len, lines)) <= SCREEN_WIDTH


def test_all_three_parts_are_there():
    text = screen("2*lstm(64)", "4*lstm(32)")
    for part in ("rests on", "What theory decides", "Equal budget: 51.8k weights"):
        assert part in text
    for number in ("51,777 / 52,289", "413k", "(10.7)", "4 / 12", "lstm(109)"):
        assert number in text


def test_what_says_nothing_is_marked_without_colours():
    text = screen("2*lstm(64)")
    row = next(line for line in text.splitlines() if "Occam, 32 bits" in line)
    assert "(10.7)" in row and "theorem, says nothing" in row


@pytest.mark.parametrize("width", [80, 96])
def test_numbers_are_never_cut(width):
    text = screen("2*lstm(64)", "4*lstm(32)", width=width)
    assert "…" not in text


def test_rows_without_a_number_are_left_out():
    assert "cover of LSTM stacks" not in screen("gru(8)")
    assert "cells to hold the memory" not in screen("gru(8)")


def test_budget_below_one_cell_is_told():
    text = screen("lstm(8)", budget=Budget(kind="parameters", amount=1))
    assert "Even one cell costs more." in text


def test_names_are_not_markup():
    text = screen("lstm(8)", budget=Budget(kind="seconds", amount=5))
    assert "seconds for going through the data once" in text
