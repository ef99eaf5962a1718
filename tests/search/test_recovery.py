"""Does the search find the size that made the data? Slow: ten minutes on a core."""

import pandas as pd
import pytest

import cellwise
from cellwise.testing import noise_table, teacher_table

SEEDS = range(10)


def recommended_cells(cells, seed, out):
    run = cellwise.fit(
        pd.DataFrame(teacher_table(cells, rows=6000, noise=0.4, seed=seed)),
        target="y",
        horizon=4,
        known_covariates=("u", "v"),
        context_length=12,
        anchor="none",
        max_cells=32,
        max_layers=1,
        out=out,
    )
    return run.architecture.num_cells


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("cells", [2, 4, 8])
def test_recommends_the_teachers_size_within_a_factor_of_two(cells, tmp_path):
    found = [recommended_cells(cells, seed, tmp_path / str(seed)) for seed in SEEDS]
    print(f"teacher of {cells} cells, recommended: {found}")
    near = [cells / 2 <= size <= cells * 2 for size in found]
    assert sum(near) >= 8, found


@pytest.mark.slow
@pytest.mark.parametrize("walk", [False, True], ids=["noise", "random walk"])
@pytest.mark.parametrize("seed", range(3))
def test_no_network_is_recommended_where_nothing_can_be_learnt(walk, seed, tmp_path):
    frame = pd.DataFrame(noise_table(2000, seed=seed, walk=walk))
    run = cellwise.fit(frame, target="y", horizon=6, max_cells=16, max_layers=2, out=tmp_path / "r")
    assert run.verdict.kind != "use_network"
