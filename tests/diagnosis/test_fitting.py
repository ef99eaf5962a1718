import numpy as np
import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.diagnosis import check_depth, check_overfitting, check_underfitting, worst_pair
from cellwise.diagnosis._fitting import lower_bound

BY_HEART = {
    "train_curve": (1.0, 0.5, 0.3, 0.1, 0.05, 0.01),
    "val_curve": (1.0, 0.6, 0.5, 0.6, 0.8, 1.0),
}


def test_learning_by_heart_is_found(make_member):
    members = [
        make_member(**BY_HEART),
        make_member(**BY_HEART, seed=1),
        make_member(**{**BY_HEART, "val_curve": (1.0, 0.6, 0.5, 0.6, 0.8, 0.95)}),
    ]
    found = check_overfitting(members)
    assert (found.key, found.severity) == ("overfitting", "fault")
    assert "after epoch 3" in found.seen and "±" in found.seen


def test_what_early_stopping_has_dealt_with_is_a_note(make_member):
    assert check_overfitting([make_member(**BY_HEART)] * 2, reference=0.5).severity == "note"


def test_a_small_gap_is_no_overfitting(make_member):
    assert check_overfitting([make_member()] * 3) is None


def test_one_network_is_no_evidence(make_member):
    assert check_overfitting([make_member(**BY_HEART)]) is None


def test_underfitting_is_found(wave_data, train):
    found = check_underfitting(train("lstm(2)", wave_data, epochs=1, rate=1e-4))
    assert found.key == "underfitting" and found.value > 1.5
    assert "±" in found.seen


def test_a_network_as_good_as_the_simple_method_is_not(healthy, make_patient, noise):
    assert check_underfitting(healthy) is None
    few = make_patient("lstm(2)", noise[0][:20], noise[1][:20])
    assert "34 windows" in check_underfitting(few)


def test_where_nothing_can_be_learnt_nothing_is_missed(make_patient):
    inputs, targets = torch.randn(300, 20, 2), torch.randn(300, 1)
    patient = make_patient("lstm(2)", inputs, targets)
    patient.network.layout.views(patient.weights)["head.weight"].zero_()
    assert check_underfitting(patient) is None


def deeper(make_candidate, make_member, scale):
    member = make_member(train_curve=tuple(scale * v for v in make_member().train_curve))
    return make_candidate("lstm(8) > lstm(8)", [member, member], folds=(0.4, 0.41))


def test_a_deeper_network_with_a_higher_training_error_is_a_fault(make_member, make_candidate):
    found = check_depth([make_candidate(), deeper(make_candidate, make_member, 1.5)])
    assert (found.key, found.severity, found.where) == (
        "deeper_is_worse",
        "fault",
        "lstm(8) > lstm(8)",
    )
    assert "so it is the optimisation" in found.seen


def test_a_deeper_network_with_a_lower_training_error_is_a_note(make_member, make_candidate):
    found = check_depth([make_candidate(), deeper(make_candidate, make_member, 0.5)])
    assert found.severity == "note" and "not the optimisation" in found.seen


def test_networks_of_other_settings_are_not_compared(make_member, make_candidate):
    deep = deeper(make_candidate, make_member, 1.5)
    tuned = make_candidate(settings={"batch_size": 16})
    assert check_depth([tuned, deep]) is None and worst_pair([tuned, deep]) is None
    assert worst_pair([tuned, deep, make_candidate()]) == (make_candidate(), deep)


@pytest.mark.parametrize("text", ["lstm(8) > lstm(2)", "lstm(8)"])
def test_a_bottleneck_is_no_deeper_network(make_candidate, text):
    assert check_depth([make_candidate(), make_candidate(text, folds=(0.9, 0.9))]) is None


def test_a_deeper_network_that_is_worse_on_one_fold_only_is_silent(make_candidate):
    deep = make_candidate("lstm(8) > lstm(8)", folds=(0.9, 0.30))
    assert check_depth([make_candidate(), deep]) is None


def test_the_worst_of_all_pairs_is_found_and_each_size_is_read_once(make_candidate, monkeypatch):
    draw = np.random.default_rng(0)
    depths, folds = draw.integers(1, 4, 60), draw.uniform(0.1, 1.0, (60, 2))
    texts = [" > ".join(f"lstm({n})" for n in draw.integers(2, 9, depth)) for depth in depths]
    tried = [
        make_candidate(text, folds=tuple(errors)) for text, errors in zip(texts, folds, strict=True)
    ]
    sizes = [
        (Architecture.parse(text).hidden_sizes, one) for text, one in zip(texts, tried, strict=True)
    ]
    ratios = {
        deep.error / shallow.error: (shallow, deep)
        for more, deep in sizes
        for fewer, shallow in sizes
        if len(more) > len(fewer)
        and min(more) >= max(fewer)
        and all(np.greater(deep.error_by_fold, shallow.error_by_fold))
    }
    parse, read = Architecture.parse, []
    monkeypatch.setattr(Architecture, "parse", lambda text: read.append(text) or parse(text))
    assert worst_pair(tried) == ratios[max(ratios)]
    assert len(read) == len(tried)


def test_bound_is_students():
    values = [1.0, 2.0, 3.0, 4.0]
    # t(0.95, 3) = 2.353363
    assert lower_bound(values) == pytest.approx(2.5 - 2.353363 * np.std(values, ddof=1) / 2)
    # t(0.95, 2) = 2.919986
    assert lower_bound(np.array([0.1, 0.2, 0.3])) == pytest.approx(0.2 - 2.919986 * 0.1 / 3**0.5)
    assert np.isnan(lower_bound([0.1]))


def test_an_error_of_nothing_is_compared_with_none(make_candidate):
    exact = make_candidate(folds=(0.0, 0.0))
    assert check_depth([exact, make_candidate("lstm(8) > lstm(8)", folds=(0.9, 0.9))]) is None


def test_a_network_without_an_error_has_learnt_nothing_by_heart(make_member):
    exact = make_member(**{**BY_HEART, "val_curve": (1.0, 0.6, 0.5, 0.0, 0.0, 0.0)})
    assert check_overfitting([exact] * 3) is None
