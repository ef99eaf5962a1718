import pytest
import torch

from cellwise.diagnosis._similarity import linear_cka

DRAW = torch.Generator().manual_seed(0)
FIRST = torch.randn(500, 6, generator=DRAW)
ROTATION = torch.linalg.qr(torch.randn(6, 6, generator=DRAW))[0]


def test_rotation_shift_and_scale_do_not_count():
    assert linear_cka(FIRST, 3 * FIRST @ ROTATION + 5) == pytest.approx(1)


def test_independent_states_are_unlike():
    # of Gaussians, the mean is about (W1 W2 / n) / sqrt(W1 W2)
    assert linear_cka(FIRST, torch.randn(500, 6, generator=DRAW)) < 0.05


def test_half_shared_states_are_between():
    mixed = torch.cat([FIRST[:, :3], torch.randn(500, 3, generator=DRAW)], dim=1)
    assert 0.3 < linear_cka(FIRST, mixed) < 0.7


def test_states_that_do_not_move_are_like_nothing():
    assert linear_cka(FIRST, torch.ones(500, 2)) == 0.0
