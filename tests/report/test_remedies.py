from dataclasses import replace

from cellwise.records import Diagnosis, Remedy
from cellwise.report import doctor_section
from cellwise.report._remedies import REMEDY_HEADS, remedy_rows, remedy_sentence

BEFORE = Remedy(
    name="as it was",
    architecture="3*lstm(8)",
    learning_rate=0.03,
    error=0.5,
    gain=0.0,
    gain_low=0.0,
)
SLOWER = replace(BEFORE, name="smaller rate", learning_rate=0.01, error=0.4, gain=0.2, gain_low=0.1)


def test_the_winner_is_said():
    told = remedy_sentence((SLOWER, BEFORE))
    assert told.startswith("1 way out was tried on the same folds and seeds; smaller rate wins: ")
    assert "3*lstm(8) at rate 0.01 has an error of 0.400, lower by" in told


def test_a_lucky_best_is_not_the_winner():
    lucky = replace(BEFORE, name="residual", error=0.3, gain=0.4, gain_low=-0.1)
    assert "smaller rate wins (residual has a lower error, but" in remedy_sentence(
        (lucky, SLOWER, BEFORE)
    )
    assert remedy_sentence((lucky, BEFORE)).endswith(
        "none is better for sure than the network as it was."
    )


def test_every_way_out_has_a_row_in_the_report():
    rows = remedy_rows((SLOWER, BEFORE))
    assert [row[0] for row in rows] == ["smaller rate", "as it was"]
    assert all(len(row) == len(REMEDY_HEADS) for row in rows)
    page = doctor_section(
        Diagnosis(subject="lstm(8)", findings=(), checked=(), remedies=(SLOWER, BEFORE))
    )
    assert "What was tried for the deeper network" in page and "smaller rate" in page
