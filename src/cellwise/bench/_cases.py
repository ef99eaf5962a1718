"""The registered cases, and the same made-up data for all who take part."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cellwise.architecture import Architecture
from cellwise.data import ForecastData, ForecastTask, prepare

# Steps of a measurement at most; an epoch has windows for as many
MOST_STEPS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Sizes of a cohort to train.

    Attributes:
        members: Models M.
        batch: Windows of a step B.
        context_length: Steps of a window T.
        input_size: Features F.
        hidden_size: Cells of each layer H.
        num_layers: Layers L.
    """

    members: int
    batch: int
    context_length: int
    input_size: int
    hidden_size: int
    num_layers: int

    @property
    def name(self) -> str:
        """The sizes in one word."""
        return (
            f"M{self.members}-B{self.batch}-T{self.context_length}-F{self.input_size}"
            f"-H{self.hidden_size}-L{self.num_layers}"
        )

    @property
    def architecture(self) -> Architecture:
        """The stack of LSTM layers."""
        return Architecture.parse(f"{self.num_layers}*lstm({self.hidden_size})")

    @property
    def step_flops(self) -> int:
        """Floating-point operations of the products of one optimizer step of one model.

        Forward, and twice that backward.
        """
        window = self.architecture.num_flops(
            input_size=self.input_size, output_size=1, num_steps=self.context_length
        )
        return 3 * self.batch * window

    @property
    def step_bytes(self) -> int:
        """Bytes of a cohort's activations, parameters, gradients and moments, by hand.

        Per cell, row and step: 4 gates, the cell state and the output, and the gradient of the
        output for layers below another; per weight: itself, its gradient and two moments.
        """
        rows = self.members * self.batch * self.context_length
        cells = self.hidden_size * (6 * self.num_layers + (self.num_layers > 1))
        weights = self.architecture.num_parameters(input_size=self.input_size, output_size=1)
        return 4 * (rows * (cells + self.input_size) + 4 * self.members * weights)


def _case(*sizes: int) -> Case:
    names = ("members", "batch", "context_length", "input_size", "hidden_size", "num_layers")
    return Case(**dict(zip(names, sizes, strict=True)))


SUITES = {
    "training": (
        _case(16, 32, 50, 8, 4, 1),
        _case(16, 32, 50, 8, 16, 1),
        _case(16, 32, 50, 8, 32, 1),
        _case(8, 32, 50, 8, 64, 2),
        _case(8, 64, 100, 8, 128, 2),
        _case(1, 64, 100, 8, 128, 2),
        _case(1, 128, 100, 16, 256, 2),
        _case(1, 32, 200, 8, 64, 4),
    ),
    "quick": (_case(4, 16, 10, 3, 4, 1),),
}
"""Cases by name of the suite."""


def case_data(case: Case) -> ForecastData:
    """Make up a table with a target and as many covariates as a case wants, ready for training.

    Args:
        case: The case.

    Returns:
        The data; the horizon is 1.
    """
    generator = np.random.default_rng(0)
    # the last fifth is the test set
    size = int(1.3 * (2 * case.context_length + MOST_STEPS * case.batch))
    columns = {"y": np.sin(np.arange(size) / 9) + 0.1 * generator.normal(size=size)}
    names = tuple(f"x{i}" for i in range(case.input_size - 1))
    columns |= {name: generator.normal(size=size) for name in names}
    task = ForecastTask(
        target="y", horizon=1, past_covariates=names, context_length=case.context_length
    )
    return prepare(pa.table(columns), task).data
