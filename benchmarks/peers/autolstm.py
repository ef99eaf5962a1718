"""neuralforecast's AutoLSTM as its documentation uses it: default space, 10 trials, Optuna."""

import logging
import sys
import warnings

import numpy as np
import pandas as pd
from _task import TASKS, Clock, report, score
from neuralforecast import NeuralForecast
from neuralforecast.auto import AutoLSTM
from neuralforecast.losses.pytorch import MSE

warnings.filterwarnings("ignore")
logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)


def main(name: str, trials: int = 10) -> None:
    task, clock = TASKS[name], Clock()
    values, _ = task.values()
    table = pd.DataFrame({"unique_id": task.name, "ds": np.arange(len(values)), "y": values})
    default = AutoLSTM.get_default_config(h=task.horizon, backend="optuna")
    quiet = {"logger": False, "enable_progress_bar": False, "enable_checkpointing": False}
    model = AutoLSTM(
        h=task.horizon,
        loss=MSE(),
        config=lambda trial: default(trial) | quiet,
        backend="optuna",
        num_samples=trials,
    )
    forecast = NeuralForecast(models=[model], freq=1)
    found = forecast.cross_validation(
        df=table, val_size=task.split[1], test_size=task.split[2], n_windows=None, step_size=1
    )
    found = found.sort_values(["cutoff", "ds"])
    study = forecast.models[0].results
    report(
        "neuralforecast AutoLSTM",
        task,
        clock,
        ("neuralforecast", "optuna", "torch", "pytorch-lightning"),
        **score(task, found["AutoLSTM"].to_numpy().reshape(-1, task.horizon)),
        trials=len(study.trials),
        chosen={
            k: v
            for k, v in study.best_trial.user_attrs["ALL_PARAMS"].items()
            if k not in quiet and k not in ("loss", "valid_loss")
        },
    )


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
