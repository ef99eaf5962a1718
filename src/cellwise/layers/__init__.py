"""Networks with the member axis, built from an Architecture."""

from cellwise.layers._dropout import Dropout, Site
from cellwise.layers._forecast import CHUNK, Visit, WindowSource, forecast, visit
from cellwise.layers._inclusion import Sized
from cellwise.layers._layout import BASE_WIDTH, Layout, Slot
from cellwise.layers._look import every_step, layer_path, look_inside
from cellwise.layers._network import Network, build, build_forecaster
from cellwise.layers._prune import cell_uses
from cellwise.layers._prune import prune as prune_weights
from cellwise.layers._resize import deepen as deepen_weights
from cellwise.layers._resize import grow as grow_weights
from cellwise.layers._resize import widen as widen_weights
from cellwise.layers._sizing import sized

__all__ = [
    "BASE_WIDTH",
    "CHUNK",
    "Dropout",
    "Layout",
    "Network",
    "Site",
    "Sized",
    "Slot",
    "Visit",
    "WindowSource",
    "build",
    "build_forecaster",
    "cell_uses",
    "deepen_weights",
    "every_step",
    "forecast",
    "grow_weights",
    "layer_path",
    "look_inside",
    "prune_weights",
    "sized",
    "visit",
    "widen_weights",
]
