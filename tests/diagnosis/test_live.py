from dataclasses import replace

import numpy as np

from cellwise.architecture import Architecture
from cellwise.diagnosis import LiveDoctor
from cellwise.training import Experiment, Member, TrainingSettings, train_cohort


def experiment_of(rates, text="lstm(4)", epochs=8, halving=(), seeds=2, **settings):
    return Experiment(
        architecture=Architecture.parse(text),
        members=tuple(
            Member(fold=fold, seed=seed, learning_rate=rate)
            for fold in (0, 1)
            for seed in range(seeds)
            for rate in rates
        ),
        settings=TrainingSettings(epochs=epochs, patience=0, **settings),
        halving=halving,
    )


def seen_in(experiment, data, known=()):
    """Train with a doctor beside it, and return when it spoke."""
    told, epochs = [], []
    doctor = LiveDoctor(told.append, known)

    def look(report):
        before = len(told)
        doctor.look(report, data)
        epochs.extend([report.epoch] * (len(told) - before))

    train_cohort(experiment, data, on_epoch=look, threads=1)
    return told, epochs, doctor


def test_a_healthy_training_is_silent(wave_data):
    assert seen_in(experiment_of((0.01, 0.03), halving=(3,), epochs=12), wave_data)[0] == []


def test_looking_changes_no_bit(wave_data):
    experiment = experiment_of((0.01, 3.0), halving=(3,))
    alone = train_cohort(experiment, wave_data, threads=1)
    results = []

    def look(report):
        LiveDoctor(lambda finding: None).look(report, wave_data)

    results.append(train_cohort(experiment, wave_data, on_epoch=look, threads=1))
    np.testing.assert_array_equal(results[0].weights, alone.weights)
    assert [m.val_curve for m in results[0].members] == [m.val_curve for m in alone.members]


def test_a_loss_that_is_no_number_is_a_note_while_another_rate_is_sound(wave_data):
    told, epochs, _ = seen_in(experiment_of((0.01, 1e30)), wave_data)
    assert [(one.key, one.severity) for one in told] == [("non_finite_loss", "note")]
    assert epochs == [1]
    assert told[0].where.startswith("lstm(4), rate 1e+30, fold 1, seed 0, epoch 1, step ")
    assert "at rate 1e+30; norm of its gradient up to then: " in told[0].seen


def test_a_loss_that_is_no_number_is_a_fault_where_no_rate_is_sound(wave_data):
    told, _, _ = seen_in(experiment_of((1e30,)), wave_data)
    assert [(one.key, one.severity) for one in told] == [("non_finite_loss", "fault")]


def test_an_exploding_loss_is_seen_in_its_epoch(wave_data):
    # the rate rises until the weights are thrown away
    rising = {"schedule": "constant", "warmup_steps": 60, "steps_per_epoch": 10}
    told, epochs, _ = seen_in(experiment_of((30.0,), epochs=8, **rising), wave_data)
    assert "exploding_loss" in [one.key for one in told]
    assert epochs[0] < 8


def test_an_output_that_does_not_move_is_told_once_it_is_sure(wave_data):
    told, epochs, _ = seen_in(experiment_of((1e-9,), epochs=8), wave_data)
    assert next(one.key for one in told) == "stuck_output"
    assert epochs[0] == 4  # the second look, after that of epoch 3
    assert told[0].where == "lstm(4), rate 1e-09"


def test_a_finding_names_the_settings_that_were_tried(wave_data):
    told, _, doctor = seen_in(experiment_of((1e30,), batch_size=8, schedule="constant"), wave_data)
    assert told[0].where.startswith("lstm(4), rate 1e+30, batch size 8, schedule constant, fold 1")
    longer = replace(wave_data, context_length=wave_data.context_length + 1)
    other = experiment_of((1e30,), text="lstm(3)")
    train_cohort(other, wave_data, on_epoch=lambda one: doctor.look(one, longer), threads=1)
    steps = longer.context_length
    assert told[1].where.startswith(f"lstm(3), {steps} past steps, rate 1e+30, fold 1")


def test_a_flat_loss_is_told(wave_data):
    told, _, _ = seen_in(experiment_of((1e-9,), epochs=8), wave_data)
    assert "flat_loss" in [one.key for one in told]


def test_a_gradient_that_does_not_reach_the_first_layer_is_told(wave_data):
    deep = " > ".join(["rnn(2, activation=sigmoid)"] * 12)
    told, _, _ = seen_in(experiment_of((0.01,), text=deep, seeds=1), wave_data)
    found = [one for one in told if one.key == "vanishing_gradient"]
    assert found and "per weight" in found[0].seen


def test_what_is_known_is_not_told_again(wave_data):
    short = experiment_of((0.01, 1e30), epochs=2, seeds=1)
    told, _, doctor = seen_in(short, wave_data)
    again, _, _ = seen_in(short, wave_data, known=doctor.found)
    assert len(told) == 1 and again == []
    other, _, _ = seen_in(
        experiment_of((1e30,), "lstm(3)", epochs=2), wave_data, known=doctor.found
    )
    assert [one.severity for one in other] == ["fault"]


def test_rates_that_may_still_be_dropped_are_not_judged(wave_data):
    experiment = experiment_of((1e-9, 2e-9), halving=(7,), epochs=8)
    _, epochs, _ = seen_in(experiment, wave_data)
    assert all(epoch >= 7 for epoch in epochs)


def test_a_final_training_is_watched_too(wave_data):
    experiment = replace(experiment_of((1e30,), seeds=1), retrain=True)
    experiment = replace(experiment, members=experiment.members[:1])
    told, _, _ = seen_in(experiment, wave_data)
    assert [one.key for one in told] == ["non_finite_loss"]
