"""A plain loop of Optuna and torch, as found in its examples: TPE, median pruner, 10 trials."""

import sys

import numpy as np
import optuna
import torch
from _task import TASKS, Clock, Task, report, score, windows
from torch import Tensor, nn

EPOCHS, BATCH, PATIENCE = 12, 64, 3


class Stack(nn.Module):
    """Stacked LSTM with a linear output; optionally the last value is taken off and put back."""

    def __init__(self, cells: int, depth: int, dropout: float, horizon: int, anchor: bool) -> None:
        super().__init__()
        between = dropout if depth > 1 else 0.0
        self.lstm = nn.LSTM(1, cells, depth, batch_first=True, dropout=between)
        self.head, self.anchor = nn.Linear(cells, horizon), anchor

    def forward(self, x: Tensor) -> Tensor:
        last = x[:, -1] if self.anchor else torch.zeros_like(x[:, -1])
        return self.head(self.lstm(x - last[:, None])[0][:, -1]) + last


def tensors(task: Task, part: int) -> tuple[Tensor, Tensor]:
    x, y = windows(task.values()[0], task.origins(part), task.horizon)
    return torch.from_numpy(x), torch.from_numpy(y)


@torch.no_grad()
def forecast(model: Stack, x: Tensor) -> Tensor:
    model.eval()
    return torch.cat([model(rows) for rows in x.split(512)])


def train(trial: optuna.Trial, task: Task, anchor: bool) -> tuple[float, Stack]:
    torch.manual_seed(trial.number)
    model = Stack(
        trial.suggest_int("cells", 8, 128, log=True),
        trial.suggest_int("num_layers", 1, 3),
        trial.suggest_float("dropout", 0.0, 0.3),
        task.horizon,
        anchor,
    )
    rate = trial.suggest_float("learning_rate", 1e-4, 1e-2, log=True)
    optimizer = torch.optim.Adam(model.parameters(), rate)
    (x, y), (x_val, y_val) = tensors(task, 0), tensors(task, 1)
    best, kept, since = float("inf"), model.state_dict(), 0
    for epoch in range(EPOCHS):
        model.train()
        for rows in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
            optimizer.step()
        error = float(nn.functional.mse_loss(forecast(model, x_val), y_val))
        since = 0 if error < best else since + 1
        if error < best:
            best, kept = error, {k: v.clone() for k, v in model.state_dict().items()}
        trial.report(error, epoch)
        if trial.should_prune():
            raise optuna.TrialPruned
        if since == PATIENCE:
            break
    model.load_state_dict(kept)
    return best, model


def main(name: str, anchor: str = "", trials: int = 10) -> None:
    task, clock, anchored = TASKS[name], Clock(), anchor == "anchor"
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    models: dict[int, Stack] = {}

    def objective(trial: optuna.Trial) -> float:
        error, models[trial.number] = train(trial, task, anchored)
        return error

    study = optuna.create_study(
        sampler=optuna.samplers.TPESampler(seed=0), pruner=optuna.pruners.MedianPruner()
    )
    study.optimize(objective, n_trials=int(trials))
    forecasts = forecast(models[study.best_trial.number], tensors(task, 2)[0])
    report(
        "Optuna + torch" + (", last value taken off" if anchored else ""),
        task,
        clock,
        ("optuna", "torch"),
        **score(task, np.asarray(forecasts)),
        trials=len(study.trials),
        chosen=study.best_params,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
