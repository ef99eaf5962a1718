import math

import pytest

from cellwise.capacity import chen_score, lstm_beta, mgu_beta, state_reach, vanilla_beta
from cellwise.capacity._chen import geometric_sum


def test_worked_sums():
    found = [geometric_sum(b, 50) for b in (0.9, 1.0, 1.1)]
    assert found == pytest.approx([9.95, 50, 1163.9], abs=0.05)
    assert geometric_sum(0.9, 10_000) == pytest.approx(10)


def test_sum_has_no_jump_at_one_and_no_overflow():
    assert geometric_sum(1 + 1e-9, 50) == pytest.approx(50)
    assert geometric_sum(1.1, 10**6) == math.inf
    assert geometric_sum(0.0, 10) == 1.0


@pytest.mark.parametrize("norm", [0.9, 1.0, 1.1])
def test_worked_score(norm):
    weights = 64 * 16 + 64 * 64 + 64 * 2
    reach = state_reach(
        hidden_size=64,
        input_norm=1,
        input_weight_norm=1,
        beta=vanilla_beta(recurrent_norm=norm),
        length=50,
    )
    assert (weights, reach) == (5248, 8.0)
    found = chen_score(weights=weights, head_norm=1, reach=reach, samples=1e5)
    assert found == pytest.approx(1.832681, abs=1e-6)


def test_gates_keep_growth_below_one_where_weights_do_not():
    gates = ([0.5] * 9, [0.3] * 9, [0.5] * 9)
    assert lstm_beta(*gates, recurrent_norm=2.0) == pytest.approx(0.8)
    assert vanilla_beta(recurrent_norm=2.0) == 2.0


def test_first_step_has_no_output_gate_before_it():
    assert lstm_beta([0.5], [1.0], [1.0], recurrent_norm=9.0) == 0.5


@pytest.mark.parametrize("scale", [0.2, 1.0, 3.0])
def test_states_of_random_lstms_stay_within_the_reach(scale):
    import torch

    torch.manual_seed(0)
    n, m, length = 8, 3, 30
    for _ in range(10):
        w = {z: torch.randn(n, m).double() * scale for z in "ifgo"}
        u = {z: torch.randn(n, n).double() * scale / math.sqrt(n) for z in "ifgo"}
        x = torch.randn(length, m).double()
        h = c = torch.zeros(n).double()
        gates = {z: [] for z in "ifo"}
        for step in x:
            a = {z: w[z] @ step + u[z] @ h for z in "ifgo"}
            i, f, o = (torch.sigmoid(a[z]) for z in "ifo")
            for z, gate in zip("ifo", (i, f, o), strict=True):
                gates[z].append(gate.max().item())
            c = f * c + i * torch.tanh(a["g"])
            h = o * torch.tanh(c)
        beta = lstm_beta(
            gates["f"],
            gates["i"],
            gates["o"],
            recurrent_norm=torch.linalg.matrix_norm(u["g"], 2).item(),
        )
        reach = state_reach(
            hidden_size=n,
            input_norm=x.norm(dim=1).max().item(),
            input_weight_norm=torch.linalg.matrix_norm(w["g"], 2).item(),
            beta=beta,
            length=length,
        )
        assert h.norm().item() <= reach + 1e-9


def test_states_of_random_minimal_gated_units_stay_within_the_reach():
    import torch

    torch.manual_seed(0)
    n, m, length = 6, 3, 20
    for _ in range(10):
        wr, wh = torch.randn(n, m).double(), torch.randn(n, m).double()
        ur, uh = torch.randn(n, n).double() / 2, torch.randn(n, n).double() / 2
        x, h = torch.randn(length, m).double(), torch.zeros(n).double()
        kept, update = [], []
        for step in x:
            r = torch.sigmoid(wr @ step + ur @ h)
            kept.append((1 - r).max().item())
            update.append(r.max().item())
            h = (1 - r) * h + r * torch.tanh(wh @ step + uh @ (r * h))
        beta = mgu_beta(kept, update, recurrent_norm=torch.linalg.matrix_norm(uh, 2).item())
        reach = state_reach(
            hidden_size=n,
            input_norm=x.norm(dim=1).max().item(),
            input_weight_norm=torch.linalg.matrix_norm(wh, 2).item(),
            beta=beta,
            length=length,
        )
        assert h.norm().item() <= reach + 1e-9
