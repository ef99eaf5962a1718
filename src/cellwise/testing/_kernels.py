"""What every recurrent kernel must satisfy."""

from typing import Any, ClassVar

import torch
from torch import Tensor

from cellwise.kernels import NUM_STATES, Kernel, choose_kernel

_NUM_GATES = {"lstm": 4, "gru": 3, "rnn": 1}
_NUM_BIASES = {"lstm": 1, "gru": 2, "rnn": 1}


def assert_close(name: str, expected: Tensor, actual: Tensor, tolerance: float) -> None:
    """Compare by relative root-mean-square error and name the tensor that failed.

    Args:
        name: Name shown in the message, such as ``"d weight_hh"``.
        expected: Tensor from the reference.
        actual: Tensor from the implementation under test, same shape.
        tolerance: Largest allowed relative error.

    Raises:
        AssertionError: If the shapes differ or the relative error reaches ``tolerance``.
    """
    if expected.shape != actual.shape:
        raise AssertionError(
            f"{name}: shape {tuple(actual.shape)}, expected {tuple(expected.shape)}"
        )
    difference = (expected - actual).square().mean().sqrt()
    error = (difference / (expected.square().mean().sqrt() + 1e-12)).item()
    if not error < tolerance:
        raise AssertionError(f"{name}: relative error {error:.2e} must be below {tolerance:.0e}")


class KernelContract:
    """Subclass in a test file, set ``cell`` and ``kernel``.

    Attributes:
        cell: ``lstm``, ``gru`` or ``rnn``.
        kernel: The kernel under test; a ``staticmethod``.
        tolerance: Largest relative error of a tensor.
        shapes: Sizes ``(M, B, T, F, H)`` that are tried, odd ones among them.
        variants: Forms of the cell, as options of the kernel.
    """

    cell: ClassVar[str] = "lstm"
    kernel: ClassVar[Kernel]
    tolerance: ClassVar[float] = 1e-5
    shapes: ClassVar[tuple[tuple[int, int, int, int, int], ...]] = (
        (3, 5, 63, 4, 7),
        (1, 1, 1, 1, 1),
        (2, 3, 7, 1, 16),
        (2, 33, 4, 9, 5),
    )
    variants: ClassVar[tuple[dict[str, Any], ...]] = ({},)

    def check(self, leaves: dict[str, Tensor], **options: Any) -> None:
        """Compare outputs, final states and every gradient with the reference, in every form.

        Args:
            leaves: What `kernel_inputs` returned.
            **options: Options of the kernel.
        """
        for variant in self.variants:
            chosen = variant | options
            expected = run_kernel(
                self.cell, choose_kernel(self.cell, "reference"), leaves, **chosen
            )
            actual = run_kernel(self.cell, type(self).kernel, leaves, **chosen)
            for name, tensor in expected.items():
                where = f"{name} at {tuple(leaves['x'].shape)} {chosen}"
                assert_close(where, tensor, actual[name], self.tolerance)

    def test_outputs_and_gradients(self) -> None:
        """Outputs, final states and every gradient match the reference."""
        for shape in self.shapes:
            self.check(kernel_inputs(self.cell, shape))

    def test_reverse(self) -> None:
        """The same from the last step to the first."""
        for shape in self.shapes:
            self.check(kernel_inputs(self.cell, shape), reverse=True)

    def test_variable_lengths(self) -> None:
        """Steps past a row's end change nothing, in both directions."""
        members, batch, steps, *_ = shape = (2, 19, 6, 3, 5)
        lengths = torch.arange(members * batch).view(members, batch) % (steps + 1)
        for reverse in (False, True):
            self.check(kernel_inputs(self.cell, shape), lengths=lengths, reverse=reverse)

    def test_any_memory_layout(self) -> None:
        """Inputs may lie in memory in any order of their axes."""
        leaves = kernel_inputs(self.cell, (2, 18, 3, 17, 4))
        for order in ((0, 2, 1, 3), (0, 2, 3, 1), (3, 2, 1, 0)):
            back = [order.index(axis) for axis in range(4)]
            x = leaves["x"].permute(order).contiguous().permute(back)
            self.check(leaves | {"x": x})

    def test_members_do_not_touch_each_other(self) -> None:
        """A member's outputs are the same with other neighbours."""
        leaves = kernel_inputs(self.cell, (3, 2, 5, 3, 4))
        whole = run_kernel(self.cell, type(self).kernel, leaves)["y"]
        alone = run_kernel(self.cell, type(self).kernel, {k: v[1:2] for k, v in leaves.items()})
        assert_close("y of member 1", whole[1:2], alone["y"], self.tolerance)

    def test_final_state_alone(self) -> None:
        """Gradients are right where only the final state is used, and where only the output is."""
        leaves = kernel_inputs(self.cell, (2, 5, 6, 3, 4))
        for used in ("y", "state"):
            expected = run_kernel(
                self.cell, choose_kernel(self.cell, "reference"), leaves, used=used
            )
            actual = run_kernel(self.cell, type(self).kernel, leaves, used=used)
            for name, tensor in expected.items():
                assert_close(f"{name} from {used}", tensor, actual[name], self.tolerance)


def kernel_inputs(cell: str, shape: tuple[int, int, int, int, int]) -> dict[str, Tensor]:
    """Draw inputs, states and weights for a kernel, with a fixed seed.

    Args:
        cell: ``lstm``, ``gru`` or ``rnn``.
        shape: Sizes ``(M, B, T, F, H)``.

    Returns:
        Tensors by name, in the order that a kernel takes them.
    """
    members, batch, steps, features, hidden = shape
    rows = _NUM_GATES[cell] * hidden
    sizes: dict[str, tuple[int, ...]] = {"x": (members, batch, steps, features)}
    sizes |= {f"state {i}": (members, batch, hidden) for i in range(NUM_STATES[cell])}
    sizes |= {"weight_ih": (members, rows, features), "weight_hh": (members, rows, hidden)}
    sizes |= {f"bias {i}": (members, rows) for i in range(_NUM_BIASES[cell])}
    generator = torch.Generator().manual_seed(0)
    return {name: 0.5 * torch.randn(size, generator=generator) for name, size in sizes.items()}


def run_kernel(
    cell: str, kernel: Kernel, leaves: dict[str, Tensor], *, used: str = "both", **options: Any
) -> dict[str, Tensor]:
    """Run a kernel forward and backward with a random cotangent.

    Args:
        cell: ``lstm``, ``gru`` or ``rnn``.
        kernel: The kernel.
        leaves: What `kernel_inputs` returned.
        used: What the cotangent is of: ``y``, ``state`` or ``both``.
        **options: Options of the kernel.

    Returns:
        ``y``, the final states, and the gradient of each input.
    """
    inputs = {name: tensor.detach().requires_grad_() for name, tensor in leaves.items()}
    values = list(inputs.values())
    first = 1 + NUM_STATES[cell]
    y, states = kernel(values[0], tuple(values[1:first]), *values[first:], **options)
    parts = {"y": (y,), "state": states, "both": (y, *states)}[used]
    generator = torch.Generator().manual_seed(1)
    total = torch.stack([(p * torch.randn(p.shape, generator=generator)).sum() for p in parts])
    gradients = torch.autograd.grad(total.sum(), values)
    found = {f"d {name}": g for name, g in zip(inputs, gradients, strict=True)}
    finals = {f"final state {i}": state for i, state in enumerate(states)}
    return {"y": y, **finals, **found}
