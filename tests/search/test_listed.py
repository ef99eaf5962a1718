import numpy as np
import pytest

from cellwise.search import Grid, SearchSettings
from cellwise.search._budget import BudgetEndedError
from cellwise.search._listed import Listed


def test_all_are_tried_wave_by_wave_and_the_lowest_error_is_kept(make_candidate):
    asked = []

    def trials(architectures, stage, centre):
        asked.append(([str(a) for a in architectures], stage, centre))
        for one in architectures:
            error = 1 / one.num_cells + 0.1 * one.num_layers
            errors = () if one.hidden_sizes[0] == 2 else [np.full((2, 5), error)] * 2
            yield make_candidate(one, errors, stage=stage, rate=0.1 / one.num_cells)

    settings = SearchSettings()
    found = Listed(
        waves=Grid.parse("layers=1..2 cells=2..8").waves(settings),
        stage="grid",
        settings=settings,
        trials=trials,
    )
    found.run()
    sizes = [wave for wave, _, _ in asked]
    assert sizes == [[f"lstm({n})", f"lstm({n}) > lstm({n})"] for n in (2, 4, 8)]
    assert {stage for _, stage, _ in asked} == {"grid"}
    # a wave that failed hands no rate on; the best of the next is the pair of 4 cells
    assert [rate for *_, rate in asked] == [0.01, 0.01, 0.1 / 8]
    assert str(found.incumbent.architecture) == "lstm(8)"
    assert found.stages == {"grid": "all 6 architectures were tried"}
    assert len(found.candidates) == 6


def test_what_was_tried_before_the_time_ended_counts(make_candidate):
    def trials(architectures, stage, centre):
        for one in architectures:
            if one.num_layers == 2 and one.num_cells == 8:
                raise BudgetEndedError
            yield make_candidate(one, [np.full((2, 5), 1 / one.num_cells)] * 2, stage=stage)

    settings = SearchSettings()
    waves = Grid.parse("layers=1,2 cells=2,4").waves(settings)
    found = Listed(waves=waves, stage="grid", settings=settings, trials=trials)
    with pytest.raises(BudgetEndedError):
        found.run()
    assert len(found.candidates) == 3
    assert str(found.incumbent.architecture) in ("lstm(4)", "lstm(2) > lstm(2)")
