"""Each cell's contract in Triton's interpreter, and on a CUDA device where there is one."""

import pytest
import torch

from cellwise._errors import SettingsError
from cellwise.kernels import NUM_STATES
from cellwise.kernels.gru import gru_reference
from cellwise.kernels.gru._cuda import gru_cuda
from cellwise.kernels.lstm import lstm_reference
from cellwise.kernels.lstm._cuda import lstm_cuda
from cellwise.kernels.rnn import rnn_reference
from cellwise.kernels.rnn._cuda import rnn_cuda
from cellwise.testing import KernelContract, assert_close, kernel_inputs

KERNELS = {"lstm": lstm_cuda, "gru": gru_cuda, "rnn": rnn_cuda}
REFERENCES = {"lstm": lstm_reference, "gru": gru_reference, "rnn": rnn_reference}
VARIANTS = {
    "lstm": ({},),
    "gru": ({}, {"reset_after": False}),
    "rnn": ({}, {"activation": "relu"}),
}
# of the operator, behind the lengths
FLAGS = {
    "lstm": lambda variant: (False, True),
    "gru": lambda variant: (True, variant.get("reset_after", True), True),
    "rnn": lambda variant: (True, variant.get("activation") == "relu"),
}
CASES = [(cell, variant) for cell, variants in VARIANTS.items() for variant in variants]

each_cell = pytest.mark.parametrize("cell", KERNELS)
each_variant = pytest.mark.parametrize(("cell", "variant"), CASES, ids=str)


def layer(cell, shape):
    """Give a layer's input, states and weights."""
    x, *rest = kernel_inputs(cell, shape).values()
    first = NUM_STATES[cell]
    return x, tuple(rest[:first]), *rest[first:]


def on_device(kernel):
    """Give a function that runs on the card what the contract holds in main memory."""

    def run(x, state, *weights, lengths=None, **options):
        ends = None if lengths is None else lengths.cuda()
        there = (x.cuda(), tuple(s.cuda() for s in state), *(w.cuda() for w in weights))
        y, end = kernel(*there, lengths=ends, **options)
        return y.cpu(), tuple(s.cpu() for s in end)

    return run


@pytest.mark.usefixtures("interpreter", "unwritten_is_nan")
class Interpreted(KernelContract):
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
            inputs = kernel_inputs(self.cell, (2, 2, 2, 2, 130))
            self.check(inputs, lengths=lengths, reverse=reverse)


class TestInterpretedLSTM(Interpreted):
    cell, kernel, variants = "lstm", staticmethod(lstm_cuda), VARIANTS["lstm"]


class TestInterpretedGRU(Interpreted):
    cell, kernel, variants = "gru", staticmethod(gru_cuda), VARIANTS["gru"]


class TestInterpretedRNN(Interpreted):
    cell, kernel, variants = "rnn", staticmethod(rnn_cuda), VARIANTS["rnn"]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.usefixtures("exact_cudnn")
class OnDevice(KernelContract):
    shapes = (*KernelContract.shapes, (4, 33, 9, 5, 64), (3, 40, 9, 5, 100), (3, 40, 9, 5, 200))

    def test_a_graph_replayed_takes_new_values(self):
        for scale in (1.0, 0.5):
            inputs = kernel_inputs(self.cell, (3, 4, 5, 2, 160))
            self.check({name: scale * tensor for name, tensor in inputs.items()})


class TestOnDeviceLSTM(OnDevice):
    cell, kernel, variants = "lstm", staticmethod(on_device(lstm_cuda)), VARIANTS["lstm"]


class TestOnDeviceGRU(OnDevice):
    cell, kernel, variants = "gru", staticmethod(on_device(gru_cuda)), VARIANTS["gru"]


class TestOnDeviceRNN(OnDevice):
    cell, kernel, variants = "rnn", staticmethod(on_device(rnn_cuda)), VARIANTS["rnn"]


@pytest.mark.usefixtures("interpreter")
@each_variant
def test_operators_trace(cell, variant):
    x, state, *weights = layer(cell, (2, 3, 4, 2, 3))
    tensors = tuple(t.requires_grad_() for t in (x, *state, *weights))
    lengths = torch.tensor([[4, 1, 0], [2, 3, 4]])
    operator = getattr(torch.ops.cellwise, f"{cell}_cuda").default
    torch.library.opcheck(operator, (*tensors, lengths, *FLAGS[cell](variant)))


@pytest.mark.usefixtures("interpreter")
@each_variant
def test_compiles_as_one_graph(cell, variant):
    x, state, *weights = layer(cell, (2, 3, 4, 2, 3))

    def total(x):
        y, end = KERNELS[cell](x, state, *weights, **variant)
        return (y.sum((1, 2)) * end[0].sum(1)).sum()

    results = []
    for function in (total, torch.compile(total, backend="aot_eager", fullgraph=True)):
        leaf = x.clone().requires_grad_()
        function(leaf).backward()
        results.append(leaf.grad)
    assert_close("d x", *results, 1e-6)


@pytest.mark.usefixtures("interpreter")
@each_cell
def test_exports(cell):
    x, state, *weights = layer(cell, (2, 3, 4, 2, 3))

    class Layer(torch.nn.Module):
        def forward(self, x):
            return KERNELS[cell](x, state, *weights)[0]

    program = torch.export.export(Layer(), (x,))
    expected = REFERENCES[cell](x, state, *weights)[0]
    assert_close("y", expected, program.module()(x), 1e-6)


@pytest.mark.usefixtures("interpreter")
@each_cell
def test_members_run_alone_through_torch(cell, monkeypatch):
    called = []
    place = f"cellwise.kernels.{cell}._cuda.{cell}_torch"
    monkeypatch.setattr(place, lambda *a, **o: called.append(o))
    KERNELS[cell](*layer(cell, (1, 3, 4, 2, 3)), reverse=True)
    assert [options["reverse"] for options in called] == [True]


@each_cell
def test_main_memory_is_refused_outside_the_interpreter(cell, monkeypatch):
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    with pytest.raises(SettingsError, match='backend="cuda" needs a CUDA device, got cpu; use'):
        KERNELS[cell](*layer(cell, (2, 3, 4, 2, 3)))


@pytest.mark.usefixtures("interpreter")
def test_inference_saves_nothing():
    x, state, *weights = layer("lstm", (2, 3, 4, 2, 3))
    *_, gates, cells = torch.ops.cellwise.lstm_cuda(x, *state, *weights, None, False, False)
    assert gates.numel() == cells.numel() == 0
    with torch.no_grad():
        y, _ = lstm_cuda(x.requires_grad_(), state, *weights)
    assert_close("y", lstm_reference(x, state, *weights)[0], y, 1e-6)


@pytest.mark.usefixtures("interpreter")
def test_a_second_backward_pass_finds_what_was_saved():
    x, state, *weights = layer("lstm", (2, 3, 4, 2, 3))
    y, _ = lstm_cuda(x.requires_grad_(), state, *weights)
    first, second = (torch.autograd.grad(y.sum(), x, retain_graph=True)[0] for _ in range(2))
    assert torch.equal(first, second)
