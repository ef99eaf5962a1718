"""Shared aliases of the kernels."""

from collections.abc import Callable

from torch import Tensor

State = tuple[Tensor, ...]
"""``(h, c)`` for LSTM, ``(h,)`` for GRU and RNN; each ``(M, B, H)``."""

Kernel = Callable[..., tuple[Tensor, State]]
"""``kernel(x, state, *weights) -> (y, state)``; see `lstm_reference` for the shapes."""
