"""A cohort's optimizer steps, as the search takes them."""

import time
from contextlib import nullcontext

from cellwise._device import Device
from cellwise._threads import torch_threads
from cellwise.bench._cases import Case, case_data
from cellwise.kernels import choose_backend
from cellwise.training import Cohort, Experiment, Member, TrainingSettings


class CohortSteps:
    """Optimizer steps of a cohort: gather, forward, loss, backward, clip, Adam; no validation.

    Args:
        case: Sizes of the cohort.
        device: Where it trains.
    """

    def __init__(self, case: Case, device: Device = "cpu") -> None:
        self._case, self._data, self._device = case, case_data(case), device
        self._cohort = self._make(1)

    def _make(self, steps: int) -> Cohort:
        experiment = Experiment(
            architecture=self._case.architecture,
            members=tuple(
                Member(fold=0, seed=seed, learning_rate=0.01) for seed in range(self._case.members)
            ),
            settings=TrainingSettings(
                batch_size=self._case.batch,
                steps_per_epoch=steps,
                epochs=1000,
                device=self._device,
            ),
            retrain=True,
        )
        return Cohort(experiment, self._data)

    def seconds(self, steps: int) -> float:
        """Take steps and time them.

        Args:
            steps: Optimizer steps of every member.

        Returns:
            Wall-clock seconds.
        """
        if self._cohort.num_steps != steps:
            self._cohort = self._make(steps)
        with torch_threads(1) if choose_backend().name == "cpu" else nullcontext():  # as in fit
            begun = time.perf_counter()
            self._cohort.run_epoch()
            return time.perf_counter() - begun
