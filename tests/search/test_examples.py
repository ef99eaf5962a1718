import numpy as np
import pytest

from cellwise.search._examples import forecast_examples


def test_nothing_to_show_without_a_network(tiny_prepared):
    assert forecast_examples(tiny_prepared, None, None) == ()


def test_examples_are_true_windows_of_the_test_rows(finished, make_table):
    values = make_table()["y"].to_numpy()
    examples = finished.run.evidence.examples
    assert len(examples) == 4
    for example in examples:
        rows = [int(label) for label in (*example.context_times, *example.times)]
        assert rows == list(range(rows[0], rows[0] + 10))
        assert rows[8] >= 240  # 60 + 20 % of 300 rows come before
        found = np.array([*example.context, *example.truth])
        assert found == pytest.approx(values[rows], rel=1e-5)
        assert len(example.network) == len(example.benchmark) == 2


def test_examples_are_spread_over_the_test_rows(finished):
    first = [int(e.times[0]) for e in finished.run.evidence.examples]
    assert first == sorted(first) and first[-1] - first[0] > 20


def test_forecasts_are_near_the_truth_in_original_units(finished):
    for example in finished.run.evidence.examples:
        assert np.allclose(example.network, 5.0, atol=2.5)
        assert np.allclose(example.benchmark, 5.0, atol=2.5)
