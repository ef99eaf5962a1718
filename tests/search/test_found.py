import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from cellwise.baselines import BaselineRun
from cellwise.records import BaselineRecord, Score
from cellwise.search import SearchSettings
from cellwise.search._found import Found


@dataclass
class Looked:
    """An explorer that has ended."""

    candidates: list
    incumbent: object = None
    comparisons: list = field(default_factory=list)
    stages: dict = field(default_factory=dict)


def baseline(name, errors, skipped=""):
    mean = float(np.mean(errors)) if len(errors) else math.nan
    score = Score(**dict.fromkeys(Score.__dataclass_fields__, mean))
    record = BaselineRecord(
        name=name,
        label=name.title(),
        error=mean,
        error_by_fold=(mean,),
        score=None if skipped else score,
        skipped=skipped,
        seconds=0.0,
    )
    return BaselineRun(method=None, record=record, errors=() if skipped else (errors,))


@pytest.fixture
def found(make_candidate):
    settings = SearchSettings(goal=0.5)
    errors = np.random.default_rng(0).uniform(0.9, 1.1, 40)
    sizes = [
        make_candidate("lstm(2)", ()),
        make_candidate("lstm(4)", [np.stack([0.4 * errors] * 2)]),
    ]
    baselines = (baseline("auto_ets", (), skipped="too dear"), baseline("ridge", errors))
    return Found(settings=settings, metric="mse", baselines=baselines, explorer=Looked(sizes))


def test_nothing_is_found_at_first(tiny_prepared):
    empty = Found(settings=SearchSettings(), metric="mse")
    assert (empty.candidates, empty.incumbent, empty.benchmark) == ([], None, None)
    evidence = empty.evidence(tiny_prepared)
    assert evidence.verdict.kind == "no_answer" and evidence.test_reads == 0
    assert math.isnan(evidence.verdict.noise_floor) and evidence.limits is None


def test_growth_has_ended_at_its_incumbent_or_at_the_first_sound_size(found):
    assert str(found.grown.architecture) == "lstm(4)"
    found.explorer.incumbent = found.candidates[0]  # failed
    assert str(found.grown.architecture) == "lstm(4)"
    found.explorer.incumbent = replace(found.candidates[1])
    assert found.grown is found.explorer.incumbent


def test_recommendation_is_compared_with_the_best_method_that_ran(found):
    found.recommend(found.sound[0])
    assert found.findings.benchmark == "ridge"
    assert found.comparisons == [found.findings.validation]
    assert found.findings.validation.gain == pytest.approx(0.6)


def test_goal_is_reached_by_what_is_recommended(found):
    found.judge()
    assert not found.findings.reached_goal
    found.recommend(found.sound[0])
    found.judge()
    assert found.findings.reached_goal


def test_evidence_takes_a_candidate_that_is_not_yet_among_the_others(
    found, make_candidate, tiny_prepared
):
    latest = make_candidate("lstm(8)", [np.ones((2, 40))])
    evidence = found.evidence(tiny_prepared, latest)
    assert [c.architecture for c in evidence.candidates] == ["lstm(2)", "lstm(4)", "lstm(8)"]
    assert [b.name for b in evidence.baselines] == ["auto_ets", "ridge"]
    assert evidence.verdict.benchmark == "ridge" and len(found.candidates) == 2


def test_noise_floor_is_estimated_once_the_search_has_ended(found, tiny_prepared):
    assert math.isnan(found.evidence(tiny_prepared).verdict.noise_floor)
    found.interrupted = True
    assert not found.evidence(tiny_prepared).verdict.noise_floor > 0.4
