"""Networks with the member axis, built from an Architecture."""

from cellwise.layers._dropout import Dropout, Site
from cellwise.layers._forecast import CHUNK, Visit, WindowSource, forecast, visit
from cellwise.layers._layout import BASE_WIDTH, Layout, Slot
from cellwise.layers._network import Network, build, build_forecaster

__all__ = [
    "BASE_WIDTH",
    "CHUNK",
    "Dropout",
    "Layout",
    "Network",
    "Site",
    "Slot",
    "Visit",
    "WindowSource",
    "build",
    "build_forecaster",
    "forecast",
    "visit",
]
