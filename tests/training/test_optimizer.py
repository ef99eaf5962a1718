"""Against torch.optim, a row at a time."""

import math

import numpy as np
import pytest
import torch

from cellwise._extension import load_extension
from cellwise.training import Member, TrainingSettings
from cellwise.training import _optimizer as module
from cellwise.training._optimizer import RowOptimizer, schedule_factor
from cellwise.training._schedules import plateau_drops, plateau_factor

WIDTH, STEPS = 7, 6


def member(**settings):
    return Member(**{"fold": 0, "seed": 0, "learning_rate": 0.01, "clip_norm": 0.0, **settings})


def gradients(rows, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(STEPS, rows, WIDTH, generator=generator)


def start(rows):
    return torch.randn(3, WIDTH, generator=torch.Generator().manual_seed(0))[:rows].clone()


def ours(members, given, *, scale=None, decays=None, factor=1.0):
    ones = torch.ones(WIDTH)
    optimizer = RowOptimizer.of(
        members, ones if scale is None else scale, ones if decays is None else decays
    )
    parameters = start(len(members))
    for gradient in given:
        optimizer.update_(parameters, gradient.clone(), factor)
    return parameters


def theirs(kind, row, given, *, clip=None, penalty=lambda p: 0.0, **options):
    parameters = torch.nn.Parameter(start(3)[row])
    optimizer = kind([parameters], **options)
    for gradient in given:
        parameters.grad = gradient[row] + penalty(parameters.detach())
        if clip is not None:
            torch.nn.utils.clip_grad_norm_([parameters], clip)
        optimizer.step()
    return parameters.detach()


def test_one_row_is_torch_adam():
    given = gradients(1)
    expected = theirs(torch.optim.Adam, 0, given, lr=0.01)
    torch.testing.assert_close(ours((member(),), given)[0], expected)


def test_one_row_is_torch_adamw():
    given = gradients(1)
    expected = theirs(torch.optim.AdamW, 0, given, lr=0.05, weight_decay=0.3)
    found = ours((member(learning_rate=0.05, weight_decay=0.3),), given)
    torch.testing.assert_close(found[0], expected)


def test_rows_have_their_own_rates():
    given, rates = gradients(3), (0.001, 0.01, 0.1)
    found = ours(tuple(member(learning_rate=r) for r in rates), given)
    for row, rate in enumerate(rates):
        torch.testing.assert_close(found[row], theirs(torch.optim.Adam, row, given, lr=rate))


def test_gradient_is_clipped_by_the_norm_of_its_row():
    given = 5.0 * gradients(2)
    found = ours((member(clip_norm=1.0), member(clip_norm=3.0)), given)
    for row, clip in enumerate((1.0, 3.0)):
        expected = theirs(torch.optim.Adam, row, given, clip=clip, lr=0.01)
        torch.testing.assert_close(found[row], expected)


def test_l2_is_the_coupled_decay_of_torch_adam():
    given = gradients(1)
    expected = theirs(torch.optim.Adam, 0, given, lr=0.01, weight_decay=0.2)
    torch.testing.assert_close(ours((member(l2=0.2),), given)[0], expected)


def test_l1_adds_the_sign_of_the_weights():
    given = gradients(1)
    expected = theirs(torch.optim.Adam, 0, given, lr=0.01, penalty=lambda p: 0.3 * p.sign())
    torch.testing.assert_close(ours((member(l1=0.3),), given)[0], expected)


@pytest.mark.parametrize("name", ["l1", "l2", "weight_decay"])
def test_biases_are_not_regularised(name):
    given, decays = gradients(1), torch.tensor([1.0] * 4 + [0.0] * 3)
    found, plain = ours((member(**{name: 0.5}),), given, decays=decays), ours((member(),), given)
    torch.testing.assert_close(found[0, 4:], plain[0, 4:])
    assert not torch.allclose(found[0, :4], plain[0, :4])


def test_width_scale_multiplies_the_rate_of_its_columns():
    given, scale = gradients(1), torch.tensor([1.0] * 4 + [0.5] * 3)
    found = ours((member(),), given, scale=scale)
    halved = theirs(torch.optim.Adam, 0, given, lr=0.005)
    torch.testing.assert_close(found[0, 4:], halved[4:])


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_row_with_a_non_finite_gradient_stays_and_the_others_go_on(bad):
    optimizer = RowOptimizer.of((member(), member(weight_decay=0.1)), *torch.ones(2, WIDTH))
    parameters, gradient = start(2), gradients(2)[0]
    gradient[1, 3] = bad
    before = parameters.clone()
    finite = optimizer.update_(parameters, gradient, 1.0)
    assert finite.tolist() == [True, False]
    assert torch.equal(parameters[1], before[1])
    assert not torch.equal(parameters[0], before[0])


def test_row_recovers_from_one_bad_gradient():
    optimizer = RowOptimizer.of((member(),), *torch.ones(2, WIDTH))
    parameters = start(1)
    optimizer.update_(parameters, torch.full((1, WIDTH), math.nan), 1.0)
    optimizer.update_(parameters, gradients(1)[0], 1.0)
    assert parameters.isfinite().all()


RULES = {
    "nadam": (torch.optim.NAdam, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "rmsprop with momentum": (torch.optim.RMSprop, {"momentum": 0.9}),
    "sgd": (torch.optim.SGD, {}),
    "sgd with momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
}


def member_of(name, **settings):
    words = name.replace("nesterov", "sgd").split()
    return member(optimizer=words[0], **RULES[name][1], **settings)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("rate", [0.001, 0.1])
def test_one_row_is_torchs(name, rate):
    given, (kind, options) = gradients(1), RULES[name]
    expected = theirs(kind, 0, given, lr=rate, **options)
    torch.testing.assert_close(ours((member_of(name, learning_rate=rate),), given)[0], expected)


@pytest.mark.parametrize("name", RULES)
def test_coupled_decay_and_clipping_are_torchs_for_every_rule(name):
    given, (kind, options) = gradients(1), RULES[name]
    expected = theirs(kind, 0, given, lr=0.01, clip=1.0, penalty=lambda p: 0.2 * p, **options)
    found = ours((member_of(name, l2=0.2, clip_norm=1.0),), given)
    torch.testing.assert_close(found[0], expected)


def test_rows_of_different_rules_do_not_disturb_each_other():
    names = ["nadam", "nesterov", "rmsprop"]
    given, rates = gradients(3), (0.001, 0.01, 0.1)
    pairs = list(zip(names, rates, strict=True))
    found = ours(tuple(member_of(n, learning_rate=r) for n, r in pairs), given)
    for row, (name, rate) in enumerate(pairs):
        kind, options = RULES[name]
        torch.testing.assert_close(found[row], theirs(kind, row, given, lr=rate, **options))


def test_adam_beside_another_rule_is_still_adam():
    given = gradients(2)
    found = ours((member(), member_of("sgd")), given)
    torch.testing.assert_close(found[0], theirs(torch.optim.Adam, 0, given, lr=0.01))


def test_row_of_another_rule_with_a_non_finite_gradient_keeps_its_moments():
    optimizer = RowOptimizer.of((member_of("nesterov"), member_of("nadam")), *torch.ones(2, WIDTH))
    parameters, given = start(2), gradients(2)
    optimizer.update_(parameters, given[0].clone(), 1.0)
    mean, before = optimizer.mean.clone(), parameters.clone()
    bad = given[1].clone()
    bad[1, 0] = math.nan
    assert optimizer.update_(parameters, bad, 1.0).tolist() == [True, False]
    assert torch.equal(optimizer.mean[1], mean[1]) and torch.equal(parameters[1], before[1])
    assert not torch.equal(optimizer.mean[0], mean[0])


def test_rows_take_their_rule_along():
    optimizer = RowOptimizer.of((member(), member_of("nesterov")), *torch.ones(2, WIDTH))
    given, parameters = gradients(2), start(2)[1:]
    kept = optimizer.rows([1])
    for gradient in given:
        kept.update_(parameters, gradient[1:].clone(), 1.0)
    kind, options = RULES["nesterov"]
    torch.testing.assert_close(parameters[0], theirs(kind, 1, given, lr=0.01, **options))


def test_cosine_is_that_of_torch_after_the_warm_up():
    total, settings = 40, TrainingSettings(schedule="cosine", warmup_steps=5)
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total)
    for step in range(total):
        warm = min(1.0, (step + 1) / 5)
        expected = warm * optimizer.param_groups[0]["lr"]
        assert schedule_factor(settings, step, total) == pytest.approx(expected)
        optimizer.step()
        schedule.step()


def test_constant_schedule_only_warms_up():
    settings = TrainingSettings(schedule="constant", warmup_steps=4)
    factors = [schedule_factor(settings, step, 100) for step in (0, 1, 2, 3, 50, 99)]
    assert factors == [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]


TOTAL = 40
# torch lets the peak fall on step 0.3 n - 1 of n; ours is at 0.3 of the way from first to last
RISE = {"pct_start": (0.3 * TOTAL + 1) / (TOTAL + 1)}


def torch_factors(make, total=TOTAL):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule, factors = make(optimizer), []
    for _ in range(total):
        factors.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return factors


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("step", lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [20, 30], gamma=0.1)),
        ("exponential", lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.01 ** (1 / TOTAL))),
        ("one_cycle", lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 1.0, TOTAL + 1, **RISE)),
    ],
)
def test_schedule_is_torchs(name, make):
    settings = TrainingSettings(schedule=name, warmup_steps=0)
    steps = TOTAL + 1 if name == "one_cycle" else TOTAL
    factors = [schedule_factor(settings, step, steps) for step in range(TOTAL)]
    assert factors == pytest.approx(torch_factors(make))


@pytest.mark.parametrize("seed", range(5))
def test_plateau_is_torchs(seed):
    curve = 1 / np.arange(1, 61) + 0.05 * np.random.default_rng(seed).normal(size=60)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.3, patience=5, min_lr=0.01
    )
    rates = []
    for error in curve:
        schedule.step(error)
        rates.append(optimizer.param_groups[0]["lr"])
    ours = [plateau_factor(plateau_drops(curve[:epoch], 60), epoch, 0.01) for epoch in range(1, 61)]
    assert ours == pytest.approx(rates) and rates[-1] < 0.1


def test_one_cycle_has_no_second_warm_up():
    settings = TrainingSettings(schedule="one_cycle", warmup_steps=1000)
    assert schedule_factor(settings, 0, 100) == pytest.approx(1 / 25)


def test_no_warm_up_begins_at_the_full_rate():
    settings = TrainingSettings(schedule="constant", warmup_steps=0)
    assert schedule_factor(settings, 0, 10) == 1.0


@pytest.mark.skipif(load_extension()[0] is None, reason=load_extension()[1])
def test_compiled_and_torch_take_the_same_steps(monkeypatch):
    options = {"weight_decay": 0.1, "l1": 0.01, "l2": 0.02}
    members = (member(**options), member(clip_norm=0.5), member(learning_rate=0.1, l1=0.3))
    given = gradients(3)
    given[2, 1] = math.nan
    scale, decays = torch.linspace(0.5, 2, WIDTH), torch.arange(WIDTH) % 2.0
    compiled = ours(members, given, scale=scale, decays=decays, factor=0.7)
    monkeypatch.setattr(module, "load_extension", lambda: (None, "not built"))
    plain = ours(members, given, scale=scale, decays=decays, factor=0.7)
    torch.testing.assert_close(compiled, plain)
