import re

import pytest

from cellwise import SettingsError
from cellwise.search import Grid, SearchSettings


def test_layers_go_up_by_one_and_cells_double():
    grid = Grid.parse("layers=1..3 cells=4..64")
    assert (grid.layers, grid.cells) == ((1, 2, 3), (4, 8, 16, 32, 64))
    waves = [[str(a) for a in wave] for wave in grid.waves(SearchSettings(cell="gru"))]
    assert len(waves) == 5 and {len(wave) for wave in waves} == {3}
    assert waves[0][0] == "gru(4)" and waves[-1][-1] == " > ".join(["gru(64)"] * 3)


def test_values_may_be_listed():
    assert Grid.parse("cells=5,20 layers=2") == Grid(layers=(2,), cells=(5, 20))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("layers=1..3", "grid must be such as 'layers=1..3 cells=4..64', got 'layers=1..3'"),
        ("layers=1..2 cells=2-8", "grid: cells must be such as 1..3 or 1,2,3, got '2-8'"),
        ("layers=1..3 units=4", "grid must be such as"),
        ("layers=3..1 cells=4", "grid: layers must be such as 1..3 or 1,2,3, got '3..1'"),
        ("layers=1.5 cells=4", "grid: layers must be such as 1..3 or 1,2,3, got '1.5'"),
        ("layers=0..2 cells=4", "grid: layers must be at least 1, got 0"),
        ("layers=1..1000000000 cells=4", "grid: layers must be at most 64, got '1..1000000000'"),
        ("layers=1 cells=4,99999999999", "grid: cells must be at most 100,000, got '4,999999"),
    ],
)
def test_what_is_wrong_is_said(text, message):
    with pytest.raises(SettingsError, match=re.escape(message)):
        Grid.parse(text)
