"""The walk backwards against the recursion forwards, worked numbers, and random networks."""

import math

import pytest

from cellwise.capacity._lipschitz import log_responses


def forward(norms, length, where, kind, gate):
    """The response to one block by the recursion as it is derived, forwards in time."""
    below_h = below_eta = None
    for index, layer in enumerate(norms.layers):
        root = math.sqrt(layer.hidden_size)
        seen = norms.input_norm if index == 0 else math.sqrt(norms.layers[index - 1].hidden_size)
        pre = layer.input[1].spectral * seen + layer.recurrent[1].spectral * root
        phi = 1 / (1 + math.exp(-(pre + layer.bias[1].spectral)))
        c, h, eta, zeta = [0.0], [0.0], [0.0], [0.0]
        for t in range(1, length + 1):
            c.append(phi * c[-1] + 1)
            h.append(root * math.tanh(min(c[-1], 50)))
            inputs = (norms.input_norm if index == 0 else below_h[t], h[t - 1], 1.0)
            e = [layer.recurrent[z].spectral * eta[-1] for z in range(4)]
            if below_eta:
                e = [v + layer.input[z].spectral * below_eta[t] for z, v in enumerate(e)]
            if index == where:
                e[gate] += inputs[kind]
            zeta.append(phi * zeta[-1] + c[t - 1] / 4 * e[1] + e[2] + e[0] / 4)
            eta.append(zeta[-1] + math.tanh(min(c[t], 50)) / 4 * e[3])
        below_h, below_eta = h, eta
    return norms.head.spectral * below_eta[length]


@pytest.mark.parametrize(
    ("length", "candidate", "head"),
    [(1, 1.0, 1.319120), (2, 3.717201, 1.666818), (10, 136888.247, 1.732051)],
)
def test_worked_responses(unit_norms, length, candidate, head):
    logs = log_responses(unit_norms(), length)
    assert math.exp(logs[2]) == pytest.approx(candidate, rel=1e-6)
    assert math.exp(logs[-2]) == pytest.approx(head, rel=1e-6)
    assert logs[-1] == 0.0


@pytest.mark.parametrize(("layers", "length"), [(1, 1), (1, 7), (2, 1), (2, 6), (3, 4)])
def test_walk_backwards_agrees_with_the_recursion_forwards(unit_norms, layers, length):
    norms = unit_norms(layers=layers)
    logs = log_responses(norms, length)
    for where in range(layers):
        for kind in range(3):
            for gate in range(4):
                expected = forward(norms, length, where, kind, gate)
                found = math.exp(logs[12 * where + 4 * kind + gate])
                assert found == pytest.approx(expected, rel=1e-12, abs=1e-300)


def test_long_sequences_do_not_overflow(unit_norms):
    logs = log_responses(unit_norms(), 3000)
    assert 700 < logs[2] < 1e5 and all(math.isfinite(x) for x in logs)


def test_recurrent_weights_have_no_effect_in_one_step(unit_norms):
    assert log_responses(unit_norms(), 1)[4:8] == [-math.inf] * 4


@pytest.mark.parametrize("seed", range(24))
def test_no_random_network_moves_further(measured_norms, seed):
    import torch

    torch.manual_seed(seed)
    layers, n, length = 1 + seed % 2, (2, 3, 6)[seed % 3], 1 + seed % 7
    one, head = torch.nn.LSTM(2, n, layers), torch.nn.Linear(n, 3)
    for parameter in (*one.parameters(), *head.parameters()):
        parameter.data *= (0.5, 1.5, 4.0)[seed // 3 % 3]
    other = torch.nn.LSTM(2, n, layers)
    other.load_state_dict(one.state_dict())
    kind, gate, where = seed // 4 % 3, seed % 4, seed % layers
    name = ("weight_ih_l", "weight_hh_l", "bias_ih_l")[kind] + str(where)
    rows = getattr(other, name).data[gate * n : (gate + 1) * n]
    change = torch.randn_like(rows)
    change *= 0.01 / change.norm()
    rows += change
    x = torch.randn(length, 64, 2)
    with torch.no_grad():
        moved = (head(one(x)[0][-1]) - head(other(x)[0][-1])).norm(dim=-1).max().item()
    norms = measured_norms((one, other), head, x.norm(dim=-1).max().item())
    response = math.exp(log_responses(norms, length)[12 * where + 4 * kind + gate])
    assert moved <= response * 0.01 * (1 + 1e-3) + 1e-6
