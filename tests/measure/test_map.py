import pytest

from cellwise.architecture import Architecture
from cellwise.measure import Effort, map_echo, stack_of


def test_stack_keeps_the_cell_and_its_options():
    stack = stack_of(Architecture.parse("lstm(4, peephole) > lstm(9)"), 2, 3)
    assert str(stack) == "lstm(3, peephole) > lstm(3, peephole)"


def test_map_has_a_measurement_for_every_place():
    told = []
    found = map_echo(
        Architecture.parse("rnn(2)"),
        (1, 2),
        (2, 3),
        Effort(steps=20, seeds=1),
        ladder=((1,),),
        on_result=told.append,
    )
    assert tuple(told) == found
    assert [one.architecture for one in found] == [
        "rnn(2)",
        "rnn(3)",
        "rnn(2) > rnn(2)",
        "rnn(3) > rnn(3)",
    ]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_more_cells_and_more_layers_reach_further():
    found = map_echo(
        Architecture.parse("lstm(4)"), (1, 2, 3), (4, 8, 16, 32), Effort(steps=400, seeds=2)
    )
    reach = {(i // 4, i % 4): one.value for i, one in enumerate(found)}
    assert all(value >= 8 for value in reach.values())
    for depth in range(3):
        assert reach[depth, 3] > reach[depth, 0]
    assert reach[1, 3] > reach[0, 0]
