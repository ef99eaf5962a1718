import torch

from cellwise.architecture import Architecture
from cellwise.layers import build
from cellwise.measure import Effort, measure_reals
from cellwise.measure._reals import Recall


def recall(counts):
    network = build(Architecture.parse("rnn(2)"), input_size=max(counts), output_size=max(counts))
    sources = tuple(torch.Generator().manual_seed(0) for _ in counts)
    return Recall(network=network, counts=torch.tensor(counts), sources=sources)


def test_numbers_are_shown_once_and_only_those_of_the_row():
    x, numbers = recall([1, 3]).batch(torch.arange(2), 0)
    assert torch.equal(x[:, :, 0], numbers) and numbers.shape == (2, 64, 3)
    assert not numbers[0, :, 1:].any() and numbers[1].all()


def test_giving_the_mean_has_the_error_1():
    task = recall([1, 3])
    untrained = task.network.initial_parameters((0, 1))  # their output layer is 0
    assert torch.allclose(task.errors(torch.arange(2), untrained), torch.ones(2), atol=0.1)


def test_a_cell_stores_one_number():
    found = measure_reals(Architecture.parse("rnn(4)"), Effort(steps=600, seeds=1))
    assert found.value == 1.0
    errors = {row["numbers"]: row["error"] for row in found.rows}
    # one number more than cells: at least its variance is lost, however long the training
    assert errors[5] > 0.9 / 5 and errors[4] < 0.01
