import io
import math
from dataclasses import replace

import pytest
from rich.console import Console

from cellwise.records import (
    ComparisonRecord,
    Evidence,
    LimitRecord,
    LimitsRecord,
    from_plain,
    to_plain,
)
from cellwise.report._capacity import (
    capacity_lines,
    capacity_section,
    data_sentences,
    measured_sentence,
    rule_verdict,
)


def rule(side="upper", value=30.0, **fields):
    usual = {"key": "alpha_2", "name": "alpha = 2", "kind": "heuristic"}
    texts = {"assumptions": "a < b", "source": "somebody"}
    return LimitRecord(side=side, value=value, **{**usual, **texts, **fields})


@pytest.fixture
def limited(use_network):
    chosen = use_network.verdict.architecture
    limits = LimitsRecord(
        architecture=chosen,
        num_layers=1,
        cells=8,
        num_parameters=400,
        num_targets=1000,
        num_independent=40,
        memory=3,
        limits=(
            rule(targets=800.0),
            rule("lower", 12.0, name="memory floor"),
            rule("gap", 3.0, name="Occam", silence="above 1"),
        ),
    )
    return replace(use_network, limits=limits)


def lost(evidence, **fields):
    usual = {"stage": "width", "candidate": "lstm(99)", "gain": 0.02, "p_value": 0.16}
    record = ComparisonRecord(
        incumbent=evidence.limits.architecture,
        alpha=0.05,
        accepted=False,
        reason="",
        **{**usual, **fields},
    )
    return replace(evidence, comparisons=(record,))


def of_kind(evidence, kind):
    return replace(evidence, verdict=replace(evidence.verdict, kind=kind))


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (rule(), "said at most 30 cells; 8 were enough"),
        (rule(value=5.9), "said at most 5 cells; 8 were of use"),
        (rule(value=0.0), "said that the data are too few for one cell; 8 were enough"),
        (rule("lower", 12.0), "said at least 12 cells; 8 were enough"),
        (rule("lower", 1.0), "said at least 1 cell; 8 were enough"),
        (rule("gap", 0.25), "training and new data differ by at most 0.250 of the loss"),
        (rule("gap", 3.0, silence="above 1"), "says nothing here: above 1"),
        (rule(value=math.nan), "says nothing here"),
    ],
)
def test_each_rule_is_judged_by_what_was_enough(limited, one, words):
    assert rule_verdict(one, limited) == words


def test_where_no_network_was_needed_the_rule_is_told_so(limited):
    found = rule_verdict(rule(), of_kind(limited, "use_benchmark"))
    assert found == "said at most 30 cells; the best network has 8 and was not needed"
    assert "best so far" in rule_verdict(rule(), of_kind(limited, "no_answer"))
    assert "no size did" in measured_sentence(of_kind(limited, "use_benchmark"))


def test_measured_size_names_its_data_and_its_equals(limited):
    text = measured_sentence(limited)
    assert text.startswith(f"Measured: {limited.limits.architecture} with 400 weights, on 1,000")
    chosen = next(c for c in limited.candidates if c.architecture == limited.limits.architecture)
    twin = replace(chosen, architecture="lstm(77)")
    beside = replace(limited, candidates=(*limited.candidates, twin))
    assert "lstm(77)" in measured_sentence(beside).partition("Within one standard error")[2]


def test_amount_of_data_by_the_rule(limited):
    assert "from 800 targets; there are enough, 1,000" in data_sentences(limited)[0]
    few = replace(limited, limits=replace(limited.limits, num_targets=10))
    assert "there are too few, 10" in data_sentences(few)[0]


def test_a_gain_that_was_not_shown_tells_how_many_windows_would_show_it(limited):
    # p = 0.16 is 0.994 standard errors, 0.05 asks for 1.645: (1.645 / 0.994)^2 = 2.74
    # z of .95 and .80, over z of 1 - .16
    times = ((1.644854 + 0.841621) / 0.994458) ** 2
    words = f"about {times:.1f} times as many validation windows"
    assert words in data_sentences(lost(limited))[-1]
    assert "in 80% of cases" in data_sentences(lost(limited))[-1]
    assert "would not speak for it" in data_sentences(lost(limited, gain=-0.01))[-1]
    assert "too small to count" in data_sentences(lost(limited, p_value=0.01))[-1]
    assert "too near to nothing" in data_sentences(lost(limited, p_value=0.49))[-1]
    assert len(data_sentences(lost(limited, stage="test"))) == 1


def test_the_closest_of_the_lost_comparisons_is_told(limited):
    close, far = (lost(limited, p_value=p).comparisons[0] for p in (0.16, 0.4))
    both = replace(limited, comparisons=(close, replace(far, candidate="lstm(55)")))
    assert "lstm(99)" in data_sentences(both)[-1] and len(data_sentences(both)) == 2


def test_section_escapes_and_holds_every_rule(limited):
    page = capacity_section(limited)
    assert "a &lt; b" in page and "said at most 30 cells; 8 were enough" in page
    assert "What amount of data would change it" in page
    assert '<td class="num">30</td>' in page and '<td class="num">3.00</td>' in page


def test_terminal_tells_the_same(limited):
    out = io.StringIO()
    Console(file=out, width=200).print(capacity_lines(limited))
    assert "- alpha = 2: said at most 30 cells; 8 were enough" in out.getvalue()


def test_evidence_without_limits_has_no_section(use_network):
    assert capacity_section(use_network) == "" and capacity_lines(use_network) is None
    with pytest.raises(ValueError, match="must hold limits"):
        measured_sentence(use_network)


def test_old_evidence_still_loads(use_network, limited):
    plain = to_plain(use_network)
    del plain["limits"]
    assert from_plain(Evidence, plain).limits is None
    assert from_plain(Evidence, to_plain(limited)).limits.limits[0].targets == 800.0
