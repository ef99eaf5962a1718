from dataclasses import replace

import pytest

from cellwise.records import CostRecord
from cellwise.report._costs import cost_sentence, costs_section, layers_sentence


def cost(stage, seconds, foreseen, memory=float("nan"), models=24):
    return CostRecord(
        stage=stage,
        architecture="lstm(8)",
        num_models=models,
        predicted_seconds=foreseen,
        least_seconds=foreseen / 2,
        most_seconds=2 * foreseen,
        predicted_bytes=50_000_000,
        seconds=seconds,
        measured_bytes=memory,
    )


COSTS = (
    cost("width", 10.0, 12.0, 61e6),
    cost("width", 20.0, 15.0, 40e6),
    cost("depth 2", 8.0, 8.8),
    cost("final", float("nan"), 5.0),
)


def test_what_was_foreseen_stands_beside_what_was_measured(use_network):
    page = costs_section(replace(use_network, costs=COSTS))
    # off by 20 %, 25 % and 10 %; what was not trained is left out
    assert "All 3 cohorts took 38 s of training; 36 s were foreseen" in page
    assert "median error of a cohort's time was 20.0 %" in page.replace("&#x27;", "'")
    width, depth = (
        page.split(f">{stage}</td>")[1].split("</tr>")[0] for stage in ("width", "depth 2")
    )
    assert [text in width for text in (">48<", "27 s", "30 s", "22.5 %", "50 MB", "61 MB")] == [
        True
    ] * 6
    assert "61 MB" not in depth and "50 MB" in depth  # memory that is not known is a dash
    assert "final" not in page


def test_nothing_was_trained(use_network):
    assert costs_section(replace(use_network, costs=COSTS[3:])) == ""


def test_one_cohort_is_told_as_one():
    assert cost_sentence([COSTS[0]]).startswith("The cohort took 10 s of training; 12 s were")


@pytest.mark.parametrize(
    ("text", "seconds", "answer"),
    [
        ("lstm(8) > lstm(8)", 2.0, "about that, for"),
        ("lstm(8) > lstm(8)", 1.5, "less, for"),
        ("lstm(8) > lstm(8) > lstm(8)", 4.0, "more, for"),
        ("lstm(8) > lstm(2)", 1.2, "less (the layers are not equal), for"),
    ],
)
def test_layers_are_compared_by_the_time_of_a_networks_epoch(use_network, text, seconds, answer):
    one = next(c for c in use_network.candidates if c.architecture == "lstm(8)")
    half = replace(one, members=one.members[: len(one.members) // 2])
    epochs = [sum(len(m.train_curve) for m in c.members) for c in (one, half)]
    deep = replace(half, architecture=text, seconds=one.seconds * seconds * epochs[1] / epochs[0])
    words = layers_sentence(replace(use_network, candidates=(one, deep)))
    assert f"Here {answer} each network and epoch: " in words
    assert f"took {seconds:.1f} times as long as 8 cells alone" in words


def test_no_stack_beside_a_layer_says_nothing(use_network):
    one = use_network.candidates[0]
    assert layers_sentence(replace(use_network, candidates=(one,))) == ""
    other = replace(one, architecture="lstm(64) > lstm(64)")
    assert layers_sentence(replace(use_network, candidates=(one, other))) == ""
