import torch

from cellwise.bench import SUITES
from cellwise.bench._torch import ParallelSteps, PlainModel, SerialSteps

TINY = SUITES["quick"][0]


def loss_of(model):
    picked = model._starts[:200]
    with torch.no_grad():
        x, target = model._windows(picked)
        _, (h, _) = model._lstm(x)
        return (model._head(h[-1])[:, 0] - target).square().mean().item()


def test_the_plain_model_learns():
    model = PlainModel(TINY, 0, batch_first=False)
    before = loss_of(model)
    model.train(100)
    assert loss_of(model) < 0.8 * before


def test_both_layouts_read_the_same_windows():
    time_major, batch_major = (PlainModel(TINY, 0, batch_first=b) for b in (False, True))
    picked = time_major._starts[5:8]
    x, target = time_major._windows(picked)
    other, same = batch_major._windows(picked)
    assert torch.equal(x.transpose(0, 1), other)
    assert torch.equal(target, same)


def test_threads_of_torch_are_given_back():
    before = torch.get_num_threads()
    assert SerialSteps(TINY, 1, batch_first=False).seconds(2) > 0
    assert torch.get_num_threads() == before


def test_processes_share_the_members_and_end_with_the_block():
    with ParallelSteps(TINY, batch_first=False) as steps:
        assert steps.seconds(2) > 0
        processes = steps._processes
        assert all(process.is_alive() for process in processes)
    assert not any(process.is_alive() for process in processes)
