import torch

from cellwise.kernels.lstm import lstm_torch
from cellwise.testing import KernelContract, kernel_inputs


class TestContract(KernelContract):
    cell = "lstm"
    kernel = staticmethod(lstm_torch)


def test_runs_without_gradients():
    x, h, c, *weights = kernel_inputs("lstm", (2, 3, 5, 2, 4)).values()
    with torch.no_grad():
        y, _ = lstm_torch(x, (h, c), *weights)
    assert y.shape == (2, 3, 5, 4)
    assert not y.requires_grad


def test_states_lie_without_gaps_as_cudnn_wants_them(monkeypatch):
    """Zero states are one number that is spread out; cuDNN says "hx is not contiguous"."""
    seen, run = [], torch.lstm

    def watch(x, start, *rest):
        seen.extend(start if isinstance(start, tuple) else (start,))
        return run(x, start, *rest)

    monkeypatch.setattr(torch, "lstm", watch)
    inputs = list(kernel_inputs("lstm", (1, 3, 5, 2, 4)).values())
    zero = torch.zeros(()).expand(1, 3, 4)
    lstm_torch(inputs[0], (zero,) * 2, *inputs[3:])
    assert len(seen) == 2 and all(one.is_contiguous() for one in seen)
