"""Small networks with drawn weights."""

import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.layers import build


def seeded(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="session")
def network():
    """Give the function that builds a network of 2 inputs and 1 output."""

    def make(text, input_size=2, output_size=1, **options):
        net = Architecture.parse(text)
        return build(net, input_size=input_size, output_size=output_size, **options)

    return make


@pytest.fixture(scope="session")
def drawn():
    """Give the function that draws weights of M models, none of them 0."""
    return lambda net, members=1, seed=0: 0.4 * seeded(members, net.num_parameters, seed=seed)


@pytest.fixture(scope="session")
def generators():
    """Give the function that makes a generator per member."""
    return lambda count: [torch.Generator().manual_seed(seed) for seed in range(count)]
