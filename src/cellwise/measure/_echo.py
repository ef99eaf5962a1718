"""The longest dependency that a network learns: an echo that comes later and later."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

from cellwise.architecture import Architecture
from cellwise.layers import Network, build
from cellwise.measure._effort import Clock, Effort
from cellwise.measure._fit import Fitted, fit_rows
from cellwise.measure._measurement import Experiment, Measurement, Spent, spread
from cellwise.measure._plan import Row, best_of_seeds, members_of, plan_of, rows_of, sources_of

WIDTH = 5
"""Steps for which the wave keeps its sign (Kent & Murray)."""

# delays are tried group by group; a group in which nothing is learnt is the last one
LADDER = ((2, 4, 6, 8), (10, 12, 16, 20), (24, 28, 32, 40), (48, 56, 64), (80, 96, 128))
BATCH_SIZE = 16
# steps that are scored behind the longest delay
_SCORED = 30
_TEST_SEQUENCES = 64
_TEST_SEED = 1_000_003
_ENOUGH = 0.99
EXPERIMENT = Experiment(
    kind="echo",
    unit="steps",
    protocol=(
        "a wave whose sign is drawn anew every 5 steps, to be given again after a delay; learnt if 99 % "
        "of the signs of 64 fresh sequences are right; rising delays, until none of a group is learnt "
        "with any rate and seed"
    ),
    source="Kent & Murray 2024 (arXiv 2408.11946): best GRU, 6 layers of 120 cells, 50 steps",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """An echo to learn: the task of a cohort, a delay per row.

    Attributes:
        network: Reads one number a step and answers at every step.
        delays: Delay of each row, ``(M,)``.
        sources: Where each row draws its sequences from.
    """

    network: Network
    delays: Tensor
    sources: tuple[torch.Generator, ...]

    @property
    def num_steps(self) -> int:
        """Steps T of a sequence."""
        return _SCORED + int(self.delays.max())

    def batch(self, rows: Tensor, step: int) -> tuple[Tensor, Tensor]:
        """Return fresh waves, and the same to be given again, as `Task.batch`."""
        drawn = [_waves(BATCH_SIZE, self.num_steps, self.sources[row]) for row in rows.tolist()]
        waves = torch.stack(drawn)
        return waves.transpose(1, 2)[:, :, None].contiguous().permute(0, 3, 1, 2), waves

    def losses(self, rows: Tensor, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return cross-entropy of each row over the steps that have an echo, in nats, ``(m,)``."""
        echoes, scored = self._echoes(rows, targets)
        return (softplus(-outputs[..., 0] * echoes) * scored).sum(dim=(1, 2)) / scored.sum((1, 2))

    @torch.no_grad()
    def solved(self, rows: Tensor, parameters: Tensor) -> Tensor:
        """Return which rows give the echo of fresh waves, ``(m,)``."""
        fresh = torch.Generator().manual_seed(_TEST_SEED)
        waves = _waves(_TEST_SEQUENCES, self.num_steps, fresh).expand(len(rows), -1, -1)
        echoes, scored = self._echoes(rows, waves)
        hits = (self.network(parameters, waves[..., None])[..., 0] * echoes > 0) & (scored > 0)
        return hits.sum(dim=(1, 2)) >= _ENOUGH * scored.sum(dim=(1, 2))

    def _echoes(self, rows: Tensor, waves: Tensor) -> tuple[Tensor, Tensor]:
        """The waves each row's delay later, ``(m, B, T)``, and 1 where there is one, else 0."""
        from_step = torch.arange(waves.shape[2]) - self.delays[rows][:, None]  # (m, T)
        places = from_step.clamp_min(0)[:, None].expand_as(waves)
        return waves.gather(2, places), (from_step >= 0)[:, None].expand_as(waves).float()


def _waves(count: int, num_steps: int, source: torch.Generator) -> Tensor:
    """Draw waves of +-1, ``(count, T)``, each with its own phase."""
    signs = torch.randint(2, (count, num_steps // WIDTH + 2), generator=source) * 2.0 - 1.0
    phase = torch.randint(WIDTH, (count, 1), generator=source)
    return signs.gather(1, (torch.arange(num_steps) + phase) // WIDTH)


def measure_echo(
    architecture: Architecture,
    effort: Effort,
    *,
    ladder: tuple[tuple[int, ...], ...] = LADDER,
) -> Measurement:
    """Measure over how many steps a network learns to carry something.

    Measured, a lower bound; the protocol was found (summaries, not the paper).

    Delays, rates and seeds of a group are rows of one cohort; rows leave it when they have learnt.

    Args:
        architecture: The network; it reads one number a step.
        effort: Limits; the steps are those of each group.
        ladder: Delays by group, rising.

    Returns:
        The longest delay learnt, a value per seed.

    Reference:
        Kent & Murray (2024), arXiv 2408.11946.
    """
    clock, rows, fitted = Clock(effort), list[Row](), list[Fitted]()
    for delays in ladder:
        found, trained = _group(architecture, delays, effort.part(clock.share_left))
        rows += found
        fitted.append(trained)
        if clock.ended or not any(row["learnt"] for row in found):
            break
    best = best_of_seeds(rows, effort, lambda row: row["delay"] if row["learnt"] else 0)
    return EXPERIMENT.found(
        architecture,
        best,
        num_parameters=architecture.num_parameters(input_size=1, output_size=1),
        sentence=_sentence(architecture, best, rows[-1]["delay"] == ladder[-1][-1]),
        rows=tuple(rows),
        spent=Spent.of(fitted, effort),
    )


def _group(
    architecture: Architecture, delays: tuple[int, ...], effort: Effort
) -> tuple[tuple[Row, ...], Fitted]:
    plan = plan_of(effort, delays)
    steps = _SCORED + max(delays)
    network = build(architecture, input_size=1, output_size=1, output_steps=steps)
    task = Echo(
        network=network,
        delays=torch.tensor([delay for delay, _, _ in plan]),
        sources=sources_of(plan),
    )
    fitted = fit_rows(network, members_of(plan), task, effort)
    learnt = task.solved(torch.arange(len(plan)), fitted.parameters).tolist()
    return rows_of(plan, ["delay"], learnt=learnt), fitted


def _sentence(architecture: Architecture, best: tuple[float, ...], at_end: bool) -> str:
    mean, deviation = spread(best)
    end = " That is the longest delay that was tried." if at_end and max(best) else ""
    return (
        f"{architecture} learns to echo a random wave after at least {max(best):.0f} steps (mean of "
        f"{len(best)} seeds {mean:.1f}, standard deviation {deviation:.1f}).{end}"
    )
