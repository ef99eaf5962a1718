"""Torch's own threads, for the time of a block."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Let torch's own operators run on so many threads; the compiled kernels keep theirs.

    Operators on small tensors want one: on a machine that does other work too, threads wait up to
    a hundred times longer for each other than they compute (docs/log.md).

    Args:
        count: Threads, at least 1.

    Yields:
        None: Nothing.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
