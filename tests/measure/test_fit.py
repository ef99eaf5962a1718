import math
from dataclasses import dataclass

import pytest
import torch

from cellwise._errors import SettingsError
from cellwise.architecture import Architecture
from cellwise.layers import Network, build
from cellwise.measure._effort import Effort
from cellwise.measure._fit import check_memory, fit_rows
from cellwise.training import Member


@dataclass(frozen=True)
class Constant:
    """Give a number of the row's own, whatever the input."""

    network: Network
    goals: torch.Tensor
    tolerance: float = 0.0

    def batch(self, rows, step):
        return torch.zeros(len(rows), 2, 3, 1), self.goals[rows]

    def losses(self, rows, outputs, targets):
        return (outputs[..., 0] - targets[:, None]).square().mean(1)

    def solved(self, rows, parameters):
        x, targets = self.batch(rows, 0)
        with torch.no_grad():
            return self.losses(rows, self.network(parameters, x), targets) < self.tolerance


def trained(goals, tolerance=0.0, steps=120, seconds=0.0):
    network = build(Architecture.parse("rnn(2)"), input_size=1, output_size=1)
    members = tuple(Member(fold=0, seed=s, learning_rate=0.05) for s in range(len(goals)))
    task = Constant(network, torch.tensor(goals), tolerance)
    return task, fit_rows(network, members, task, Effort(steps=steps, seconds=seconds))


def test_each_row_learns_its_own():
    task, fitted = trained([0.5, -1.0, 2.0], steps=400)
    x, targets = task.batch(torch.arange(3), 0)
    outputs = task.network(fitted.parameters, x)[:, 0, 0]
    assert torch.allclose(outputs, targets, atol=0.05)
    assert (fitted.steps, fitted.ending) == (400, "steps")


def test_a_row_leaves_when_it_has_solved_its_task():
    _, alone = trained([0.0], tolerance=1e-3)
    assert alone.ending == "solved" and alone.steps < 120
    _, both = trained([0.0, 50.0], tolerance=1e-3)
    assert both.ending == "steps"
    assert torch.equal(both.parameters[0], alone.parameters[0])


def test_equal_settings_give_equal_weights():
    assert torch.equal(trained([1.0, 2.0])[1].parameters, trained([1.0, 2.0])[1].parameters)


def test_time_ends_a_training():
    _, fitted = trained([1.0], steps=10**9, seconds=0.05)
    assert fitted.ending == "time" and fitted.seconds < 30


def test_a_row_that_is_not_finite_stays_where_it_is():
    task, fitted = trained([1.0, math.inf])
    assert fitted.parameters.isfinite().all()
    assert torch.equal(fitted.parameters[1], task.network.initial_parameters((1,))[0])


def test_threads_of_torch_are_given_back():
    before = torch.get_num_threads()
    trained([1.0], steps=2)
    assert torch.get_num_threads() == before


def test_rows_that_the_machine_cannot_hold_are_refused_before_they_are_made():
    network = build(Architecture.parse("lstm(1000000)"), input_size=1, output_size=1)
    with pytest.raises(SettingsError, match=r"lstm\(1000000\) needs .* GB .* in 6 trainings, this"):
        check_memory(network, 6)
