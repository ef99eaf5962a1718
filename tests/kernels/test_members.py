import torch

from cellwise.kernels._members import run_members


def test_each_member_sees_its_own_input_time_major():
    x = torch.arange(24.0).view(2, 3, 4, 1)  # (M, B, T, F)

    def double(m, x_m, start):
        assert x_m.shape == (4, 3, 1) and start == ()
        return x_m * (m + 2), x_m[-1:] * (m + 2)

    y, (final,) = run_members(double, x, ())
    assert torch.equal(y, x * torch.tensor([2.0, 3.0]).view(2, 1, 1, 1))
    assert torch.equal(final, y[:, :, -1])


def test_states_lie_without_gaps_as_cudnn_wants_them():
    """Zero states are one number that is spread out; cuDNN says "hx is not contiguous"."""
    zero = torch.zeros(()).expand(2, 3, 4)

    def see(m, x_m, start):
        assert [one.shape for one in start] == [(1, 3, 4)] * 2
        assert all(one.is_contiguous() for one in start)
        return x_m, *start

    run_members(see, torch.zeros(2, 3, 5, 4), (zero, zero))
