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
