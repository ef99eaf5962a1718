"""A device that is not there: tensors that say they lie elsewhere, with their values at hand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_leaves, tree_map_only
from typing_extensions import override

ELSEWHERE = torch.device("meta")
"""What such tensors give as their device: the one of torch's that needs no hardware."""

# What may take tensors from both sides, as CUDA allows; its first one says where its result lies
_ACROSS = ("aten::copy_", "aten::index.Tensor", "aten::index_put_")
# What a program waits for, because a value or a shape has to come back from the device
_WAITS = ("aten::_local_scalar_dense", "aten::nonzero", "aten::masked_select", "aten::equal")


class Elsewhere(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """A context in which ``ELSEWHERE`` is a device, as strict as a CUDA device.

    An operation whose tensors lie on both sides raises, as does ``numpy``. Values are those that
    the same operations give in main memory, to the last bit.

    Attributes:
        waits: How often the program waited for a value, by the name of the operation.
    """

    waits: Counter[str]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.waits = Counter()

    @override
    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        given, name = dict(kwargs or {}), func.name()
        there = _there(name, args, given)
        if not there and not any(isinstance(one, _Far) for one in tree_leaves((args, given))):
            return func(*args, **given)
        if name in _WAITS or (name == "aten::_to_copy" and not there):
            self.waits[name] += 1
        inside = {**given, "device": torch.device("cpu")} if given.get("device") else given
        near_args, near_given = tree_map_only(_Far, lambda one: one.held, (tuple(args), inside))
        found = func(*near_args, **near_given)
        if not there:
            return found
        far = tree_map_only(Tensor, _Far, found)
        return return_and_correct_aliasing(  # type: ignore[no-untyped-call]
            func, tuple(args), given, far
        )


class _Far(Tensor):
    """A tensor that says it lies elsewhere."""

    held: Tensor

    @staticmethod
    def __new__(cls, values: Tensor) -> "_Far":
        made: _Far = Tensor._make_wrapper_subclass(
            cls,
            values.size(),
            strides=values.stride(),
            storage_offset=values.storage_offset(),
            dtype=values.dtype,
            layout=values.layout,
            device=ELSEWHERE,
        )
        made.held = values
        return made

    def __init__(self, values: Tensor) -> None:
        super().__init__()

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]
        cls, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        raise RuntimeError(f"{func.name()}: the device is gone, its context has ended")


def _there(name: str, args: Sequence[Any], given: Mapping[str, Any]) -> bool:
    """Whether the result lies elsewhere."""
    if given.get("device") is not None:
        return torch.device(given["device"]) == ELSEWHERE
    tensors = [one for one in tree_leaves((args, given)) if isinstance(one, Tensor)]
    far = any(isinstance(one, _Far) for one in tensors)
    here = [one for one in tensors if not isinstance(one, _Far)]
    if any(one.is_meta for one in here):
        raise RuntimeError(f"{name}: a tensor was made elsewhere past the context, without values")
    if far and name not in _ACROSS and any(one.dim() for one in here):
        raise RuntimeError(f"{name}: tensors lie here and elsewhere")
    if name in _ACROSS:
        return isinstance(args[0], _Far)
    return far and name != "aten::_local_scalar_dense"
