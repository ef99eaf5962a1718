import math
from dataclasses import replace

from cellwise.report._steps import apart, staircase_of


def test_path_is_the_start_and_what_was_accepted(use_network):
    view = staircase_of(use_network)
    assert [step.short for step in view.path] == ["2", "4", "8", "16"]
    assert view.path[0].outcome == "start"


def test_layers_are_named_by_their_cells(use_network):
    shorts = {step.candidate.architecture: step.short for step in staircase_of(use_network).steps}
    assert all(short.count("+") == text.count(">") for text, short in shorts.items())


def test_limits_hold_every_error_and_the_benchmark(use_network):
    view = staircase_of(use_network)
    low, high = view.limits
    assert all(low < step.candidate.error < high for step in view.steps)
    assert low < view.benchmark.error < high
    assert all(not low <= one.error <= high for one in view.unseen)


def test_a_floor_far_below_is_left_out(use_network):
    verdict = use_network.verdict
    assert not math.isnan(staircase_of(use_network).noise_floor)
    far = replace(use_network, verdict=replace(verdict, noise_floor=-5.0))
    assert math.isnan(staircase_of(far).noise_floor)


def test_nothing_measured_no_staircase(empty):
    assert staircase_of(empty) is None


def test_ticks_are_powers_of_two_around_the_sizes(use_network):
    view = replace(staircase_of(use_network), sizes=(3, 20))
    assert view.ticks == (2, 4, 8, 16, 32)


def test_labels_that_touch_are_dropped_the_first_is_kept():
    assert apart([1.0, 1.05, 1.2, 0.5], gap=0.1) == [0, 2, 3]


def test_one_size_has_a_tick(use_network):
    view = replace(staircase_of(use_network), sizes=(3, 3))
    assert view.ticks == (3,)
    assert replace(view, sizes=(2, 3)).ticks == (2, 3)


def test_the_name_goes_where_nothing_lies(use_network):
    step = next(one for one in staircase_of(use_network).steps if one.chosen)
    view = replace(staircase_of(use_network), steps=(step,), benchmark=None, noise_floor=math.nan)
    assert view.name_shift == 0.08
    span = view.limits[1] - view.limits[0]
    other = replace(step.candidate, error=view.edge(step) + 0.08 * span)
    crowded = replace(view, steps=(replace(step, chosen=False, candidate=other), step))
    assert crowded.name_shift < 0


def test_the_floor_is_named_below_where_the_benchmark_is_near(use_network):
    view = staircase_of(use_network)
    assert not view.floor_named_below
    near = replace(view, noise_floor=view.benchmark.error - 0.001)
    assert near.floor_named_below


def test_layers_beyond_the_first_have_their_own_look(use_network):
    view = staircase_of(use_network)
    deep = next(one for one in view.steps if one.candidate.stage == "depth")
    assert deep.kind == "depth"
    assert replace(deep, candidate=replace(deep.candidate, stage="depth 2")).kind == "depth"
