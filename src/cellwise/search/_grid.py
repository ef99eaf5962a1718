"""The full map of depth by cells."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cellwise._errors import SettingsError
from cellwise.architecture import Architecture, RecurrentLayer
from cellwise.search._growth import doubling
from cellwise.search._settings import SearchSettings

MOST = {"layers": 64, "cells": 100_000}
"""Largest sizes of a map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Sizes of a map.

    Attributes:
        layers: Numbers of layers.
        cells: Numbers of cells in each layer.
    """

    layers: tuple[int, ...]
    cells: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> "Grid":
        """Read such as ``layers=1..3 cells=4..64``.

        Args:
            text: Two ranges; layers go up by one, cells double. ``cells=5,20`` lists them.

        Returns:
            The grid.

        Raises:
            SettingsError: If it is malformed.
        """
        found = dict(word.split("=", 1) for word in text.split() if "=" in word)
        if set(found) != {"layers", "cells"} or len(text.split()) != 2:
            raise SettingsError(f"grid must be such as 'layers=1..3 cells=4..64', got {text!r}")
        return cls(
            layers=_values("layers", found["layers"], lambda a, b: range(a, b + 1)),
            cells=_values("cells", found["cells"], doubling),
        )

    def waves(self, settings: SearchSettings) -> list[list[Architecture]]:
        """Return every point of the map: a wave for each number of cells, narrow first.

        Args:
            settings: Names the cell.

        Returns:
            Stacks of equal layers, shallow first within a wave.
        """
        layers = [RecurrentLayer(cell=settings.cell, hidden_size=cells) for cells in self.cells]
        return [
            [Architecture(layers=(layer,) * depth) for depth in self.layers] for layer in layers
        ]


def _values(name: str, text: str, between: Callable[[int, int], Iterable[int]]) -> tuple[int, ...]:
    span = re.fullmatch(r"(\d+)\.\.(\d+)", text)
    values: tuple[int, ...] = ()
    most = MOST[name]
    if span and int(span[2]) <= most:
        values = tuple(between(int(span[1]), int(span[2]))) if int(span[1]) else (0,)
    elif re.fullmatch(r"\d+(,\d+)*", text):
        values = tuple(int(part) for part in text.split(","))
    if any(int(number) > most for number in re.findall(r"\d+", text)):
        raise SettingsError(f"grid: {name} must be at most {most:,}, got {text!r}")
    if not values:
        raise SettingsError(f"grid: {name} must be such as 1..3 or 1,2,3, got {text!r}")
    if min(values) < 1:
        raise SettingsError(f"grid: {name} must be at least 1, got {min(values)}")
    return values
