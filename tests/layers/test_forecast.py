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
