import dataclasses
import math

import pytest

from cellwise import SettingsError
from cellwise.capacity import Gates, TrainedRun, trained_statements
from cellwise.capacity._occam import occam_statements


@pytest.fixture
def run(unit_norms):
    gates = Gates(forget=(0.5, 0.6), input=(0.5, 0.5), output=(0.5, 0.5))
    return TrainedRun(training_error=0.1, norms=unit_norms(outputs=1), gates=(gates,))


def by_key(case, run):
    return {one.key: one for one in trained_statements(case, run)}


def test_limits_add_the_training_error(make_case, run):
    case = make_case("lstm(3)", length=2, samples=10**6)
    found = by_key(case, run)
    gap = occam_statements(case)[0].value
    assert found["occam_32_error"].value == pytest.approx(0.1 + gap)
    assert found["occam_32_error"].name == "true error, at most, Occam, 32 bits a weight"
    assert 0.1 < found["cover_error"].value < 1


def test_growth_and_score_are_those_of_the_gates(make_case, run):
    case = make_case("lstm(3)", length=2, samples=10_000)
    found = by_key(case, run)
    # unit norms: 0.6 + 0.5 * 0.5 at the second step
    assert found["chen_beta"].value == pytest.approx(0.85)
    reach = min(math.sqrt(3), 1.85)
    assert found["chen_score"].value == pytest.approx(math.sqrt(64) * reach / 100)


def test_error_above_one_says_nothing(make_case, run):
    found = by_key(make_case("lstm(3)", samples=10), run)
    assert found["occam_5_error"].silence == found["cover_error"].silence == "above 1"


def test_measuring_costs_something(make_case, run, unit_norms):
    from cellwise.capacity import cover_of, cover_regression_gap

    case = make_case("lstm(3)", length=2, samples=10**5)
    prior = cover_regression_gap(cover_of(unit_norms(outputs=1), 2), samples=1e5, delta=0.05)
    assert by_key(case, run)["cover_error"].value - 0.1 > prior


def test_real_network_is_stated(make_case, measured_norms):
    import torch

    torch.manual_seed(0)
    module, head = torch.nn.LSTM(2, 4, 2), torch.nn.Linear(4, 3)
    norms = measured_norms((module,), head, math.sqrt(2))
    gates = Gates(forget=(0.6,) * 5, input=(0.5,) * 5, output=(0.5,) * 5)
    run = TrainedRun(training_error=0.2, norms=norms, gates=(gates, gates))
    numbers = {"inputs": 2, "outputs": 3, "length": 5, "samples": 10**8}
    case = make_case("2*lstm(4)", task="classification", **numbers)
    found = by_key(case, run)
    assert 0.2 < found["occam_32_error"].value < 0.21
    assert 0.2 < found["cover_error"].value < 0.21
    assert found["chen_beta"].value < 1


@pytest.mark.parametrize(
    ("text", "change", "words"),
    [
        ("gru(3)", {}, "norms and gates must be of 0 LSTM layers, got 1 and 1"),
        ("2*lstm(3)", {}, "norms and gates must be of 2 LSTM layers, got 1 and 1"),
        ("lstm(3)", {"training_error": math.nan}, "training_error must be from 0 to 1, got nan"),
    ],
)
def test_run_that_does_not_fit_is_refused(make_case, run, text, change, words):
    with pytest.raises(SettingsError, match=words):
        trained_statements(make_case(text), dataclasses.replace(run, **change))


def test_an_lstm_stack_needs_its_norms(make_case):
    with pytest.raises(SettingsError, match="must be of 1 LSTM layers, got 0 and 0"):
        trained_statements(make_case("lstm(3)"), TrainedRun(training_error=0.1))


@pytest.mark.parametrize("text", ["2*gru(3)", "bilstm(3)", "embed(9, 2) > rnn(3)"])
def test_any_network_has_the_limits_of_occam(make_case, text):
    found = by_key(make_case(text, samples=10**6), TrainedRun(training_error=0.1))
    assert 0.1 < found["occam_5_error"].value < found["occam_32_error"].value < 0.2
    assert found["cover"].value is found["chen_score"].value is None
