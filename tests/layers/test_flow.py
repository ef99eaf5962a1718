import torch

from cellwise.layers._flow import Signal, affine, side_by_side


def test_the_end_is_the_last_step_where_nothing_else_is_given():
    steps = torch.randn(1, 2, 5, 3)
    assert torch.equal(Signal(steps=(steps,)).end()[0], steps[:, :, -1])
    end = torch.zeros(1, 2, 3)
    assert Signal(steps=(steps,), ends=(end,)).end()[0] is end


def test_a_change_is_spared_the_steps_that_nobody_reads():
    signal = Signal(steps=(torch.ones(1, 2, 5, 3),))
    assert signal.map(torch.neg, every=True).steps[0].shape == (1, 2, 5, 3)
    end = signal.map(torch.neg, every=False)
    assert not end.steps and end.ends[0].shape == (1, 2, 3)


def test_values_stand_side_by_side():
    parts = torch.randn(2, 3, 5, 4), torch.randn(2, 3, 5, 1)
    assert torch.equal(side_by_side(parts), torch.cat(parts, dim=-1))
    assert side_by_side(parts[:1]) is parts[0]


def test_each_member_has_its_own_matrix():
    values, weight, bias = torch.randn(2, 3, 5, 4), torch.randn(2, 6, 4), torch.randn(2, 6)
    found = affine(values, weight, bias)
    for m in range(2):
        expected = torch.nn.functional.linear(values[m], weight[m], bias[m])
        torch.testing.assert_close(found[m], expected)
    torch.testing.assert_close(affine(values, weight) + bias[:, None, None], found)
