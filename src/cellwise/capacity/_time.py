"""How long a training step takes, as a sum of measured costs."""

import math
from dataclasses import dataclass

from cellwise.capacity._case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTime:
    """Seconds of one optimiser step: fixed, per layer, per layer and time step, per FLOP.

    Measured, not a law: the defaults are the terms that were recorded of a fit on one CPU thread
    (17 probes; 3.6 % median error on 8 unseen settings with all terms, of which only these are
    on record). Without the others, small networks come out too fast: a machine needs its own.

    Attributes:
        fixed: Seconds of a step whatever the network.
        per_layer: Seconds per layer.
        per_layer_step: Seconds per layer and time step.
        per_flop: Seconds per floating-point operation.
    """

    fixed: float = 0.30e-3
    per_layer: float = 0.19e-3
    per_layer_step: float = 0.0
    per_flop: float = 5.2e-12

    def step_seconds(self, case: Case) -> float:
        """Predict the time of one training step.

        Args:
            case: Architecture and data.

        Returns:
            Seconds.
        """
        layers = case.architecture.num_layers
        work = self.per_flop * case.training_flops * case.question.batch_size
        waits = self.per_layer_step * layers * case.question.length
        return self.fixed + self.per_layer * layers + waits + work

    def epoch_seconds(self, case: Case) -> float:
        """Predict the time of going through the training windows once.

        Args:
            case: Architecture and data.

        Returns:
            Seconds.
        """
        steps = math.ceil(case.question.samples / case.question.batch_size)
        return steps * self.step_seconds(case)
