import pytest
import torch

from cellwise.architecture import Conv, Dense, Dropout, Embedding, Norm


@pytest.mark.parametrize(
    ("layer", "module"),
    [
        (Dense(size=5), torch.nn.Linear(3, 5)),
        (Norm(), torch.nn.LayerNorm(3)),
        (Conv(kernel_size=4, channels=5), torch.nn.Conv1d(3, 5, 4)),
        (Conv(kernel_size=4), torch.nn.Conv1d(3, 3, 4)),
        (Embedding(num_tokens=7, size=5), torch.nn.Embedding(7, 5)),
        (Dropout(rate=0.1), torch.nn.Dropout(0.1)),
    ],
)
def test_weights_are_shaped_as_torchs(layer, module):
    assert [w.shape for w in layer.weights(3)] == [tuple(p.shape) for p in module.parameters()]


def test_output_widths():
    assert Dense(size=5).output_width(3) == 5
    assert Dropout(rate=0.5).output_width(3) == Norm().output_width(3) == 3
    assert Conv(kernel_size=2).output_width(3) == 3
    assert Conv(kernel_size=2, channels=4).output_width(3) == 4
    assert Embedding(num_tokens=9, size=4).output_width(2) == 8


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Dense(size=0), "size of dense must be at least 1, got 0"),
        (lambda: Dense(size=1, activation="exp"), "activation of dense must be one of"),
        (lambda: Dropout(rate=1.0), "rate of dropout must be at least 0 and below 1, got 1.0"),
        (lambda: Conv(kernel_size=0), "kernel_size of conv must be at least 1, got 0"),
        (lambda: Conv(kernel_size=1, channels=-1), "channels of conv must be at least 0, got -1"),
        (lambda: Embedding(num_tokens=0, size=1), "num_tokens of embed must be at least 1, got 0"),
        (lambda: Embedding(num_tokens=1, size=0), "size of embed must be at least 1, got 0"),
    ],
)
def test_message_names_the_field(build, message):
    with pytest.raises(ValueError, match=message):
        build()
