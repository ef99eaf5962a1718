from cellwise.architecture._weights import Weight, count


def test_size_is_the_product_of_the_shape():
    assert Weight(name="weight", shape=(3, 4, 5), role="input").size == 60


def test_a_product_costs_two_operations_per_weight_and_a_bias_none():
    assert Weight(name="weight", shape=(3, 4), role="hidden").num_flops == 24
    assert Weight(name="bias", shape=(3,), role="bias").num_flops == 0
    assert Weight(name="weight", shape=(9, 4), role="embedding").num_flops == 0


def test_path_goes_in_front():
    weight = Weight(name="bias", shape=(3,), role="bias", gates=("f",))
    assert weight.under("layers.2").name == "layers.2.bias"
    assert weight.under("layers.2").gates == ("f",)


def test_count_adds_sizes():
    weights = tuple(Weight(name="w", shape=(n, 2), role="input") for n in (1, 2, 3))
    assert count(weights) == 12
