"""Networks with the member axis, built from an Architecture."""

from cellwise.layers._forecast import CHUNK, WindowSource, forecast
from cellwise.layers._layout import BASE_WIDTH, Layout, Slot
from cellwise.layers._network import Dropout, Network, build

__all__ = [
    "BASE_WIDTH",
    "CHUNK",
    "Dropout",
    "Layout",
    "Network",
    "Slot",
    "WindowSource",
    "build",
    "forecast",
]
