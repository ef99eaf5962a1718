import pytest

from cellwise.bench import SUITES, Case
from cellwise.bench._cases import MOST_STEPS, case_data

TINY = SUITES["quick"][0]


def test_the_training_suite_is_the_issues_table():
    sizes = [
        (c.members, c.batch, c.context_length, c.input_size, c.hidden_size, c.num_layers)
        for c in SUITES["training"]
    ]
    assert sizes == [
        (16, 32, 50, 8, 4, 1),
        (16, 32, 50, 8, 16, 1),
        (16, 32, 50, 8, 32, 1),
        (8, 32, 50, 8, 64, 2),
        (8, 64, 100, 8, 128, 2),
        (1, 64, 100, 8, 128, 2),
        (1, 128, 100, 16, 256, 2),
        (1, 32, 200, 8, 64, 4),
    ]


def test_name_tells_the_sizes():
    assert TINY.name == "M4-B16-T10-F3-H4-L1"


def test_work_is_that_of_the_products_three_times():
    case = Case(members=1, batch=1, context_length=1, input_size=2, hidden_size=3, num_layers=1)
    assert case.step_flops == 3 * (2 * 4 * 3 * (2 + 3) + 2 * 3)


def test_memory_by_hand():
    case = Case(members=2, batch=3, context_length=4, input_size=5, hidden_size=6, num_layers=1)
    weights = 4 * 6 * (5 + 6 + 1) + 7
    assert case.step_bytes == 4 * (2 * 3 * 4 * (6 * 6 + 5) + 4 * 2 * weights)


@pytest.mark.parametrize("case", [*SUITES["quick"], SUITES["training"][6]], ids=lambda c: c.name)
def test_data_has_windows_for_every_step(case):
    data = case_data(case)
    assert data.input_size == case.input_size
    assert data.num_steps == case.context_length
    assert len(data.test.train_starts) >= MOST_STEPS * case.batch
