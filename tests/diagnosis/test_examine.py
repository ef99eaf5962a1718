from dataclasses import replace

from cellwise.diagnosis import KEYS, Trials, diagnose
from cellwise.records import AlphaStep, BaselineRecord

RIDGE = BaselineRecord(
    name="ridge",
    label="ridge",
    error=0.3,
    error_by_fold=(0.3, 0.3),
    score=None,
    skipped="",
    seconds=0.1,
)
WALK = AlphaStep(
    alpha=2,
    cells_by_windows=4.0,
    cells_by_independent=1.0,
    cells=4,
    error=0.2,
    gap=0.4,
    gap_bound=0.3,
)
CALLERS = {"one_class", "state_across_independent", "stateful_shuffled"}


def test_a_healthy_run_has_no_findings(healthy, wave_data, make_candidate):
    candidate = make_candidate("lstm(6)")
    trials = Trials(
        candidates=(candidate,),
        chosen=candidate,
        baselines=(RIDGE,),
        epochs=6,
        alpha=(replace(WALK, gap=0.1, gap_bound=0.05),),
    )
    found = diagnose("lstm(6)", healthy, trials, data=wave_data, starts=wave_data.test.train_starts)
    assert found.faults == ()
    assert set(found.checked) == set(KEYS) - CALLERS
    assert found.skipped.keys() == CALLERS
    assert found.study is None


def test_faults_come_first(healthy, make_candidate, make_member):
    halved = make_member(learning_rate=1.0, state="non-finite")
    loud = make_member(train_curve=(1.0, 0.1, 2.0, 0.1, 0.1))
    candidate = make_candidate(members=(loud, halved))
    broken = replace(healthy, weights=healthy.weights * 0)
    found = diagnose("x", broken, Trials(candidates=(candidate,), chosen=candidate, epochs=5))
    severities = [one.severity for one in found.findings]
    assert severities == sorted(severities)
    assert {"stuck_output", "exploding_loss", "dead_cells"} <= {one.key for one in found.faults}
    assert "non_finite_loss" in {one.key for one in found.notes}


def test_a_flat_loss_is_laid_to_inputs_that_are_not_scaled(healthy, make_candidate, make_member):
    flat = make_member(train_curve=(0.9,) * 8, val_curve=(0.9,) * 8)
    candidate = make_candidate(members=(flat,))
    large = replace(healthy, windows=replace(healthy.windows, inputs=300 * healthy.windows.inputs))
    found = diagnose("x", large, Trials(candidates=(candidate,), chosen=candidate, epochs=8))
    assert any(one.key == "flat_loss" and "it is the scaling" in one.seen for one in found.faults)


def test_the_alpha_walk_is_a_finding(make_candidate):
    chosen = make_candidate("lstm(8)")
    found = diagnose("x", None, Trials(candidates=(chosen,), chosen=chosen, alpha=(WALK,)))
    assert [one.key for one in found.faults] == ["alpha_overfitting"]


def test_a_failed_trial_is_named_with_its_settings(make_candidate, make_member):
    chosen = make_candidate(settings={"batch_size": 64, "l1": 0.0})
    lost = make_candidate(
        members=(make_member(state="non-finite"),), settings={"batch_size": 9, "l1": 0.0}
    )
    (found,) = diagnose("x", None, Trials(candidates=(chosen, lost), chosen=chosen)).findings
    assert found.where == "lstm(8), batch size 9, fold 1, seed 0"


def test_records_alone_can_be_examined(make_candidate):
    found = diagnose("x", None, Trials(candidates=(make_candidate(),), chosen=None))
    assert found.checked == ("non_finite_loss", "deeper_is_worse")


def test_losses_in_other_units_are_not_compared(make_candidate):
    candidate = make_candidate()
    trials = Trials(candidates=(candidate,), chosen=candidate, epochs=6, same_units=False)
    found = diagnose("x", None, trials)
    assert "not the metric" in found.skipped["overfitting"]


def test_a_network_with_branches_is_examined_as_far_as_it_goes(make_patient, noise):
    found = diagnose("x", make_patient("[lstm(2) | gru(2)]", *noise), layers=True)
    assert "branch" in found.skipped["dead_cells"]
    assert "vanishing_gradient" in found.checked
    assert found.study.layers == ()
