"""Three runs as they could have ended; the numbers are made up."""

import math
import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cellwise.architecture import Architecture
from cellwise.records import (
    BaselineRecord,
    CandidateRecord,
    ComparisonRecord,
    DataRecord,
    Evidence,
    FinalRecord,
    ForecastExample,
    MemberRecord,
    Score,
    VerdictRecord,
)

HORIZON = 24
RATES = (0.001, 0.003, 0.01, 0.03)


def score(mse: float) -> Score:
    return Score(
        mse=mse,
        mae=0.8 * mse**0.5,
        mase=1.4 * mse**0.5,
        smape=18 * mse,
        original_mse=1520.0 * mse,
        original_mae=31.2 * mse**0.5,
    )


def data(**changes: object) -> DataRecord:
    record = DataRecord(
        target="load",
        horizon=HORIZON,
        context_length=168,
        metric="mse",
        num_rows=17_420,
        num_series=1,
        num_windows=(10_262, 3_413, 3_461),
        input_size=9,
        output_size=HORIZON,
        num_steps=168,
        frequency="1 hour",
        season_length=24,
        features=("load", "temperature", "hour_sin", "hour_cos", "day_sin", "day_cos"),
        notes=("3 absent hours were filled by linear interpolation.",),
        fingerprint="9f2c41d07ab3",
    )
    return replace(record, **changes)  # type: ignore[arg-type]


def baselines() -> tuple[BaselineRecord, ...]:
    rows = [
        ("ridge", "linear autoregression (ridge)", 0.312, 0.4),
        ("boosting", "gradient-boosted trees", 0.326, 11.2),
        ("auto_theta", "AutoTheta", 0.341, 40.5),
        ("seasonal_naive", "seasonal naive", 0.437, 0.02),
        ("naive", "naive", 1.21, 0.01),
    ]
    found = [
        BaselineRecord(
            name=name,
            label=label,
            error=error,
            error_by_fold=(0.97 * error, 1.05 * error, 0.98 * error),
            score=score(error),
            skipped="",
            seconds=seconds,
        )
        for name, label, error, seconds in rows
    ]
    skipped = BaselineRecord(
        name="auto_arima",
        label="AutoARIMA",
        error=math.nan,
        error_by_fold=(),
        score=None,
        skipped="a season of 24 on 10,000 rows would take longer than the whole budget",
        seconds=0.0,
    )
    return (*found, skipped)


def member(
    error: float, rate: float, fold: int, seed: int, state: str, chance: random.Random
) -> MemberRecord:
    epochs = 8 if state == "halved" else 26 + chance.randrange(12)
    curve = tuple(
        error + 0.35 * math.exp(-epoch / 5) + 0.0006 * max(0, epoch - 20) + chance.gauss(0, 0.004)
        for epoch in range(epochs)
    )
    return MemberRecord(
        fold=fold,
        seed=seed,
        learning_rate=rate,
        state=state,
        best_epoch=1 + curve.index(min(curve)),
        error=min(curve),
        train_curve=tuple(0.9 * value for value in curve),
        val_curve=curve,
    )


def candidate(stage: str, text: str, error: float, rate: float = 0.01) -> CandidateRecord:
    chance = random.Random(text)
    network = Architecture.parse(text)
    members = [
        member(error + (fold - 1) * 0.01, rate, fold, seed, "stopped", chance)
        for fold in range(3)
        for seed in range(2)
    ]
    for other in RATES:
        if other != rate:
            worse = error * (1 + 0.16 * abs(math.log10(other / rate)) ** 1.4)
            members.append(member(worse, other, 0, 0, "halved", chance))
    return CandidateRecord(
        stage=stage,
        architecture=text,
        num_parameters=network.num_parameters(input_size=9, output_size=HORIZON),
        num_cells=network.num_cells,
        learning_rate=rate,
        error=error,
        standard_error=0.0065,
        seed_deviation=0.003,
        error_by_fold=(error - 0.01, error, error + 0.01),
        score=score(error),
        members=tuple(members),
        seconds=31.0,
    )


def comparison(
    stage: str, new: str, old: str, gain: float, p: float, accepted: bool
) -> ComparisonRecord:
    reason = (
        "better by more than luck explains and by at least 1 %"
        if accepted
        else "p is not below 0.05"
    )
    return ComparisonRecord(
        stage=stage,
        candidate=new,
        incumbent=old,
        gain=gain,
        p_value=p,
        alpha=0.05,
        accepted=accepted,
        reason=reason,
    )


def final(role: str, text: str, error: float) -> FinalRecord:
    return FinalRecord(
        role=role,
        architecture=text,
        num_parameters=Architecture.parse(text).num_parameters(input_size=9, output_size=HORIZON),
        seeds=(11, 12, 13),
        errors=(error - 0.002, error, error + 0.002),
        score=score(error),
        seconds=40.0,
    )


def example(start: int, quality: float) -> ForecastExample:
    def value(t: int) -> float:
        return 420 + 90 * math.sin(2 * math.pi * t / 24) + 25 * math.sin(2 * math.pi * t / 168)

    chance = random.Random(start)
    context = range(start, start + 168)
    ahead = range(start + 168, start + 168 + HORIZON)

    def label(t: int) -> str:
        return f"{datetime(2018, 3, 1) + timedelta(hours=t):%Y-%m-%d %H:%M}"

    return ForecastExample(
        series="",
        context_times=tuple(map(label, context)),
        context=tuple(value(t) + chance.gauss(0, 9) for t in context),
        times=tuple(map(label, ahead)),
        truth=tuple(value(t) + chance.gauss(0, 9) for t in ahead),
        network=tuple(value(t) + 12 * quality * math.sin(t / 5) for t in ahead),
        benchmark=tuple(0.93 * value(t) + 40 + 20 * math.cos(t / 7) for t in ahead),
    )


WIDTHS = [("lstm(2)", 0.412), ("lstm(4)", 0.352), ("lstm(8)", 0.309), ("lstm(16)", 0.284)]
REFUSED = [("lstm(32)", 0.2825), ("lstm(64)", 0.288)]
DEEP = [("depth", "lstm(16) > lstm(2)", 0.2832), ("control", "lstm(11) > lstm(11)", 0.291)]


def growth() -> tuple[tuple[CandidateRecord, ...], tuple[ComparisonRecord, ...]]:
    sizes = tuple(candidate("width", text, error) for text, error in WIDTHS + REFUSED)
    deep = tuple(candidate(stage, text, error, 0.003) for stage, text, error in DEEP)
    comparisons = (
        comparison("width", "lstm(4)", "lstm(2)", 0.146, 0.0004, True),
        comparison("width", "lstm(8)", "lstm(4)", 0.122, 0.0009, True),
        comparison("width", "lstm(16)", "lstm(8)", 0.081, 0.006, True),
        comparison("width", "lstm(32)", "lstm(16)", 0.005, 0.31, False),
        comparison("width", "lstm(64)", "lstm(16)", -0.014, 0.83, False),
        comparison("depth", "lstm(16) > lstm(2)", "lstm(16)", 0.0028, 0.36, False),
        comparison("control", "lstm(11) > lstm(11)", "lstm(16)", -0.025, 0.91, False),
    )
    return sizes + deep, comparisons


@pytest.fixture
def use_network() -> Evidence:
    candidates, comparisons = growth()
    return Evidence(
        data=data(),
        baselines=baselines(),
        candidates=candidates,
        comparisons=(
            *comparisons,
            comparison("benchmark", "lstm(16)", "ridge", 0.09, 0.004, True),
            comparison("test", "lstm(16)", "ridge", 0.087, 0.003, True),
        ),
        stages={
            "width": "ended after two refusals in a row at 64 cells",
            "depth": "ended: a second layer did not help",
        },
        finals=(
            final("smaller", "lstm(8)", 0.318),
            final("chosen", "lstm(16)", 0.293),
            final("larger", "lstm(32)", 0.292),
        ),
        lead_errors={
            "network": tuple(9 + 8 * (1 - math.exp(-t / 7)) for t in range(HORIZON)),
            "benchmark": tuple(9.5 + 10 * (1 - math.exp(-t / 7)) for t in range(HORIZON)),
        },
        examples=tuple(example(start, 0.5 + i / 3) for i, start in enumerate((0, 300, 640, 1000))),
        test_reads=1,
        verdict=VerdictRecord(
            kind="use_network",
            sentence="Use one layer of 16 cells: it beats the best classical method by 8.7 %.",
            reasons=(
                "16 cells beat 8 cells on the same folds and seeds (p = 0.006).",
                "32 and 64 cells were no better than luck, nor was a second layer.",
                "On the test rows the network beat linear autoregression (p = 0.003).",
            ),
            architecture="lstm(16)",
            num_parameters=2_136,
            benchmark="ridge",
            p_value=0.003,
            network_validation=score(0.284),
            network_test=score(0.293),
            benchmark_validation=score(0.312),
            benchmark_test=score(0.321),
            noise_floor=0.221,
            seconds=412.0,
        ),
    )


@pytest.fixture
def use_benchmark(use_network: Evidence) -> Evidence:
    candidates = tuple(
        candidate("width", text, error)
        for text, error in [("lstm(2)", 0.331), ("lstm(4)", 0.322), ("lstm(8)", 0.326)]
    )
    return replace(
        use_network,
        candidates=candidates,
        comparisons=(
            comparison("width", "lstm(4)", "lstm(2)", 0.027, 0.021, True),
            comparison("width", "lstm(8)", "lstm(4)", -0.012, 0.74, False),
            comparison("benchmark", "lstm(4)", "ridge", -0.032, 0.93, False),
        ),
        stages={"width": "ended at 8 cells"},
        finals=(final("chosen", "lstm(4)", 0.337),),
        verdict=replace(
            use_network.verdict,
            kind="use_benchmark",
            sentence="Use no LSTM here: linear autoregression (ridge) is at least as good.",
            reasons=("The best network, 4 cells, was 3.2 % worse on the folds (p = 0.93).",),
            architecture="lstm(4)",
            num_parameters=348,
            p_value=0.94,
            network_validation=score(0.322),
            network_test=score(0.337),
            seconds=58.0,
        ),
    )


@pytest.fixture
def unfinished() -> Evidence:
    first = replace(candidate("width", "lstm(2)", 0.41), standard_error=math.nan)
    return Evidence(
        data=data(notes=(), features=(), frequency="", season_length=1),
        baselines=baselines()[-3:],
        candidates=(first, replace(first, architecture="lstm(3)", error=math.nan, members=())),
        verdict=VerdictRecord(
            kind="no_answer",
            sentence="No answer yet: the budget ran out after 2 cells.",
            missing=("sizes above 2 cells", "the test rows"),
            benchmark="seasonal_naive",
            seconds=math.nan,
        ),
    )


@pytest.fixture
def empty() -> Evidence:
    return Evidence(
        data=data(num_windows=(0, 0, 0)),
        verdict=VerdictRecord(kind="no_answer", sentence="No answer: nothing has been run."),
    )
