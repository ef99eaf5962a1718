"""Triton without a GPU: its interpreter, and its compiler for a card that is not here."""

import os

import pytest
import torch

from cellwise._threads import torch_threads

NO_TRITON = "triton is not installed (it has builds for Linux only)"
SIZES = {"batch", "steps", "hidden", "first", "count"}


@pytest.fixture
def interpreter(monkeypatch):
    """Let the CUDA kernels run in Triton's interpreter; give Triton, or skip without it."""
    # Triton reads the variable when it is imported: another test may want the real one
    triton = pytest.importorskip("triton", reason=NO_TRITON)
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    # the products are tiny: on a busy machine threads wait for each other far longer than they work
    with torch_threads(1):
        yield triton


@pytest.fixture
def compile_kernel():
    """Give a function that compiles a kernel for a card of some compute capability."""
    if os.environ.get("TRITON_INTERPRET") == "1":
        pytest.skip("with TRITON_INTERPRET=1 Triton's own functions cannot be compiled")
    triton = pytest.importorskip("triton", reason=NO_TRITON)

    def compile_one(kernel, *, capability=90, num_warps=8, **meta):
        function = kernel.compiled
        kinds = {name: "*i32" if name == "lengths" else "*fp32" for name in function.arg_names}
        kinds |= dict.fromkeys(SIZES & set(kinds), "i32") | dict.fromkeys(meta, "constexpr")
        source = triton.compiler.ASTSource(function, kinds, constexprs=meta)
        card = triton.backends.compiler.GPUTarget("cuda", capability, 32)
        options = {"num_warps": num_warps, "num_stages": 1, "enable_fp_fusion": True}
        return triton.compile(source, target=card, options=options)

    return compile_one


@pytest.fixture
def unwritten_is_nan():
    """Fill every new tensor with NaN, so that an element that no kernel writes shows."""
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.fixture
def exact_cudnn():
    """Let cuDNN compute in float32; by default its products are TF32."""
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        yield
