from rich.console import Console

from cellwise.architecture import Architecture
from cellwise.measure import Effort, map_echo, measurement_screen

EFFORT = Effort(steps=20, seeds=1)


def shown(found):
    console = Console(width=140, no_color=True)
    with console.capture() as capture:
        console.print(measurement_screen(found))
    return capture.get()


def test_one_measurement_says_its_bound_its_budget_and_its_source():
    found = map_echo(Architecture.parse("rnn(2)"), (1,), (2,), EFFORT, ladder=((1,),))
    text = shown(found)
    assert found[0].sentence in " ".join(text.split())
    for part in ("Bound: A lower bound", "Budget: 2 networks, 1 seeds", "How: ", "Source: Kent"):
        assert part in text


def test_a_map_has_layers_down_and_cells_across():
    found = map_echo(Architecture.parse("rnn(2)"), (1, 2), (2, 3), EFFORT, ladder=((1,),))
    lines = shown(found).splitlines()
    assert "2 cells" in lines[2] and "3 cells" in lines[2]
    assert [line.split()[0] for line in lines[4:6]] == ["1", "2"]
