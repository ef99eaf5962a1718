import torch

from cellwise.architecture import Architecture
from cellwise.measure import Effort, measure_shuffled
from cellwise.measure._shuffled import _dealt, _sizes
from cellwise.measure._windows import take_windows

SMALL = Architecture.parse("rnn(2)")


def test_sizes_double_as_far_as_there_are_windows():
    assert _sizes(40) == [4, 8, 16, 32]


def test_the_first_targets_are_dealt_out_anew_and_the_rest_stay(tiny_data):
    windows = take_windows(SMALL, tiny_data, most=20, seed=0)
    dealt = _dealt(windows, 8, "shuffled", seed=0)
    assert torch.equal(dealt[8:], windows.targets[8:])
    assert not torch.equal(dealt[:8], windows.targets[:8])
    assert sorted(dealt[:8].tolist()) == sorted(windows.targets[:8].tolist())
    assert torch.equal(_dealt(windows, 8, "true", seed=0), windows.targets)


def test_a_wave_is_learnt_better_than_its_shuffled_labels(tiny_data):
    found = measure_shuffled(Architecture.parse("lstm(4)"), tiny_data, Effort(steps=300, seeds=1))
    largest = max(row["windows"] for row in found.rows)
    explained = {
        labels: max(
            r["r2"] for r in found.rows if r["windows"] == largest and r["labels"] == labels
        )
        for labels in ("true", "shuffled")
    }
    assert explained["true"] > explained["shuffled"] + 0.3
    assert found.value <= 178 and "lower bound" in found.bound.lower()
