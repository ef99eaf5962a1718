"""KerasTuner's Hyperband over a stacked LSTM, Keras 3 on torch, as in its guides."""

import os
import sys
import tempfile

os.environ["KERAS_BACKEND"] = "torch"

import keras
import keras_tuner
import numpy as np
from _task import CONTEXT, TASKS, Clock, Task, report, score, windows

MAX_EPOCHS = 12


class LateError(keras_tuner.errors.FatalError):
    """The time is up."""


class Deadline(keras.callbacks.Callback):
    """Ends the search at its time limit; the best trial so far is taken."""

    def __init__(self, clock: Clock, limit: float) -> None:
        super().__init__()
        self.clock, self.limit = clock, limit

    def on_train_batch_end(self, batch, logs=None):
        if batch % 20 == 0 and self.clock.read()["seconds"] > self.limit:
            raise LateError


def build(space: keras_tuner.HyperParameters, task: Task) -> keras.Model:
    depth = space.Int("num_layers", 1, 3)
    layers = [keras.Input((CONTEXT, 1))]
    for index in range(depth):
        cells = space.Int(f"cells_{index}", 16, 128, step=16)
        layers.append(keras.layers.LSTM(cells, return_sequences=index < depth - 1))
        layers.append(keras.layers.Dropout(space.Float("dropout", 0.0, 0.3, step=0.1)))
    model = keras.Sequential([*layers, keras.layers.Dense(task.horizon)])
    rate = space.Float("learning_rate", 1e-4, 1e-2, sampling="log")
    model.compile(keras.optimizers.Adam(rate), loss="mse")
    return model


def main(name: str, limit: float = 3600.0) -> None:
    task, clock = TASKS[name], Clock()
    keras.utils.set_random_seed(0)
    values, _ = task.values()
    train, val, test = (windows(values, task.origins(part), task.horizon) for part in range(3))
    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.Hyperband(
            lambda space: build(space, task),
            objective="val_loss",
            max_epochs=MAX_EPOCHS,
            seed=0,
            directory=folder,
            project_name="peer",
        )
        stop = keras.callbacks.EarlyStopping(patience=3)
        ended = "every bracket was run"
        try:
            tuner.search(
                *train,
                validation_data=val,
                batch_size=64,
                callbacks=[stop, Deadline(clock, limit)],
                verbose=0,
            )
        except LateError:
            ended = f"stopped at its limit of {limit:.0f} s, the best trial so far is taken"
        trials = [t for t in tuner.oracle.trials.values() if t.status == "COMPLETED"]
        best = min(trials, key=lambda t: t.score)
        model = tuner.load_model(best)
        forecasts = np.asarray(model.predict(test[0], batch_size=256, verbose=0))
    report(
        "KerasTuner Hyperband",
        task,
        clock,
        ("keras", "keras-tuner", "torch"),
        **score(task, forecasts),
        trials=len(trials),
        ended=ended,
        chosen=best.hyperparameters.values,
    )


if __name__ == "__main__":
    main(sys.argv[1], *map(float, sys.argv[2:3]))
