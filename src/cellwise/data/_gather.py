"""Windows of a table, copied out for one step."""

import numpy as np

from cellwise._extension import load_extension
from cellwise.data._dataset import Floats, Rows


def gather_windows(
    table: Floats, starts: Rows, num_steps: int, anchors: Floats, gain: float
) -> Floats:
    """Copy windows out of a table, the rows of the batch side by side as the kernels read them.

    Args:
        table: Features of each row of the table, ``(N, F)``.
        starts: First rows of the windows of each model, ``(M, B)``.
        num_steps: Steps T of a window.
        anchors: Subtracted from feature 0 of each window, ``(M, B)``.
        gain: By which feature 0 is then multiplied.

    Returns:
        ``x[m, t, f, b] = table[starts[m, b] + t, f]``, ``(M, T, F, B)``.

    Raises:
        IndexError: If a window does not lie in the table.
    """
    if starts.size and (starts.min() < 0 or starts.max() + num_steps > len(table)):
        raise IndexError(
            f"windows of {num_steps} steps must lie in the table's {len(table)} rows, "
            f"got starts from {starts.min()} to {starts.max()}"
        )
    extension = load_extension()[0]
    if extension is None:
        windows = table[starts[:, None, :] + np.arange(num_steps)[:, None]]  # (M, T, B, F)
        x = np.ascontiguousarray(windows.transpose(0, 1, 3, 2))
        x[:, :, 0] -= anchors[:, None]
        x[:, :, 0] *= gain
        return x
    members, batch = starts.shape
    starts = np.ascontiguousarray(starts, dtype=np.int64)
    anchors = np.ascontiguousarray(anchors, dtype=np.float32)
    x = np.empty((members, num_steps, table.shape[1], batch), dtype=np.float32)
    sizes = (members, batch, num_steps, table.shape[1])
    addresses = [array.ctypes.data for array in (table, starts, anchors, x)]
    extension.gather(*addresses, sizes, gain)
    return x
