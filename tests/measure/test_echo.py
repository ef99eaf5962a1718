import torch

from cellwise.architecture import Architecture
from cellwise.layers import build
from cellwise.measure import Effort, measure_echo
from cellwise.measure._echo import WIDTH, Echo, _waves


def echo(delays):
    network = build(Architecture.parse("rnn(2)"), input_size=1, output_size=1, output_steps=36)
    sources = tuple(torch.Generator().manual_seed(0) for _ in delays)
    return Echo(network=network, delays=torch.tensor(delays), sources=sources)


def test_the_sign_is_kept_for_the_width_of_the_wave():
    waves = _waves(50, 60, torch.Generator().manual_seed(0))
    changes = (waves[:, 1:] != waves[:, :-1]).nonzero()
    for row in range(50):
        places = changes[changes[:, 0] == row, 1]
        assert not (places.diff() % WIDTH).any()


def test_the_echo_is_the_wave_its_delay_later():
    task = echo([2, 6])
    _, waves = task.batch(torch.arange(2), 0)
    echoes, scored = task._echoes(torch.arange(2), waves)
    assert torch.equal(echoes[0, :, 2:], waves[0, :, :-2])
    assert torch.equal(echoes[1, :, 6:], waves[1, :, :-6])
    assert scored[:, 0].sum(1).tolist() == [34.0, 30.0]


def test_a_row_draws_the_same_whatever_the_others_are():
    alone, beside = echo([6]), echo([3, 6])
    assert torch.equal(
        alone.batch(torch.tensor([0]), 0)[1][0], beside.batch(torch.arange(2), 0)[1][1]
    )


def test_short_delays_are_learnt_and_long_ones_end_it():
    found = measure_echo(
        Architecture.parse("lstm(4)"),
        Effort(steps=120, seeds=1),
        ladder=((1, 2), (40,), (80,)),
    )
    assert found.value == 2.0
    assert {row["delay"] for row in found.rows} == {1, 2, 40}
    assert "at least 2 steps" in found.sentence and "longest" not in found.sentence
