import torch

from cellwise.kernels.rnn import rnn_torch
from cellwise.testing import KernelContract, kernel_inputs


class TestContract(KernelContract):
    cell = "rnn"
    kernel = staticmethod(rnn_torch)
    variants = ({}, {"activation": "relu"})


def test_runs_without_gradients():
    x, state, *weights = kernel_inputs("rnn", (2, 3, 5, 2, 4)).values()
    with torch.no_grad():
        y, _ = rnn_torch(x, (state,), *weights)
    assert y.shape == (2, 3, 5, 4)
    assert not y.requires_grad


def test_states_lie_without_gaps_as_cudnn_wants_them(monkeypatch):
    """Zero states are one number that is spread out; cuDNN says "hx is not contiguous"."""
    seen, run = [], torch.rnn_tanh

    def watch(x, start, *rest):
        seen.extend(start if isinstance(start, tuple) else (start,))
        return run(x, start, *rest)

    monkeypatch.setattr(torch, "rnn_tanh", watch)
    inputs = list(kernel_inputs("rnn", (1, 3, 5, 2, 4)).values())
    zero = torch.zeros(()).expand(1, 3, 4)
    rnn_torch(inputs[0], (zero,) * 1, *inputs[2:])
    assert len(seen) == 1 and all(one.is_contiguous() for one in seen)
