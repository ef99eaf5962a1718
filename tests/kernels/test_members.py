import torch

from cellwise.kernels._members import run_members


def test_each_member_sees_its_own_input_time_major():
    x = torch.arange(24.0).view(2, 3, 4, 1)  # (M, B, T, F)

    def double(m, x_m):
        assert x_m.shape == (4, 3, 1)
        return x_m * (m + 2), x_m[-1:] * (m + 2)

    y, (final,) = run_members(double, x)
    assert torch.equal(y, x * torch.tensor([2.0, 3.0]).view(2, 1, 1, 1))
    assert torch.equal(final, y[:, :, -1])
