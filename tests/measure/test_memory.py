import numpy as np
import pytest

from cellwise.architecture import Architecture
from cellwise.measure import Effort, measure_memory, memory_capacity


@pytest.fixture
def inputs():
    return np.random.default_rng(0).uniform(-1, 1, 5000)


def test_five_delays_give_back_five_inputs(inputs):
    # theory.md 5.2: MC 1, 1, 1, 1, 1, sum 5.000
    states = np.stack([np.roll(inputs, lag) for lag in range(5)], axis=1)
    found = memory_capacity(inputs, states, 11)
    assert found[:5].round(3).tolist() == [1.0] * 5
    assert found.sum() == pytest.approx(5.0, abs=0.01)


def test_a_leaky_unit_gives_back_the_share_of_each_input(inputs):
    state = np.zeros(len(inputs))
    for t in range(1, len(inputs)):
        state[t] = 0.8 * state[t - 1] + inputs[t]
    found = memory_capacity(inputs, state[:, None], 20)
    # correlation with the input k steps ago: 0.8^k sqrt(1 - 0.64)
    assert found[:4] == pytest.approx(0.36 * 0.64 ** np.arange(4), abs=0.05)
    assert found.sum() <= 1.05


def test_a_state_of_noise_gives_back_nothing(inputs):
    states = np.random.default_rng(1).normal(size=(len(inputs), 10))
    assert memory_capacity(inputs, states, 20).sum() < 0.05


def test_a_state_that_does_not_move_gives_back_nothing(inputs):
    assert memory_capacity(inputs, np.ones((len(inputs), 3)), 4).sum() == 0


def test_no_network_gives_back_more_than_its_cells():
    found = measure_memory(Architecture.parse("rnn(4)"), Effort(steps=300, seeds=1))
    assert 3.5 < found.value <= 4.1
    assert all(0 <= row["untrained"] <= 4.1 for row in found.rows)
    assert "can give more than 4" in found.sentence
