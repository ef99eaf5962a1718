"""Replaying many small launches as one CUDA graph.

Above 128 cells a time step is a batched product and a fused element-wise kernel. Their launches
cost more than their work, so a whole pass is recorded once for each set of shapes and replayed.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Body = Callable[[], tuple[Tensor, ...]]
Capture = Callable[[Body], tuple[Callable[[], None], tuple[Tensor, ...]]]
"""Records a body; returns what replays it, and the tensors that each replay overwrites."""


def capture_cuda(body: Body) -> tuple[Callable[[], None], tuple[Tensor, ...]]:
    """Record a body as a CUDA graph.

    Args:
        body: Launches work on the current stream; takes its tensors from its closure.

    Returns:
        What replays it, and the tensors that each replay overwrites.
    """
    # a first run outside the graph compiles the kernels and makes cuBLAS take its workspace
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        body()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    # other threads (a loader that pins memory) may go on with calls that a capture forbids
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        outputs = body()
    return graph.replay, outputs


class GraphCache:
    """Graphs by function, options and shapes; the one unused for longest is dropped first."""

    def __init__(self, limit: int, capture: Capture = capture_cuda) -> None:
        # each graph holds its inputs, its outputs and what lies between
        self.limit = limit
        self._capture = capture
        self._lock = threading.Lock()
        self._graphs: OrderedDict[Any, _Graph] = OrderedDict()

    def __len__(self) -> int:
        """Return how many graphs are kept."""
        return len(self._graphs)

    def run(
        self, function: Callable[..., tuple[Tensor, ...]], *tensors: Tensor | None, **options: Any
    ) -> tuple[Tensor, ...]:
        """Call a function through its graph, which is recorded at the first call.

        Args:
            function: Takes ``tensors`` and ``options``, which it may overwrite; must launch the
                same work for the same shapes and options, whatever the values.
            *tensors: Arguments, copied into the graph's own.
            **options: Hashable arguments, part of the key.

        Returns:
            Copies of what the function returns.
        """
        precision = torch.get_float32_matmul_precision()
        key = (function, precision, tuple(sorted(options.items())), tuple(map(_kind, tensors)))
        with self._lock:
            graph = self._graphs.pop(key, None)
            if graph is None:
                while len(self._graphs) >= self.limit:
                    self._graphs.popitem(last=False)
                graph = _Graph(self._capture, function, tensors, options)
            self._graphs[key] = graph
            return graph(tensors)


class _Graph:
    """One recorded function with the tensors that it reads and writes."""

    def __init__(
        self,
        capture: Capture,
        function: Callable[..., tuple[Tensor, ...]],
        tensors: tuple[Tensor | None, ...],
        options: dict[str, Any],
    ) -> None:
        self._inputs = [
            t if t is None else t.clone(memory_format=torch.contiguous_format) for t in tensors
        ]
        self._replay, self._outputs = capture(lambda: function(*self._inputs, **options))

    def __call__(self, tensors: tuple[Tensor | None, ...]) -> tuple[Tensor, ...]:
        for own, given in zip(self._inputs, tensors, strict=True):
            if own is not None and given is not None:
                own.copy_(given)
        self._replay()
        # the next replay overwrites them while autograd may still hold them
        return tuple(output.clone() for output in self._outputs)


def _kind(tensor: Tensor | None) -> tuple[Any, ...] | None:
    if tensor is None:
        return None
    # a graph's tensors belong to one stream: on two at a time they would be overwritten in use
    stream = torch.cuda.current_stream(tensor.device).cuda_stream if tensor.is_cuda else None
    return tuple(tensor.shape), tensor.dtype, tensor.device, stream


_CACHE = GraphCache(limit=8)


def replayed(
    function: Callable[..., tuple[Tensor, ...]], *tensors: Tensor | None, **options: Any
) -> tuple[Tensor, ...]:
    """Call a function through a CUDA graph where there is a device, plainly elsewhere.

    Args:
        function: As for `GraphCache.run`.
        *tensors: Its tensors.
        **options: Its other arguments.

    Returns:
        What it returns.
    """
    devices = [tensor.device for tensor in tensors if tensor is not None]
    # inside somebody else's graph the launches become part of that one
    if devices[0].type != "cuda" or torch.cuda.is_current_stream_capturing():
        return function(*tensors, **options)
    with torch.cuda.device(devices[0]):
        return _CACHE.run(function, *tensors, **options)
