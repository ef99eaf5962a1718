"""What generalisation bounds say of the trained network of a run: its norms, its gates."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from cellwise._threads import torch_threads
from cellwise.capacity import (
    Block,
    Case,
    Gates,
    LayerNorms,
    NetworkNorms,
    Question,
    Statement,
    TrainedRun,
    is_stated,
    trained_statements,
)
from cellwise.data import ForecastData, prepare
from cellwise.diagnosis import Patient, Windows, layer_gates
from cellwise.run._directory import RunDirectory
from cellwise.run._run import Run

# Norms must be above 0
_LEAST = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBounds:
    """Bounds on the trained network of a run.

    Attributes:
        case: The network and the size of its data.
        measured: What was measured of it.
        statements: Limits of the error on new data, growth per step, score.
    """

    case: Case
    measured: TrainedRun
    statements: tuple[Statement, ...]


def bounds_of(run: Run, table: str | None = None) -> RunBounds:
    """State bounds on the trained network of a run, from its norms and gates.

    The loss is the squared error in standard deviations of the target, cut at 1. Error, gates and
    the length of the inputs are measured on at most 256 training windows, evenly spread, so that
    the limits hold for the network only as far as the other windows are like these.

    Args:
        run: The run; norms and gates are stated for stacks of plain LSTM layers.
        table: Where its table is now, if it was moved.

    Returns:
        The bounds.
    """
    model = run.model
    record = RunDirectory(run.path).read_record()
    data = prepare(Path(table) if table else run.path / record.source, model.task).data
    case = Case(architecture=model.architecture, question=_question(data))
    windows = Windows.of(data, data.test.train_starts)
    patient = Patient(network=model.network, weights=model.weights, windows=windows)
    with torch_threads(1):
        measured = _measure(patient, data, stated=is_stated(case))
    return RunBounds(case=case, measured=measured, statements=trained_statements(case, measured))


def _question(data: ForecastData) -> Question:
    return Question(
        inputs=data.input_size,
        outputs=data.output_size,
        length=data.num_steps,
        samples=len(data.test.train_starts),
        stride=1,
    )


def _measure(patient: Patient, data: ForecastData, *, stated: bool) -> TrainedRun:
    errors = patient.window_errors() / data.output_gain**2
    training_error = float(np.minimum(errors, 1.0).mean())
    if not stated:
        return TrainedRun(training_error=training_error)
    return TrainedRun(
        training_error=training_error,
        norms=_norms(patient),
        gates=tuple(_largest(one.values) for one in layer_gates(patient)),
    )


def _norms(patient: Patient) -> NetworkNorms:
    views = patient.network.layout.views(patient.weights)
    layers = []
    for path, size in zip(patient.states(), patient.network.architecture.hidden_sizes, strict=True):
        blocks = [
            tuple(_block(part) for part in views[f"{path}.{name}"][0].chunk(4))
            for name in ("weight_ih", "weight_hh", "bias")
        ]
        layers.append(
            LayerNorms(hidden_size=size, input=blocks[0], recurrent=blocks[1], bias=blocks[2])  # type: ignore[arg-type]
        )
    return NetworkNorms(
        layers=tuple(layers),
        head=_block(views["head.weight"][0]),
        head_bias=_block(views["head.bias"][0]),
        input_norm=float(patient.windows.inputs.norm(dim=2).max()),
    )


def _block(weights: Tensor) -> Block:
    radius = max(float(weights.norm()), _LEAST)
    spectral = float(torch.linalg.matrix_norm(weights, 2)) if weights.dim() == 2 else radius
    return Block(entries=weights.numel(), radius=radius, spectral=max(spectral, _LEAST))


def _largest(gates: dict[str, Tensor]) -> Gates:
    """Largest gate at each step; the first, which is not read, lets as much out as one can."""
    seen = {name: tuple(values.amax(dim=(0, 2)).tolist()) for name, values in gates.items()}
    return Gates(forget=(0.0, *seen["f"]), input=(0.0, *seen["i"]), output=(1.0, *seen["o"]))
