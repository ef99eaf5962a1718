import math

import pytest

from cellwise.capacity import Block, LayerNorms, NetworkNorms, rounded_up
from cellwise.capacity._norms import glorot_spectral, initial_norms


def test_weights_are_all_counted(make_case):
    case = make_case("2*lstm(4)", inputs=3, outputs=2)
    norms = initial_norms(case)
    blocks = [b for layer in norms.layers for b in layer.blocks] + [norms.head, norms.head_bias]
    assert len(blocks) == 12 * 2 + 2
    assert sum(block.entries for block in blocks) == case.weights


@pytest.mark.parametrize(
    "text", ["gru(4)", "rnn(4)", "lstm(4) > gru(4)", "lstm(4, to_output) > lstm(4)"]
)
def test_other_networks_have_none(make_case, text):
    assert initial_norms(make_case(text)) is None


def test_expected_norms_are_those_of_a_draw():
    import torch

    torch.manual_seed(0)
    weight = torch.empty(300, 200)
    torch.nn.init.xavier_uniform_(weight)
    assert torch.linalg.matrix_norm(weight, 2).item() == pytest.approx(
        glorot_spectral(300, 200), rel=0.05
    )
    radius = math.sqrt(2 * 300 * 200 / 500)
    assert weight.norm().item() == pytest.approx(radius, rel=0.02)


def test_spectral_norm_is_at_most_the_frobenius_norm():
    assert glorot_spectral(3, 1) == pytest.approx(math.sqrt(2 * 3 / 4))


def test_measured_norms_are_rounded_up_and_paid_for():
    block = Block(entries=1, radius=3.0, spectral=1.0)
    layer = LayerNorms(hidden_size=1, input=(block,) * 4, recurrent=(block,) * 4, bias=(block,) * 4)
    norms = NetworkNorms(layers=(layer,), head=block, head_bias=block, input_norm=1.0)
    rounded, price = rounded_up(norms)
    assert (rounded.head.radius, rounded.head.spectral) == (4.0, 1.0)
    # 14 blocks: 2^2 and 2^0
    assert price == pytest.approx(14 * (2 * math.log(3) + 2 * math.log(2.29)))


def test_prices_of_all_powers_share_the_failure_probability():
    shares = sum(math.exp(-2 * math.log(1 + abs(j)) - math.log(2.29)) for j in range(-9999, 10000))
    assert 0.99 < shares <= 1.0
