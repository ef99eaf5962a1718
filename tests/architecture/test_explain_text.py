import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellwise.architecture import explain, explanation_text
from cellwise.architecture._explain_text import size_text


def text_of(architecture, **options):
    return explanation_text(
        explain(architecture, input_size=8, context_length=50, output_size=1, **options)
    )


def test_each_layer_has_shapes_weights_and_work():
    text = text_of("lstm(64)")
    for line in (
        "layer 1: lstm(64)",
        "  shapes    reads (50, 8), gives (50, 64)",
        "  weights   18,688 = 4H(F + H + 1) = 4·64·(8 + 64 + 1)",
        "  per step  36,864 FLOPs forwards, 1,792 bytes kept for the gradient, 50 times a window",
        "output layer: dense(1)",
        "  letters   F what the layer reads at a step, H cells, O what is put out",
        "Are units time steps?",
    ):
        assert f"{line}\n" in text


def test_equal_layers_are_told_once():
    text = text_of("lstm(8) > 6*lstm(8, residual)")
    assert "layers 2 to 6: lstm(8, residual)\n" in text
    assert "layer 7: lstm(8, residual)\n" in text  # it hands on the last step alone


def test_either_bias_can_be_counted():
    # 4·3·(8 + 3) products, 12 or 24 biases, 4 of the output layer
    both = "Keras counts 148, torch 160)"
    assert f"weights   148 (one bias per gate; {both}" in text_of("lstm(3)")
    double = text_of("lstm(3)", bias="double")
    assert f"weights   160 (two biases per gate, as torch counts; {both}" in double


@pytest.mark.parametrize(
    ("num_bytes", "text"),
    [(176, "176 bytes"), (4100, "4.1 kB"), (45_900_000, "45.9 MB"), (3_000_000_000, "3.0 GB")],
)
def test_sizes_have_units(num_bytes, text):
    assert size_text(num_bytes) == text


# a busy machine draws slowly
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_network_can_be_told(architectures, data):
    net = data.draw(architectures)
    text = explanation_text(explain(net, input_size=4, context_length=5, output_size=2))
    assert text.startswith(str(net))
    assert text.endswith("\n")
