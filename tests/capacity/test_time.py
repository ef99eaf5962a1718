import pytest

from cellwise.capacity import StepTime


def test_step_adds_its_terms(make_case):
    case = make_case("2*lstm(4)", length=10, batch_size=8)
    model = StepTime(fixed=1.0, per_layer=0.5, per_layer_step=0.01, per_flop=1e-6)
    work = 1e-6 * case.training_flops * 8
    assert model.step_seconds(case) == pytest.approx(1.0 + 1.0 + 0.2 + work)


def test_epoch_goes_through_all_windows(make_case):
    case = make_case(samples=100, batch_size=32)
    assert StepTime().epoch_seconds(case) == pytest.approx(4 * StepTime().step_seconds(case))


def test_layers_cost_more_than_cells_in_small_networks(make_case):
    wide, deep = (StepTime().step_seconds(make_case(text)) for text in ("lstm(8)", "4*lstm(3)"))
    assert wide < deep
