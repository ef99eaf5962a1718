import numpy as np
import pytest

from cellwise.search import Grid, SearchSettings
from cellwise.search._listed import Listed


@pytest.mark.parametrize("carry_rate", [True, False])
def test_all_are_tried_and_the_lowest_error_is_kept(make_candidate, carry_rate):
    asked = []

    def trial(architecture, stage, centre):
        asked.append((str(architecture), stage, centre))
        error = 1 / architecture.num_cells + 0.1 * architecture.num_layers
        failed = str(architecture) == "lstm(2)"
        errors = () if failed else [np.full((2, 5), error)] * 2
        return make_candidate(architecture, errors, stage=stage, rate=0.1 / architecture.num_cells)

    settings = SearchSettings()
    found = Listed(
        architectures=Grid.parse("layers=1..2 cells=2..8").architectures(settings),
        stage="grid",
        settings=settings,
        trial=trial,
        carry_rate=carry_rate,
    )
    found.run()
    assert [a for a, _, _ in asked][:3] == ["lstm(2)", "lstm(4)", "lstm(8)"] and len(asked) == 6
    assert {stage for _, stage, _ in asked} == {"grid"}
    # the rate of a size that failed is not taken over
    assert [rate for *_, rate in asked][:3] == [0.01, 0.01, 0.1 / 4 if carry_rate else 0.01]
    assert str(found.incumbent.architecture) == "lstm(8)"
    assert found.stages == {"grid": "all 6 architectures were tried"}
