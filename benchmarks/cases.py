"""The registered cases: a cohort's optimizer steps against a plain `torch.nn.LSTM` loop."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch

from cellwise.architecture import Architecture
from cellwise.data import ForecastTask, WindowReader, prepare
from cellwise.training import Experiment, Member, TrainingSettings
from cellwise.training._cohort import Cohort

THREADS = 2


@dataclass(frozen=True)
class Case:
    members: int
    batch: int
    context_length: int
    cells: int
    layers: int
    steps: int

    @property
    def name(self):
        return f"M{self.members}-B{self.batch}-T{self.context_length}-H{self.cells}-L{self.layers}"


CASES = (
    Case(members=16, batch=32, context_length=50, cells=4, layers=1, steps=20),
    Case(members=16, batch=32, context_length=50, cells=16, layers=1, steps=20),
    Case(members=16, batch=32, context_length=50, cells=32, layers=1, steps=20),
    Case(members=8, batch=32, context_length=50, cells=64, layers=2, steps=8),
)


def table(rows=3000, covariates=7):
    generator = np.random.default_rng(0)
    columns = {f"x{i}": generator.normal(size=rows) for i in range(covariates)}
    return {"y": np.sin(np.arange(rows) / 9) + 0.1 * generator.normal(size=rows), **columns}


def data_of(case):
    import pyarrow as pa

    columns = table()
    task = ForecastTask(
        target="y",
        horizon=1,
        past_covariates=tuple(name for name in columns if name != "y"),
        context_length=case.context_length,
    )
    return prepare(pa.table(columns), task).data


def cohort_seconds(case, data):
    """One epoch of a cohort: gather, forward, loss, backward, clip, Adam; no validation."""
    settings = TrainingSettings(batch_size=case.batch, steps_per_epoch=case.steps, epochs=10)
    experiment = Experiment(
        architecture=Architecture.parse(f"{case.layers}*lstm({case.cells})"),
        members=tuple(Member(fold=0, seed=s, learning_rate=0.01) for s in range(case.members)),
        settings=settings,
        retrain=True,
    )
    torch.set_num_threads(1)
    with ThreadPoolExecutor(THREADS) as pool:
        cohort = Cohort(experiment, data, pool, THREADS)
        begun = time.perf_counter()
        cohort.run_epoch()
        return time.perf_counter() - begun


def plain_seconds(case, data, threads):
    """The same steps by one `torch.nn.LSTM` after the other, time-major, as lean as can be."""
    torch.set_num_threads(threads)
    reader = WindowReader(data)
    starts = data.test.train_starts
    begun = time.perf_counter()
    for seed in range(case.members):
        torch.manual_seed(seed)
        lstm = torch.nn.LSTM(data.input_size, case.cells, case.layers)
        head = torch.nn.Linear(case.cells, 1)
        parameters = [*lstm.parameters(), *head.parameters()]
        adam = torch.optim.Adam(parameters, lr=0.01)
        order = np.random.default_rng(seed).permutation(starts)
        for step in range(case.steps):
            picked = order[None, step * case.batch : (step + 1) * case.batch]
            x, anchor = reader.read(picked)
            target = torch.from_numpy(reader.scaled_targets(picked, anchor))[0]
            _, (h, _) = lstm(torch.from_numpy(x[0]))
            loss = (head(h[-1]) - target).square().mean()
            adam.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            adam.step()
    return time.perf_counter() - begun
