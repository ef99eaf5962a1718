"""Bits per parameter: how many random labels a network learns by heart."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from cellwise.architecture import Architecture
from cellwise.capacity import memorised_bits
from cellwise.layers import Network, build
from cellwise.measure._effort import Effort
from cellwise.measure._fit import check_memory, fit_rows
from cellwise.measure._measurement import Experiment, Measurement, Spent, spread
from cellwise.measure._plan import Plan, best_of_seeds, members_of, plan_of, rows_of
from cellwise.measure._shown import shown_first

LOADS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
BATCH_SIZE = 256
_CHUNK = 1024
_LEAST_INPUTS = 16
EXPERIMENT = Experiment(
    kind="bits",
    unit="bits per parameter",
    protocol=(
        "distinct random inputs of +-1, shown at the first of 5 steps; one random bit to give after the "
        "last; I = b (1 - H(p)) bits for b labels of which the share p is right, the largest over b and "
        "over learning rates, for each seed"
    ),
    source="Collins, Sohl-Dickstein & Sussillo 2017: 3 to 6 bits, with 1,000 tuning runs a point",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Random labels to learn by heart: the task of a cohort, a table per row.

    Attributes:
        network: Reads the inputs.
        inputs: Inputs of +-1, ``(S, b, F)``, a table per seed.
        labels: 0 or 1, ``(S, b)``.
        table: Table of each row, ``(M,)``.
        counts: How many labels of its table each row learns, ``(M,)``.
    """

    network: Network
    inputs: Tensor
    labels: Tensor
    table: Tensor
    counts: Tensor

    def batch(self, rows: Tensor, step: int) -> tuple[Tensor, Tensor]:
        """Return the next labels of each row, round and round, as `Task.batch`."""
        # of few labels all are taken, none twice
        size = min(BATCH_SIZE, int(self.counts.min()))
        places = (step * size + torch.arange(size)) % self.counts[rows][:, None]
        return self._read(rows, places)

    def losses(self, rows: Tensor, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return cross-entropy of each row in nats, ``(m,)``."""
        loss = binary_cross_entropy_with_logits(outputs[..., 0], targets, reduction="none")
        return loss.mean(dim=1)

    def solved(self, rows: Tensor, parameters: Tensor) -> Tensor:
        """Return which rows give every label, ``(m,)``."""
        return self.right(rows, parameters) == self.counts[rows]

    @torch.no_grad()
    def right(self, rows: Tensor, parameters: Tensor) -> Tensor:
        """Count the labels that each row gives.

        Args:
            rows: Rows, ``(m,)``.
            parameters: ``(m, P)``.

        Returns:
            Counts, ``(m,)``.
        """
        counts, total = self.counts[rows], torch.zeros(len(rows), dtype=torch.long)
        for first in range(0, int(counts.max()), _CHUNK):
            places = torch.arange(first, min(first + _CHUNK, int(counts.max())))
            x, labels = self._read(rows, places.expand(len(rows), -1))
            hits = (self.network(parameters, x)[..., 0] > 0) == (labels > 0)
            total += (hits & (places < counts[:, None])).sum(dim=1)
        return total

    def _read(self, rows: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
        table = self.table[rows][:, None]
        return shown_first(self.inputs[table, places]), self.labels[table, places]


def measure_bits(
    architecture: Architecture, effort: Effort, *, loads: tuple[float, ...] = LOADS
) -> Measurement:
    """Measure how many bits a network can store.

    Measured, a lower bound; the protocol was found (full text).

    All numbers of labels, rates and seeds are rows of one cohort.

    Args:
        architecture: The network; it is given 16 inputs, or more if that many labels need it.
        effort: Limits.
        loads: Numbers of labels to try, per weight.

    Returns:
        Bits per parameter, a value per seed.

    Reference:
        Collins, Sohl-Dickstein & Sussillo (2017), "Capacity and Trainability in Recurrent Neural
        Networks", ICLR.
    """
    network = build(architecture, input_size=num_inputs(architecture, loads), output_size=1)
    weights = network.num_parameters
    counts = [math.ceil(load * weights) for load in loads]
    plan = plan_of(effort, counts)
    check_memory(network, len(plan))
    task = _labels(network, plan, effort)
    fitted = fit_rows(network, members_of(plan), task, effort)
    counted = task.right(torch.arange(len(plan)), fitted.parameters).tolist()
    right = [hits / count for hits, (count, *_) in zip(counted, plan, strict=True)]
    bits = [
        memorised_bits(count, max(0.5, share)) / weights
        for share, (count, *_) in zip(right, plan, strict=True)
    ]
    rows = rows_of(plan, ["labels"], right=right, bits_per_parameter=bits)
    best = best_of_seeds(rows, effort, lambda row: row["bits_per_parameter"])
    return EXPERIMENT.found(
        architecture,
        best,
        num_parameters=weights,
        sentence=_sentence(architecture, weights, best),
        rows=rows,
        spent=Spent.of([fitted], effort),
    )


def num_inputs(architecture: Architecture, loads: tuple[float, ...]) -> int:
    """Return how many inputs there must be, so that few random ones would coincide.

    Args:
        architecture: The network, whose weights depend on them.
        loads: Labels per weight.

    Returns:
        The least number F from 16 with 2^F at least 4 times the most labels.
    """
    inputs = _LEAST_INPUTS
    while 2**inputs < 4 * max(loads) * architecture.num_parameters(
        input_size=inputs, output_size=1
    ):
        inputs += 1
    return inputs


def _labels(network: Network, plan: Plan, effort: Effort) -> Labels:
    most, width = max(count for count, _, _ in plan), network.chain.placed[0].input.width
    drawn = [_table(seed, most, width) for seed in effort.all_seeds]
    return Labels(
        network=network,
        inputs=torch.stack([inputs for inputs, _ in drawn]),
        labels=torch.stack([labels for _, labels in drawn]),
        table=torch.tensor([seed - effort.seed for _, _, seed in plan]),
        counts=torch.tensor([count for count, _, _ in plan]),
    )


def _table(seed: int, count: int, width: int) -> tuple[Tensor, Tensor]:
    """Draw distinct inputs ``(b, F)`` and a fair bit for each, ``(b,)``."""
    generator = np.random.default_rng([seed, count])
    # without replacement: two labels for one input could not both be learnt
    numbers = generator.choice(2**width, size=count, replace=False)
    bits = (numbers[:, None] >> np.arange(width)) & 1
    labels = generator.integers(0, 2, size=count)
    return torch.from_numpy(2.0 * bits - 1.0).float(), torch.from_numpy(labels).float()


def _sentence(architecture: Architecture, weights: int, best: tuple[float, ...]) -> str:
    mean, deviation = spread(best)
    return (
        f"{architecture} stores at least {max(best) * weights:,.0f} bits in {weights:,} weights: "
        f"{max(best):.2f} bits per parameter (mean of {len(best)} seeds {mean:.2f}, standard "
        f"deviation {deviation:.2f})."
    )
