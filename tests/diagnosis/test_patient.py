import numpy as np
import torch

from cellwise.data import WindowReader
from cellwise.diagnosis import Windows


def test_windows_are_those_of_the_reader(wave_data):
    starts = wave_data.folds[0].train_starts
    windows = Windows.of(wave_data, starts, most=10)
    picked = starts[np.linspace(0, len(starts) - 1, 10).round().astype(int)]
    x, anchor = WindowReader(wave_data).read(picked[None])
    np.testing.assert_array_equal(windows.inputs.numpy(), x[0].transpose(2, 0, 1))
    assert windows.targets.shape == (10, 3)
    assert windows.last.abs().max() == 0  # the anchor is the last value
    assert (anchor[0] == wave_data.target[picked + 23]).all()


def test_columns_have_names_or_numbers(healthy):
    assert (healthy.windows.column(0), healthy.windows.column(5)) == ("y", "column 5")


def test_last_states_are_what_the_output_layer_reads(healthy):
    states = healthy.states()["layers.0"]
    views = healthy.network.layout.views(healthy.weights)
    expected = states[:, -1] @ views["head.weight"][0].T + views["head.bias"][0]
    torch.testing.assert_close(healthy.outputs(), expected, atol=1e-5, rtol=1e-4)


def test_what_can_be_cut_and_opened(make_patient, noise):
    for text, forward, opens in (
        ("lstm(3) > dense(2) > gru(2)", True, True),
        ("bilstm(3)", False, True),
        ("lstm(3) > conv(3)", False, False),
        ("[lstm(2) | gru(2)]", False, False),
    ):
        patient = make_patient(text, *noise)
        assert (patient.goes_forward, patient.opens_up) == (forward, opens), text


def test_only_recurrent_layers_have_states(make_patient, noise):
    patient = make_patient("lstm(3) > dense(2) > bigru(4)", *noise)
    assert {path: states.shape[-1] for path, states in patient.states().items()} == {
        "layers.0": 3,
        "layers.2": 8,
    }
