from types import SimpleNamespace

import numpy as np
import torch

from cellwise.architecture import Architecture
from cellwise.layers import CHUNK, build, forecast


class Source:
    """Windows of two steps whose only feature is the start; forecasts add the anchor."""

    def read(self, starts):
        x = np.repeat(starts[:, None, None].astype(np.float32), 2, axis=1)
        return x, starts.astype(np.float32)

    def forecasts(self, outputs, anchor):
        return outputs + anchor[..., None]


class Walk(Source):
    """One series; a window leads to the second next one."""

    def histories(self, starts):
        rows = [np.arange(start % 2, start + 1, 2) for start in sorted(starts, reverse=True)]
        places = {int(start): i for i, start in enumerate(starts)}
        found = np.full((len(rows), len(rows[0])), -1)
        asked = found.copy()
        for row, begins in enumerate(rows):
            found[row, : len(begins)] = begins
            asked[row, len(begins) - 1] = places[int(begins[-1])]
        return SimpleNamespace(starts=found, asked=asked)


def test_a_network_that_remembers_reads_all_that_leads_to_a_window(drawn):
    net = build(Architecture.parse("lstm(2, stateful)"), input_size=1, output_size=1)
    parameters, starts = drawn(net, 2), np.array([5, 8, 3, 8])
    found = forecast(net, parameters, Walk(), starts)
    weights, states = net.layout.views(parameters), {}
    for start in (1, 3, 5):
        x = torch.full((2, 1, 2, 1), float(start))
        output = net.run(weights, x, states=states)
        if start > 1:
            expected = (output + start)[:, 0].numpy()
            np.testing.assert_allclose(found[:, [2, 0][start == 5]], expected, rtol=1e-5)
    assert np.array_equal(found[:, 1], found[:, 3])
    # which others are asked for makes no difference
    np.testing.assert_allclose(forecast(net, parameters, Walk(), starts[:1]), found[:, :1])


def test_an_untrained_network_forecasts_its_anchor_in_chunks():
    net = build(Architecture.parse("lstm(2)"), input_size=1, output_size=3)
    starts = np.arange(CHUNK + 5)
    found = forecast(net, net.initial_parameters((0, 1)), Source(), starts)
    assert found.shape == (2, CHUNK + 5, 3)
    assert np.array_equal(found[1, :, 2], starts)


def test_members_differ_by_their_weights():
    net = build(Architecture.parse("gru(2)"), input_size=1, output_size=1)
    parameters = net.initial_parameters((0, 1)) + torch.tensor([[0.0], [0.5]])
    first, second = forecast(net, parameters, Source(), np.arange(4))
    assert not np.allclose(first, second)
