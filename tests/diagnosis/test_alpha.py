from dataclasses import replace

import numpy as np

from cellwise.diagnosis import check_alpha
from cellwise.records import AlphaStep


def walk(*gaps, cells=(30, 20, 15), error=0.4):
    """Steps of a walk with these gaps, each sure to 0.05; what follows is not trained."""
    measured = [
        AlphaStep(
            alpha=2 + i,
            cells_by_windows=cells[i] + 0.4,
            cells_by_independent=2.0,
            cells=cells[i],
            error=error,
            gap=gap,
            gap_bound=gap - 0.05,
            reason="measured",
        )
        for i, gap in enumerate(gaps)
    ]
    rest = AlphaStep(
        alpha=9, cells_by_windows=6.0, cells_by_independent=1.0, reason="the walk ends"
    )
    return (*measured, rest)


def test_a_network_as_large_as_sizes_that_overfit_is_found(make_candidate):
    chosen = make_candidate("lstm(24)", folds=(0.5, 0.5), num_cells=24)
    found = check_alpha(walk(0.4, 0.3, 0.08), chosen)
    assert (found.key, found.severity, found.where) == ("alpha_overfitting", "fault", "lstm(24)")
    assert found.value == 0.3  # that of 20 cells: the network is not as large as 30
    assert found.seen == (
        "along the walk the training error is below the validation error by 40% at alpha 2 (30 "
        "cells, error 0.4), 30% at alpha 3 (20 cells, error 0.4), 8% at alpha 4 (15 cells, error "
        "0.4); the gap is above 10% for sure from 20 cells on; the network has 24 cells and an "
        "error of 0.5"
    )
    assert found.do.startswith("--max-cells 20, ")


def test_a_walk_that_overfits_to_its_end_is_found(make_candidate):
    chosen = make_candidate("lstm(16)", folds=(0.5, 0.5), num_cells=16)
    found = check_alpha(walk(0.4, 0.3, 0.3), chosen, reference=0.4)
    assert found.severity == "fault" and "for sure from 15 cells on" in found.seen


def test_near_the_reference_it_is_a_note(make_candidate):
    chosen = make_candidate("lstm(24)", folds=(0.5, 0.5), num_cells=24)
    assert check_alpha(walk(0.4, 0.3, 0.08), chosen, reference=0.46).severity == "note"


def test_a_gap_of_every_size_is_silent(make_candidate):
    """The level rises: validation rows are the harder ones, and larger networks do better there."""
    chosen = make_candidate("lstm(3)", folds=(0.35, 0.35), num_cells=3)
    steps = walk(0.81, 0.82, 0.76, cells=(3, 2, 1))
    errors = (0.35, 0.4, 0.64)
    rising = [replace(one, error=e) for one, e in zip(steps, errors, strict=False)]
    assert check_alpha(rising, chosen) is None
    worse = replace(chosen, error=0.5)
    assert "76% at alpha 4 (1 cell, error 0.64)" in check_alpha(rising, worse).seen


def test_healthy_walks_are_silent(make_candidate):
    small = make_candidate("lstm(8)", folds=(0.5, 0.5))
    assert check_alpha(walk(0.08), make_candidate("lstm(64)", num_cells=64)) is None
    assert check_alpha(walk(0.4, 0.3, 0.08), small) is None
    assert check_alpha(walk(0.4, 0.3, 0.08, error=0.49), replace(small, num_cells=24)) is None
    assert check_alpha(walk(0.14), make_candidate("lstm(64)", num_cells=64)) is None  # not for sure


def test_what_was_not_walked_is_said(make_candidate):
    assert "was not walked" in check_alpha((), make_candidate())
    assert check_alpha(walk(), make_candidate()) == "the walk ends"
    assert check_alpha(walk(np.nan), make_candidate()) == "measured"
