"""Networks with the member axis, built from an Architecture."""

from cellwise.layers._dropout import Dropout
from cellwise.layers._forecast import CHUNK, forecast
from cellwise.layers._inclusion import Sized
from cellwise.layers._layout import Layout
from cellwise.layers._look import every_step, layer_path, look_inside
from cellwise.layers._network import Network, build, build_forecaster
from cellwise.layers._prune import prune as prune_weights
from cellwise.layers._resize import deepen as deepen_weights
from cellwise.layers._resize import grow as grow_weights
from cellwise.layers._resize import widen as widen_weights
from cellwise.layers._sizing import sized

__all__ = [
    "CHUNK",
    "Dropout",
    "Layout",
    "Network",
    "Sized",
    "build",
    "build_forecaster",
    "deepen_weights",
    "every_step",
    "forecast",
    "grow_weights",
    "layer_path",
    "look_inside",
    "prune_weights",
    "sized",
    "widen_weights",
]
