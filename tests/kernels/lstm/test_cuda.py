"""The contract in Triton's interpreter, and on a CUDA device where there is one."""

import pytest
import torch

from cellwise._errors import SettingsError
from cellwise.kernels import NUM_STATES
from cellwise.kernels.lstm import lstm_reference
from cellwise.kernels.lstm._cuda import lstm_cuda
from cellwise.testing import KernelContract, assert_close, kernel_inputs


def layer(shape):
    """Give a layer's input, states and weights."""
    x, *rest = kernel_inputs("lstm", shape).values()
    first = NUM_STATES["lstm"]
    return x, tuple(rest[:first]), *rest[first:]


def on_device(x, state, *weights, lengths=None, **options):
    """Run on the card what the contract holds in main memory."""
    ends = None if lengths is None else lengths.cuda()
    there = (x.cuda(), tuple(s.cuda() for s in state), *(w.cuda() for w in weights))
    y, end = lstm_cuda(*there, lengths=ends, **options)
    return y.cpu(), tuple(s.cpu() for s in end)


@pytest.mark.usefixtures("interpreter", "unwritten_is_nan")
class TestInterpreted(KernelContract):
    cell = "lstm"
    kernel = staticmethod(lstm_cuda)
    # a step alone; two tiles of the batch; odd sizes; weights streamed; products outside the kernel
    shapes = (
        (2, 3, 1, 1, 1),
        (2, 18, 3, 9, 5),
        (3, 2, 9, 4, 33),
        (2, 3, 3, 2, 70),
        (2, 3, 3, 2, 130),
    )

    def test_lengths_without_a_walk(self):
        lengths = torch.tensor([[0, 2], [2, 1]])
        for reverse in (False, True):
            self.check(kernel_inputs("lstm", (2, 2, 2, 2, 130)), lengths=lengths, reverse=reverse)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.usefixtures("exact_cudnn")
class TestOnDevice(KernelContract):
    cell = "lstm"
    kernel = staticmethod(on_device)
    shapes = (*KernelContract.shapes, (4, 33, 9, 5, 64), (3, 40, 9, 5, 100), (3, 40, 9, 5, 200))

    def test_a_graph_replayed_takes_new_values(self):
        for scale in (1.0, 0.5):
            inputs = kernel_inputs("lstm", (3, 4, 5, 2, 160))
            self.check({name: scale * tensor for name, tensor in inputs.items()})


@pytest.mark.usefixtures("interpreter")
def test_operators_trace():
    x, state, *weights = layer((2, 3, 4, 2, 3))
    tensors = tuple(t.requires_grad_() for t in (x, *state, *weights))
    lengths = torch.tensor([[4, 1, 0], [2, 3, 4]])
    flags = (False, True)
    torch.library.opcheck(torch.ops.cellwise.lstm_cuda.default, (*tensors, lengths, *flags))


@pytest.mark.usefixtures("interpreter")
def test_compiles_as_one_graph():
    x, state, *weights = layer((2, 3, 4, 2, 3))

    def total(x):
        y, end = lstm_cuda(x, state, *weights)
        return (y.sum((1, 2)) * end[0].sum(1)).sum()

    results = []
    for function in (total, torch.compile(total, backend="aot_eager", fullgraph=True)):
        leaf = x.clone().requires_grad_()
        function(leaf).backward()
        results.append(leaf.grad)
    assert_close("d x", *results, 1e-6)


@pytest.mark.usefixtures("interpreter")
def test_exports():
    x, state, *weights = layer((2, 3, 4, 2, 3))

    class Layer(torch.nn.Module):
        def forward(self, x):
            return lstm_cuda(x, state, *weights)[0]

    program = torch.export.export(Layer(), (x,))
    assert_close("y", lstm_reference(x, state, *weights)[0], program.module()(x), 1e-6)


@pytest.mark.usefixtures("interpreter")
def test_members_run_alone_through_torch(monkeypatch):
    called = []
    monkeypatch.setattr("cellwise.kernels.lstm._cuda.lstm_torch", lambda *a, **o: called.append(o))
    lstm_cuda(*layer((1, 3, 4, 2, 3)), reverse=True)
    assert [options["reverse"] for options in called] == [True]


def test_main_memory_is_refused_outside_the_interpreter(monkeypatch):
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    with pytest.raises(SettingsError, match='backend="cuda" needs a CUDA device, got cpu; use'):
        lstm_cuda(*layer((2, 3, 4, 2, 3)))


@pytest.mark.usefixtures("interpreter")
def test_inference_saves_nothing():
    x, state, *weights = layer((2, 3, 4, 2, 3))
    *_, gates, cells = torch.ops.cellwise.lstm_cuda(x, *state, *weights, None, False, False)
    assert gates.numel() == cells.numel() == 0
    with torch.no_grad():
        y, _ = lstm_cuda(x.requires_grad_(), state, *weights)
    assert_close("y", lstm_reference(x, state, *weights)[0], y, 1e-6)


@pytest.mark.usefixtures("interpreter")
def test_a_second_backward_pass_finds_what_was_saved():
    x, state, *weights = layer((2, 3, 4, 2, 3))
    y, _ = lstm_cuda(x.requires_grad_(), state, *weights)
    first, second = (torch.autograd.grad(y.sum(), x, retain_graph=True)[0] for _ in range(2))
    assert torch.equal(first, second)
