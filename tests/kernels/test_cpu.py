"""What the compiled kernels share: torch's contracts, threads, accuracy, memory."""

import numpy as np
import pytest
import torch

import cellwise
from cellwise._extension import load_extension, num_threads
from cellwise.kernels import choose_kernel
from cellwise.kernels._cpu import recurrent_layer
from cellwise.kernels.lstm import lstm_cpu
from cellwise.testing import assert_close, kernel_inputs, run_kernel

EXTENSION, REASON = load_extension()
pytestmark = pytest.mark.skipif(EXTENSION is None, reason=REASON)
CODES = {"lstm": "lstm", "gru": "gru", "rnn": "rnn_tanh"}


@pytest.fixture
def threads():
    """Set the number of threads and give it back."""
    before = num_threads()
    yield cellwise.set_num_threads
    cellwise.set_num_threads(before)


def op_inputs(cell, shape=(2, 3, 4, 2, 5)):
    x, h, *rest = kernel_inputs(cell, shape).values()
    inputs = [x, h, *rest] if cell == "lstm" else [x, h, None, *rest]
    return [None if t is None else t.requires_grad_() for t in inputs + [None] * (7 - len(inputs))]


@pytest.mark.parametrize("cell", CODES)
def test_operator_keeps_torchs_rules(cell):
    lengths = torch.tensor([[4, 0, 2], [1, 4, 3]], dtype=torch.int32)
    for ends in (None, lengths):
        torch.library.opcheck(recurrent_layer, (*op_inputs(cell), ends, CODES[cell], False, True))


def network(x, h, c, w_ih, w_hh, bias):
    y, (h, c) = lstm_cpu(x, (h, c), w_ih, w_hh, bias)
    return y.square().sum() + (h * c).sum()


def test_compiles_without_a_break():
    leaves = [t.requires_grad_() for t in kernel_inputs("lstm", (2, 3, 4, 2, 5)).values()]
    expected = torch.autograd.grad(network(*leaves), leaves)
    compiled = torch.compile(network, backend="aot_eager", fullgraph=True)
    actual = torch.autograd.grad(compiled(*leaves), leaves)
    for ours, theirs in zip(actual, expected, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_exports():
    class Layer(torch.nn.Module):
        def forward(self, x, h, c, w_ih, w_hh, bias):
            return lstm_cpu(x, (h, c), w_ih, w_hh, bias)[0]

    inputs = tuple(kernel_inputs("lstm", (2, 3, 4, 2, 5)).values())
    exported = torch.export.export(Layer(), inputs)
    torch.testing.assert_close(exported.module()(*inputs), Layer()(*inputs))


@pytest.mark.parametrize("cell", CODES)
@pytest.mark.parametrize("shape", [(5, 70, 9, 3, 17), (1, 64, 5, 3, 40)])
def test_results_are_the_same_bits_on_any_number_of_threads(cell, shape, threads):
    leaves = kernel_inputs(cell, shape)
    threads(1)
    expected = run_kernel(cell, choose_kernel(cell, "cpu"), leaves)
    for count in (2, 3, 8):
        threads(count)
        actual = run_kernel(cell, choose_kernel(cell, "cpu"), leaves)
        assert all(torch.equal(actual[name], expected[name]) for name in expected)


def test_two_threads_of_the_program_at_once(threads):
    from concurrent.futures import ThreadPoolExecutor

    threads(2)
    leaves = kernel_inputs("lstm", (4, 40, 9, 3, 17))
    expected = run_kernel("lstm", lstm_cpu, leaves)
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(run_kernel, "lstm", lstm_cpu, leaves) for _ in range(12)]
    assert all(torch.equal(job.result()[k], expected[k]) for job in jobs for k in expected)


def test_a_child_after_fork_computes_too(threads):
    import multiprocessing

    threads(2)
    leaves = kernel_inputs("lstm", (4, 40, 9, 3, 17))
    expected = run_kernel("lstm", lstm_cpu, leaves)["y"].detach()
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()

    def child():
        torch.set_num_threads(1)
        with torch.no_grad():
            x, h, c, *weights = leaves.values()
            theirs.send_bytes(lstm_cpu(x, (h, c), *weights)[0].contiguous().numpy().tobytes())

    process = context.Process(target=child)
    process.start()
    assert ours.poll(30)
    assert ours.recv_bytes() == expected.contiguous().numpy().tobytes()
    process.join(10)


def test_activations_are_right_to_a_few_units_in_the_last_place():
    generator = np.random.default_rng(0)
    x = np.concatenate([np.linspace(-12, 12, 400_001), generator.normal(size=400_000)])
    x = np.concatenate([x, np.logspace(-30, 1, 1000), -np.logspace(-30, 1, 1000)])
    x = x.astype(np.float32)
    found = {"tanh": np.empty_like(x), "sigmoid": np.empty_like(x)}
    EXTENSION.activations(
        x.ctypes.data, found["tanh"].ctypes.data, found["sigmoid"].ctypes.data, len(x)
    )
    exact = {"tanh": np.tanh(x.astype(float)), "sigmoid": 1 / (1 + np.exp(-x.astype(float)))}
    for name, most in (("tanh", 4.0), ("sigmoid", 3.0)):
        unit = np.spacing(np.abs(exact[name]).astype(np.float32)).astype(float)
        assert (np.abs(found[name] - exact[name]) / unit).max() < most


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_member_that_diverged_is_seen_and_touches_no_other(bad):
    leaves = kernel_inputs("lstm", (3, 20, 5, 3, 4))
    leaves["weight_hh"][1] = bad
    found = run_kernel("lstm", lstm_cpu, leaves)
    fine = run_kernel("lstm", lstm_cpu, kernel_inputs("lstm", (3, 20, 5, 3, 4)))
    assert found["d weight_hh"][1].isnan().any()
    assert torch.equal(found["d weight_hh"][[0, 2]], fine["d weight_hh"][[0, 2]])


def test_views_of_a_matrix_of_parameters_are_not_copied():
    leaves = kernel_inputs("lstm", (3, 4, 5, 2, 6))
    weights = [leaves[k].flatten(1) for k in ("weight_ih", "weight_hh", "bias 0")]
    matrix = torch.cat(weights, dim=1)
    ends = np.cumsum([0] + [w.shape[1] for w in weights])
    views = [
        matrix[:, a:b].view_as(leaves[k])
        for a, b, k in zip(ends, ends[1:], ("weight_ih", "weight_hh", "bias 0"), strict=False)
    ]
    expected, _ = lstm_cpu(*[leaves["x"], (leaves["state 0"], leaves["state 1"])], *views)
    x, h, c, *plain = leaves.values()
    assert torch.equal(expected, lstm_cpu(x, (h, c), *plain)[0])


def test_without_gradients_nothing_is_kept():
    inputs = [None if t is None else t.detach() for t in op_inputs("lstm")]
    assert recurrent_layer(*inputs, None, "lstm", False, False)[3].numel() == 0
    assert recurrent_layer(*inputs, None, "lstm", False, True)[3].numel() > 0


def test_second_derivatives_are_refused_not_wrong():
    leaves = [t.requires_grad_() for t in kernel_inputs("lstm", (1, 2, 3, 2, 2)).values()]
    (gradient,) = torch.autograd.grad(network(*leaves), leaves[:1], create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


def test_memory_of_a_step_is_used_again():
    EXTENSION.release_memory()
    shape = (8, 32, 50, 8, 32)
    for _ in range(3):
        run_kernel("lstm", lstm_cpu, kernel_inputs("lstm", shape))
    kept = EXTENSION.unused_memory()
    assert kept > 0
    run_kernel("lstm", lstm_cpu, kernel_inputs("lstm", shape))
    assert EXTENSION.unused_memory() == kept
    EXTENSION.release_memory()
    assert EXTENSION.unused_memory() == 0


def test_every_instruction_set_of_this_machine_agrees(tmp_path):
    import os
    import subprocess
    import sys

    script = (
        "import numpy, torch\n"
        "from cellwise._extension import load_extension\n"
        "from cellwise.kernels.lstm import lstm_cpu\n"
        "from cellwise.testing import kernel_inputs, run_kernel\n"
        "found = run_kernel('lstm', lstm_cpu, kernel_inputs('lstm', (2, 21, 6, 5, 13)))\n"
        "print(load_extension()[1])\n"
        "numpy.savez(OUT, **{k: v.detach().numpy() for k, v in found.items()})\n"
    )
    expected = run_kernel("lstm", lstm_cpu, kernel_inputs("lstm", (2, 21, 6, 5, 13)))
    for name in ("avx512", "avx2", "sse2"):
        out = tmp_path / f"{name}.npz"
        environment = os.environ | {"CELLWISE_INSTRUCTION_SET": name}
        command = [sys.executable, "-c", script.replace("OUT", repr(str(out)))]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        with np.load(out) as found:
            for key, value in expected.items():
                assert_close(f"{key}, {name}", value, torch.from_numpy(found[key]), 1e-5)
