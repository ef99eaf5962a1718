"""The same steps by `torch.nn.LSTM`, as lean as can be, in every arrangement that torch offers."""

import multiprocessing
import time
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

import torch
from torch import Tensor

from cellwise._device import Device
from cellwise._machine import usable_cores
from cellwise._threads import torch_threads
from cellwise.bench._cases import Case, case_data
from cellwise.data import WindowReader


class PlainModel:
    """One `torch.nn.LSTM` with its output layer and fused Adam, without a DataLoader.

    Args:
        case: Sizes.
        seed: Seed of the weights and of the order.
        batch_first: Layout of the windows; time-major is the faster one on most machines.
        device: Where it trains; the whole table is there.
    """

    def __init__(self, case: Case, seed: int, *, batch_first: bool, device: Device = "cpu") -> None:
        data = case_data(case)
        torch.manual_seed(seed)
        reader = WindowReader(data)
        self._table = torch.from_numpy(reader.table).to(device)
        self._targets = torch.from_numpy(data.target).to(device)
        self._starts = torch.from_numpy(data.test.train_starts).to(device)
        self._case, self._batch_first = case, batch_first
        self._steps = torch.arange(data.num_steps, device=device)
        self._lstm = torch.nn.LSTM(
            case.input_size, case.hidden_size, case.num_layers, batch_first=batch_first
        ).to(device)
        self._head = torch.nn.Linear(case.hidden_size, 1).to(device)
        self._parameters = [*self._lstm.parameters(), *self._head.parameters()]
        self._adam = torch.optim.Adam(self._parameters, lr=0.01, fused=True)

    def train(self, steps: int) -> None:
        """Take optimizer steps.

        Args:
            steps: How many.
        """
        order = torch.randperm(len(self._starts), device=self._starts.device)
        for step in range(steps):
            picked = self._starts[order[step * self._case.batch :][: self._case.batch]]
            x, target = self._windows(picked)
            _, (h, _) = self._lstm(x)
            loss = (self._head(h[-1])[:, 0] - target).square().mean()
            self._adam.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
            self._adam.step()

    def _windows(self, starts: Tensor) -> tuple[Tensor, Tensor]:
        steps = self._steps
        rows = starts[:, None] + steps if self._batch_first else steps[:, None] + starts
        x = self._table[rows]
        anchor = self._targets[starts + len(steps) - 1]
        x[..., 0] -= anchor[:, None] if self._batch_first else anchor
        return x, self._targets[starts + len(steps)] - anchor


class SerialSteps:
    """The members one after the other in this process.

    Args:
        case: Sizes.
        threads: Threads of torch; 0 for its default.
        batch_first: Layout of the windows.
        device: Where they train.
    """

    def __init__(
        self, case: Case, threads: int, *, batch_first: bool, device: Device = "cpu"
    ) -> None:
        self._threads, self._device = threads or torch.get_num_threads(), device
        self._models = [
            PlainModel(case, seed, batch_first=batch_first, device=device)
            for seed in range(case.members)
        ]

    def seconds(self, steps: int) -> float:
        """Take steps and time them.

        Args:
            steps: Optimizer steps of every member.

        Returns:
            Wall-clock seconds.
        """
        with torch_threads(self._threads):
            begun = time.perf_counter()
            for model in self._models:
                model.train(steps)
            if self._device == "cuda":  # it has only been asked to
                torch.cuda.synchronize()
            return time.perf_counter() - begun


class ParallelSteps:
    """The members shared out over one process per core, each with one thread.

    Args:
        case: Sizes.
        batch_first: Layout of the windows.
    """

    def __init__(self, case: Case, *, batch_first: bool) -> None:
        # fresh processes: torch's threads do not survive a fork
        context = multiprocessing.get_context("spawn")
        count = min(usable_cores(), case.members)
        self._pipes, self._processes = [], []
        for index in range(count):
            ours, theirs = context.Pipe()
            seeds = tuple(range(case.members))[index::count]
            arguments = (theirs, case, seeds, batch_first)
            process = context.Process(target=_serve, args=arguments, daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)
        for pipe in self._pipes:
            pipe.recv()  # ready

    def __enter__(self) -> Self:
        """Return itself; the processes end with the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the processes."""
        for process in self._processes:
            process.terminate()
            process.join()

    def seconds(self, steps: int) -> float:
        """Take steps and time them.

        Args:
            steps: Optimizer steps of every member.

        Returns:
            Wall-clock seconds until the last process is done.
        """
        begun = time.perf_counter()
        for pipe in self._pipes:
            pipe.send(steps)
        for pipe in self._pipes:
            pipe.recv()
        return time.perf_counter() - begun


def _serve(pipe: Connection, case: Case, seeds: tuple[int, ...], batch_first: bool) -> None:
    torch.set_num_threads(1)
    models = [PlainModel(case, seed, batch_first=batch_first) for seed in seeds]
    pipe.send("ready")
    while True:
        try:
            steps = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        for model in models:
            model.train(steps)
        pipe.send("done")
