import numpy as np
import torch

from cellwise.architecture import Architecture
from cellwise.export._keras_weights import KerasArray, keras_arrays


def test_gates_of_a_gru_change_places_and_matrices_are_turned():
    one = KerasArray(names=("w",), order="turned", swapped=True)
    weight = torch.arange(6.0).view(6, 1)  # r, r, z, z, n, n
    array = one.array({"w": weight})
    assert array.tolist() == [[2, 3, 0, 1, 4, 5]]
    assert torch.equal(one.tensors(array)["w"], weight)


def test_two_biases_are_one_array():
    one = KerasArray(names=("bias_ih", "bias_hh"), swapped=True)
    weights = {"bias_ih": torch.arange(3.0), "bias_hh": torch.arange(3.0, 6.0)}
    array = one.array(weights)
    assert array.tolist() == [[1, 0, 2], [4, 3, 5]]
    back = one.tensors(array)
    assert all(torch.equal(back[name], weights[name]) for name in weights)


def test_a_convolution_has_its_steps_first():
    array = KerasArray(names=("w",), order="turned").array({"w": torch.zeros(5, 3, 2)})
    assert array.shape == (2, 3, 5)
    assert np.array_equal(array, np.zeros((2, 3, 5)))


def test_layers_are_named_as_in_the_code():
    chain = Architecture.parse("dense(8) > bilstm(4, highway)").place(input_size=2)
    layers = dict(keras_arrays(chain))
    assert list(layers) == ["layer_1", "layer_2", "layer_2_gate", "head"]
    assert [one.names[0] for one in layers["layer_2"]] == [
        f"layers.1.{name}{suffix}"
        for suffix in ("", "_reverse")
        for name in ("weight_ih", "weight_hh", "bias")
    ]
