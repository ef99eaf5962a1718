import numpy as np

from cellwise.diagnosis._layer_gradients import GradientLog, check_still_layers
from cellwise.training import GradientTrace

LAYERS = ("layers.0", "layers.1", "head")


def trace_of(norms, members=(0, 1), first_bad=(-1, -1)):
    return GradientTrace(
        members=members,
        layers=LAYERS,
        num_weights=(100, 100, 4),
        steps=tuple(range(len(norms))),
        norms=np.array(norms, dtype=float),
        first_bad=first_bad,
    )


def test_a_failure_is_placed_in_the_layer_that_was_largest_before():
    log = GradientLog()
    nan = [np.nan] * 3
    trace = trace_of([[[1, 2, 3], [1, 9, 2]], [[1, 2, 3], nan]], first_bad=(-1, 7))
    log.add(trace)
    assert log.place(1) == "step 8, layer 2"
    assert log.place(0) == "" and log.place(5) == ""
    assert log.words(1) == "; norm of its gradient up to then: 9.3"
    assert log.words(5) == ""


def test_a_network_that_fails_at_once_is_placed_too():
    log = GradientLog()
    log.add(trace_of([[[np.nan, np.inf, 1]]], members=(3,), first_bad=(0,)))
    assert log.place(3).startswith("step 1, ")


def test_norms_go_on_from_epoch_to_epoch():
    log = GradientLog()
    log.add(trace_of([[[3, 0, 4], [1, 0, 0]]]))
    log.add(trace_of([[[6, 0, 8]]], members=(0,), first_bad=(-1,)))
    assert log.norms == {0: [5.0, 10.0], 1: [1.0]}


def test_a_layer_without_gradient_is_found():
    found = check_still_layers(trace_of([[[1e-9, 0.1, 0.3], [2e-9, 0.2, 0.3]]] * 3), (0, 1))
    assert found.key == "vanishing_gradient" and found.where == "layer 1"
    assert "2e-10 per weight" in found.seen


def test_layers_that_move_in_one_network_are_left_alone():
    assert check_still_layers(trace_of([[[1e-9, 0.1, 0.3], [2e-3, 0.2, 0.3]]]), (0, 1)) is None
    assert check_still_layers(trace_of([[[1e-3, 0.1, 0.3], [2e-3, 0.2, 0.3]]]), (0, 1)) is None


def test_the_end_of_learning_is_no_fault():
    assert check_still_layers(trace_of([[[1e-10, 1e-9, 1e-9]] * 2]), (0, 1)) is None


def test_what_cannot_be_looked_at_says_why():
    assert "none of the members" in check_still_layers(trace_of([[[1, 1, 1]] * 2]), (7,))
    assert "not finite" in check_still_layers(trace_of([[[np.nan, 1, 1]] * 2]), (0,))
