"""Trackers: what a search finds, handed on to TensorBoard or MLflow while it works."""

from cellwise.tracking._place import TrackerPlace
from cellwise.tracking._tracked import tracked

__all__ = ["TrackerPlace", "tracked"]
