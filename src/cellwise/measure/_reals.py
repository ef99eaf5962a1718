"""Real numbers that a network hands through its state: one per cell, they say."""

from dataclasses import dataclass

import torch
from torch import Tensor

from cellwise.architecture import Architecture
from cellwise.layers import Network, build
from cellwise.measure._effort import Effort
from cellwise.measure._fit import fit_rows
from cellwise.measure._measurement import Experiment, Measurement, Spent, spread
from cellwise.measure._plan import best_of_seeds, members_of, plan_of, rows_of, sources_of
from cellwise.measure._shown import shown_first

SHARES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
"""Numbers to store, per cell of the last layer."""

BATCH_SIZE = 64
_TEST_SEQUENCES = 1024
_TEST_SEED = 1_000_003
# error as a share of the variance below which a number counts as stored
_ENOUGH = 0.01
EXPERIMENT = Experiment(
    kind="reals",
    unit="numbers per cell of the last layer",
    protocol=(
        "numbers drawn evenly from -1 to 1, shown at the first of 5 steps, to be given after the last; "
        "stored if the mean squared error on 1,024 fresh ones is below 1 % of their variance"
    ),
    source="Collins, Sohl-Dickstein & Sussillo 2017: recalled if and only if cells >= numbers",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """Numbers to hand through: the task of a cohort, how many by row.

    A row of fewer numbers than others reads zeros in the place of the rest, so that its network is
    one of fewer inputs and outputs.

    Attributes:
        network: Reads and gives F numbers.
        counts: Numbers of each row, ``(M,)``.
        sources: Where each row draws its numbers from.
    """

    network: Network
    counts: Tensor
    sources: tuple[torch.Generator, ...]

    def batch(self, rows: Tensor, step: int) -> tuple[Tensor, Tensor]:
        """Return fresh numbers, and the same to be given, as `Task.batch`."""
        drawn = [self._draw(BATCH_SIZE, self.sources[row]) for row in rows.tolist()]
        return self._shown(rows, torch.stack(drawn))

    def losses(self, rows: Tensor, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return mean squared error of each row's numbers, as a share of their variance, ``(m,)``."""
        wanted = self._wanted(rows)[:, None]
        squares = ((outputs - targets).square() * wanted).sum(dim=(1, 2))
        # numbers even from -1 to 1 have the variance 1/3
        return 3.0 * squares / (self.counts[rows] * outputs.shape[1])

    @torch.no_grad()
    def errors(self, rows: Tensor, parameters: Tensor) -> Tensor:
        """Return the error of each row on fresh numbers, as a share of their variance.

        Args:
            rows: Rows, ``(m,)``.
            parameters: ``(m, P)``.

        Returns:
            ``(m,)``.
        """
        fresh = self._draw(_TEST_SEQUENCES, torch.Generator().manual_seed(_TEST_SEED))
        x, numbers = self._shown(rows, fresh.expand(len(rows), -1, -1))
        return self.losses(rows, self.network(parameters, x), numbers)

    def solved(self, rows: Tensor, parameters: Tensor) -> Tensor:
        """Return which rows store their numbers, ``(m,)``."""
        return self.errors(rows, parameters) < _ENOUGH

    def _draw(self, count: int, source: torch.Generator) -> Tensor:
        return torch.rand(count, int(self.counts.max()), generator=source) * 2.0 - 1.0

    def _wanted(self, rows: Tensor) -> Tensor:
        return (torch.arange(int(self.counts.max())) < self.counts[rows][:, None]).float()

    def _shown(self, rows: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        numbers = numbers * self._wanted(rows)[:, None]
        return shown_first(numbers), numbers


def measure_reals(architecture: Architecture, effort: Effort) -> Measurement:
    """Measure how many real numbers a network stores per cell of its last layer.

    Measured, a lower bound; the protocol was found (full text).

    Args:
        architecture: The network.
        effort: Limits.

    Returns:
        Numbers per cell, a value per seed.

    Reference:
        Collins, Sohl-Dickstein & Sussillo (2017), section 3.2.
    """
    cells = architecture.hidden_sizes[-1]
    counts = sorted({max(1, round(share * cells)) for share in SHARES})
    plan = plan_of(effort, counts)
    network = build(architecture, input_size=counts[-1], output_size=counts[-1])
    task = Recall(
        network=network,
        counts=torch.tensor([count for count, _, _ in plan]),
        sources=sources_of(plan),
    )
    fitted = fit_rows(network, members_of(plan), task, effort)
    errors = task.errors(torch.arange(len(plan)), fitted.parameters).tolist()
    rows = rows_of(plan, ["numbers"], error=errors)
    stored = best_of_seeds(rows, effort, lambda row: row["numbers"] * (row["error"] < _ENOUGH))
    return EXPERIMENT.found(
        architecture,
        tuple(number / cells for number in stored),
        num_parameters=network.num_parameters,
        sentence=_sentence(architecture, stored, cells),
        rows=rows,
        spent=Spent.of([fitted], effort),
    )


def _sentence(architecture: Architecture, stored: tuple[float, ...], cells: int) -> str:
    mean, deviation = spread(stored)
    return (
        f"{architecture} stores at least {max(stored):.0f} real numbers in {cells} cells of its last "
        f"layer: {max(stored) / cells:.2f} per cell (mean of {len(stored)} seeds {mean:.1f} numbers, "
        f"standard deviation {deviation:.1f})."
    )
