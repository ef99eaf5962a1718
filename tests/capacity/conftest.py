import itertools

import pytest

from cellwise.architecture import Architecture
from cellwise.capacity import Block, Case, LayerNorms, NetworkNorms, Question


@pytest.fixture
def make_case():
    """Give a function that builds a case from a text and numbers of a data set."""

    def make(text="lstm(3)", **numbers):
        usual = {"inputs": 1, "outputs": 1, "length": 50, "samples": 1000}
        question = Question(**{**usual, **numbers})
        return Case(architecture=Architecture.parse(text), question=question)

    return make


@pytest.fixture
def unit_norms():
    """Give a function that builds the norms of an LSTM stack with all limits at 1."""

    def four(entries):
        return (Block(entries=entries, radius=1.0, spectral=1.0),) * 4

    def build(layers=1, size=3, inputs=1, outputs=2):
        widths = [inputs] + [size] * (layers - 1)
        return NetworkNorms(
            layers=tuple(
                LayerNorms(
                    hidden_size=size,
                    input=four(size * width),
                    recurrent=four(size * size),
                    bias=four(size),
                )
                for width in widths
            ),
            head=Block(entries=size * outputs, radius=1.0, spectral=1.0),
            head_bias=Block(entries=outputs, radius=1.0, spectral=1.0),
            input_norm=1.0,
        )

    return build


@pytest.fixture
def measured_norms():
    """Give a function that measures torch LSTMs of one shape; the largest of them counts."""
    import torch

    def block(*weights):
        norms = [
            torch.linalg.matrix_norm(w, 2).item() if w.dim() == 2 else w.norm().item()
            for w in weights
        ]
        radius = max(w.norm().item() for w in weights)
        return Block(entries=weights[0].numel(), radius=radius, spectral=max(norms))

    def four(per_module):
        gates = zip(*(weight.detach().chunk(4) for weight in per_module), strict=True)
        return tuple(block(*weights) for weights in gates)

    def layer(modules, index):
        def get(name):
            return [getattr(module, f"{name}_l{index}") for module in modules]

        return LayerNorms(
            hidden_size=modules[0].hidden_size,
            input=four(get("weight_ih")),
            recurrent=four(get("weight_hh")),
            bias=four([a + b for a, b in zip(get("bias_ih"), get("bias_hh"), strict=True)]),
        )

    def measure(modules, head, input_norm):
        return NetworkNorms(
            layers=tuple(layer(modules, index) for index in range(modules[0].num_layers)),
            head=block(head.weight.detach()),
            head_bias=block(head.bias.detach()),
            input_norm=input_norm,
        )

    return measure


@pytest.fixture(scope="session")
def brute_force_vc():
    """Give a function: size of the largest set of points that networks label in every way."""

    def search(num_points, outputs):
        shattered = 0
        for size in range(1, num_points + 1):
            sets = itertools.combinations(range(num_points), size)
            if not any(len({tuple(row[p] for p in s) for row in outputs}) == 2**size for s in sets):
                break
            shattered = size
        return shattered

    return search
