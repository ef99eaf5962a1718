import numpy as np

from cellwise.search import Grid, SearchSettings
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
