from dataclasses import replace

from cellwise.report._html_verdict import verdict_card


def test_answer_reasons_and_next_step(use_network):
    card = verdict_card(use_network, "runs/load")
    assert use_network.verdict.sentence in card
    assert all(f"<li>{reason}" in card for reason in use_network.verdict.reasons)
    assert "runs/load" in card
    assert "Not looked at yet" not in card


def test_test_error_where_there_is_one_else_validation(use_network, unfinished):
    assert "test MSE" in verdict_card(use_network, "r")
    assert "test MSE" not in verdict_card(unfinished, "r")


def test_what_is_missing_is_listed(use_network):
    verdict = replace(use_network.verdict, missing=("depth",))
    assert "Not looked at yet" in verdict_card(replace(use_network, verdict=verdict), "r")
