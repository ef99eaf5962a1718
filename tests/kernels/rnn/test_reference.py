import pytest
import torch

from cellwise.kernels.rnn import rnn_reference

SIZES = [(1, 1, 1, 1), (63, 3, 5, 4), (7, 2, 1, 9)]


@pytest.mark.parametrize(("T", "B", "F", "H"), SIZES)
def test_equals_torch_nn_in_values_and_gradients(T, B, F, H):
    torch.manual_seed(0)
    layer = torch.nn.RNN(F, H, batch_first=True)
    x = torch.randn(B, T, F, requires_grad=True)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    w_ih, w_hh, b_ih, b_hh = (getattr(layer, name) for name in names)
    cotangent = torch.randn(B, T, H)
    states = (torch.randn(B, H),)
    y_torch, final = layer(x, states[0][None])
    biases = (b_ih + b_hh,)
    y, found = rnn_reference(
        x[None], tuple(s[None] for s in states), w_ih[None], w_hh[None], *(b[None] for b in biases)
    )
    torch.testing.assert_close(y[0], y_torch)
    for ours, theirs in zip(found, final if isinstance(final, tuple) else (final,), strict=True):
        torch.testing.assert_close(ours, theirs)
    leaves = (x, w_ih, w_hh, b_ih, b_hh)
    expected = torch.autograd.grad((y_torch * cotangent).sum(), leaves, retain_graph=True)
    actual = torch.autograd.grad((y[0] * cotangent).sum(), leaves)
    for ours, theirs in zip(actual, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)
