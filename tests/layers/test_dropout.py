import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.layers._dropout import Dropout, Site, find_sites, make_dropout


def sites(text):
    return find_sites(Architecture.parse(text).place(input_size=2, output_size=1))


def test_values_keep_their_mean_and_their_rate(generators):
    dropout = Dropout(rates=torch.tensor([[0.5], [0.0]]), generators=generators(2))
    values = dropout(torch.ones(2, 100, 100), 0)
    assert abs(values[0].mean() - 1) < 0.05
    assert set(values[0].unique().tolist()) == {0.0, 2.0}
    assert torch.equal(values[1], torch.ones(100, 100))


@pytest.mark.parametrize("neighbour", [0.0, 0.3])
def test_what_a_member_drops_does_not_depend_on_its_neighbours(neighbour, generators):
    rates = torch.tensor([[neighbour, 0.3], [0.0, 0.3]])
    values = torch.ones(2, 5, 5)
    both = Dropout(rates=rates, generators=generators(2))
    alone = Dropout(rates=rates[1:], generators=generators(2)[1:])
    for site in (0, 1):
        assert torch.equal(both(values, site)[1:], alone(values[1:], site))


def test_one_mask_for_a_sequence(generators):
    dropout = Dropout(rates=torch.tensor([[0.5]]), generators=generators(1))
    mask = dropout.mask(torch.zeros(1, 200, 7, 3), 10, 0)
    assert mask.shape == (1, 200, 10)
    assert set(mask.unique().tolist()) == {0.0, 2.0}
    assert Dropout(rates=torch.zeros(1, 1), generators=generators(1)).mask(mask, 3, 0) is None


def test_every_kind_of_randomness_has_its_place():
    found = sites(
        "lstm(3, dropout=0.1, zoneout=0.2, recurrent_dropout=0.3) > dropout(0.4) > gru(2)"
    )
    assert [(one.path, one.kind, one.rate) for one in found] == [
        ("layers.0", "output", 0.1),
        ("layers.0", "recurrent", 0.3),
        ("layers.0", "zoneout", 0.2),
        ("layers.1", "passing", 0.4),
        ("layers.2", "output", 0.0),
    ]


def test_a_members_rate_is_that_of_its_recurrent_layers(generators):
    found = sites("lstm(3, dropout=0.1, zoneout=0.2) > dropout(0.4)")
    dropout = make_dropout(found, [None, 0.7], generators(2), 0.0)
    expected = torch.tensor([[0.1, 0.2, 0.4], [0.7, 0.2, 0.4]])
    torch.testing.assert_close(dropout.rates, expected)


def test_a_network_that_drops_nothing_needs_no_masks(generators):
    assert make_dropout(sites("2*lstm(3)"), [None, 0.0], generators(2), 0.0) is None


@pytest.mark.parametrize("sampling", ["constant", "linear", "exponential", "sigmoid"])
def test_the_share_of_true_values_falls_from_its_start_to_nothing(sampling):
    site = Site(path="decoder", kind="feed", rate=0.25, sampling=sampling)
    rates = [site.rate_at(progress / 10) for progress in range(11)]
    assert rates == sorted(rates)
    assert rates[0] == pytest.approx(0.25, abs=0.01)
    assert rates[-1] == pytest.approx(0.25 if sampling == "constant" else 1.0, abs=0.01)


def test_only_a_decoder_that_is_fed_both_draws():
    text = "encoder(lstm(2)) > decoder(lstm(2), teacher_forcing={})"
    assert [one.kind for one in sites(text.format(0.5))] == ["output", "feed", "output"]
    assert "feed" not in [one.kind for rate in (0, 1) for one in sites(text.format(rate))]
