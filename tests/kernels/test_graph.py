"""The cache with a recorder that replays as a CUDA graph does: into the same tensors."""

import pytest
import torch

from cellwise.kernels._graph import GraphCache, replayed


class Recorder:
    """Stand-in for `capture_cuda`."""

    def __init__(self):
        self.captures = 0

    def __call__(self, body):
        self.captures += 1
        outputs = body()

        def replay():
            for output, new in zip(outputs, body(), strict=True):
                output.copy_(new)

        return replay, outputs


def double(x, y=None, *, plus=0):
    x *= 2  # a graph's function may overwrite its arguments
    return x + plus, x if y is None else x * y


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def cache(recorder):
    return GraphCache(limit=2, capture=recorder)


def test_a_replay_takes_new_values_and_leaves_the_arguments(cache, recorder):
    for value in (1.0, 5.0):
        x = torch.full((3,), value)
        total, same = cache.run(double, x, plus=1)
        assert total.tolist() == [2 * value + 1] * 3
        assert same.tolist() == [2 * value] * 3
        assert x.tolist() == [value] * 3
    assert recorder.captures == 1


def test_results_outlive_the_next_replay(cache):
    first, _ = cache.run(double, torch.ones(3))
    cache.run(double, torch.zeros(3))
    assert first.tolist() == [2, 2, 2]


def test_other_shapes_and_options_are_other_graphs(cache, recorder):
    cache.run(double, torch.ones(3))
    cache.run(double, torch.ones(4))
    cache.run(double, torch.ones(4), plus=1)
    cache.run(double, torch.ones(4), torch.ones(4), plus=1)
    assert recorder.captures == 4


def test_the_graph_unused_for_longest_goes_first(cache, recorder):
    for size in (1, 2, 1, 3):  # 3 drops 2
        cache.run(double, torch.ones(size))
    assert (len(cache), recorder.captures) == (2, 3)
    cache.run(double, torch.ones(1))
    assert recorder.captures == 3
    cache.run(double, torch.ones(2))
    assert recorder.captures == 4


def test_any_layout_is_copied_in(cache):
    x = torch.arange(6.0).view(2, 3)
    for given in (x, x.t().contiguous().t()):
        assert torch.equal(cache.run(double, given)[0], 2 * x)


def test_another_matmul_precision_is_another_graph(cache, recorder):
    before = torch.get_float32_matmul_precision()
    cache.run(double, torch.ones(3))
    torch.set_float32_matmul_precision("high")
    try:
        cache.run(double, torch.ones(3))
    finally:
        torch.set_float32_matmul_precision(before)
    assert recorder.captures == 2


def test_main_memory_needs_no_graph():
    x = torch.ones(3)
    assert replayed(double, x)[0].tolist() == [2, 2, 2]
    assert x.tolist() == [2, 2, 2]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_real_graph_takes_new_values():
    for value in (1.0, 5.0):
        total, _ = replayed(double, torch.full((3,), value, device="cuda"), plus=1)
        assert total.tolist() == [2 * value + 1] * 3
