"""The contract in Triton's interpreter, and on a CUDA device where there is one."""

import pytest
import torch

from cellwise._errors import SettingsError
from cellwise.kernels import NUM_STATES
from cellwise.kernels.gru import gru_reference
from cellwise.kernels.gru._cuda import gru_cuda
from cellwise.testing import KernelContract, assert_close, kernel_inputs

VARIANTS = ({}, {"reset_after": False})


def layer(shape):
    """Give a layer's input, states and weights."""
    x, *rest = kernel_inputs("gru", shape).values()
    first = NUM_STATES["gru"]
    return x, tuple(rest[:first]), *rest[first:]


def on_device(x, state, *weights, lengths=None, **options):
    """Run on the card what the contract holds in main memory."""
    ends = None if lengths is None else lengths.cuda()
    there = (x.cuda(), tuple(s.cuda() for s in state), *(w.cuda() for w in weights))
    y, end = gru_cuda(*there, lengths=ends, **options)
    return y.cpu(), tuple(s.cpu() for s in end)


@pytest.mark.usefixtures("interpreter", "unwritten_is_nan")
class TestInterpreted(KernelContract):
    cell = "gru"
    kernel = staticmethod(gru_cuda)
    variants = VARIANTS
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
            self.check(kernel_inputs("gru", (2, 2, 2, 2, 130)), lengths=lengths, reverse=reverse)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.usefixtures("exact_cudnn")
class TestOnDevice(KernelContract):
    cell = "gru"
    kernel = staticmethod(on_device)
    variants = VARIANTS
    shapes = (*KernelContract.shapes, (4, 33, 9, 5, 64), (3, 40, 9, 5, 100), (3, 40, 9, 5, 200))

    def test_a_graph_replayed_takes_new_values(self):
        for scale in (1.0, 0.5):
            inputs = kernel_inputs("gru", (3, 4, 5, 2, 160))
            self.check({name: scale * tensor for name, tensor in inputs.items()})


@pytest.mark.usefixtures("interpreter")
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_operators_trace(variant):
    x, state, *weights = layer((2, 3, 4, 2, 3))
    tensors = tuple(t.requires_grad_() for t in (x, *state, *weights))
    lengths = torch.tensor([[4, 1, 0], [2, 3, 4]])
    flags = (True, variant.get("reset_after", True), True)
    torch.library.opcheck(torch.ops.cellwise.gru_cuda.default, (*tensors, lengths, *flags))


@pytest.mark.usefixtures("interpreter")
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_compiles_as_one_graph(variant):
    x, state, *weights = layer((2, 3, 4, 2, 3))

    def total(x):
        y, end = gru_cuda(x, state, *weights, **variant)
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
            return gru_cuda(x, state, *weights)[0]

    program = torch.export.export(Layer(), (x,))
    assert_close("y", gru_reference(x, state, *weights)[0], program.module()(x), 1e-6)


@pytest.mark.usefixtures("interpreter")
def test_members_run_alone_through_torch(monkeypatch):
    called = []
    monkeypatch.setattr("cellwise.kernels.gru._cuda.gru_torch", lambda *a, **o: called.append(o))
    gru_cuda(*layer((1, 3, 4, 2, 3)), reverse=True)
    assert [options["reverse"] for options in called] == [True]


def test_main_memory_is_refused_outside_the_interpreter(monkeypatch):
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    with pytest.raises(SettingsError, match='backend="cuda" needs a CUDA device, got cpu; use'):
        gru_cuda(*layer((2, 3, 4, 2, 3)))
