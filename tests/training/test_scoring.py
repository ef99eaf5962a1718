import numpy as np
import pytest

from cellwise.data import WindowReader
from cellwise.records import Score
from cellwise.training import Member, _scoring, mean_score, score_forecasts, score_members


def score_of(value):
    return Score(**dict.fromkeys(Score.__dataclass_fields__, value))


def test_perfect_forecasts_have_no_error(tiny_data):
    starts = tiny_data.folds[0].val_starts
    found = score_forecasts(WindowReader(tiny_data), starts, tiny_data.targets(starts), "mse")
    assert not found.window_errors.any() and not found.lead_errors.any()
    assert found.score == score_of(0.0)


def test_errors_of_a_shift_are_the_shift(tiny_data):
    starts = tiny_data.folds[0].val_starts
    shifted = tiny_data.targets(starts) + np.float32([0.5, -1.0])
    found = score_forecasts(WindowReader(tiny_data), starts, shifted, "mae")
    scale = tiny_data.series[0].scale
    np.testing.assert_allclose(found.window_errors, 0.75, rtol=1e-5)
    np.testing.assert_allclose(found.lead_errors, [0.5 * scale, scale], rtol=1e-5)
    assert found.score.mse == pytest.approx((0.25 + 1.0) / 2, rel=1e-5)
    assert found.score.original_mae == pytest.approx(0.75 * scale, rel=1e-5)


def test_pieces_do_not_change_scores(tiny_data, make_experiment, monkeypatch):
    experiment = make_experiment([Member(fold=0, seed=s, learning_rate=0.1) for s in (0, 1)])
    network, starts = experiment.network(tiny_data), tiny_data.folds[0].val_starts
    parameters = network.initial_parameters((0, 1)) + 0.1

    def score():
        return score_members(network, parameters, WindowReader(tiny_data), starts, "mse")

    whole = score()
    monkeypatch.setattr(_scoring, "PIECE", 7)
    for one, other in zip(whole, score(), strict=True):
        np.testing.assert_allclose(one.window_errors, other.window_errors, rtol=1e-4)
        np.testing.assert_allclose(one.lead_errors, other.lead_errors, rtol=1e-4)
        assert one.score.smape == pytest.approx(other.score.smape, rel=1e-4)


def test_mean_score_averages_field_by_field():
    assert mean_score([score_of(1.0), score_of(4.0)]) == score_of(2.5)


def test_mean_score_heeds_weights():
    assert mean_score([score_of(1.0), score_of(4.0)], [2, 1]) == score_of(2.0)
