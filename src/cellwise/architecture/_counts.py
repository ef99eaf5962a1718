"""What a placed network costs: floating-point operations, and values kept for the gradient."""

from typing import Literal

from cellwise.architecture._attention import AttentionPooling
from cellwise.architecture._branches import Branches
from cellwise.architecture._cell_weights import bias_names
from cellwise.architecture._encoder_decoder import Decoder, Encoder
from cellwise.architecture._feed_forward import Conv, Dense, Norm
from cellwise.architecture._recurrent import RecurrentLayer
from cellwise.architecture._shapes import Chain, Placed, is_pointwise
from cellwise.architecture._weights import count

FLOAT_BYTES = 4

Bias = Literal["single", "double"]
"""How biases are counted: as Cellwise and Keras train them, or torch's two for each layer."""

# Values kept per cell beside the gates, so that the gradient can be formed: c, tanh(c) and h; the
# recurrent product of the candidate and h; nothing but the state itself.
_KEPT = {"lstm": 3, "gru": 2, "rnn": 0}


def own_size(placed: Placed, bias: Bias = "single") -> int:
    """Count a layer's own weights.

    Args:
        placed: The layer.
        bias: How its biases are counted.

    Returns:
        Number of weights, without those of layers that it holds.
    """
    second = 0
    if isinstance(placed.layer, RecurrentLayer) and bias == "double":
        second = torch_bias_size(placed.layer)
    return count(placed.own) + second


def torch_bias_size(layer: RecurrentLayer) -> int:
    """Count the values of torch's second bias, which adds nothing that the first cannot.

    Args:
        layer: The layer.

    Returns:
        Values that torch has beyond Cellwise's; 0 for a GRU that needs both.
    """
    missing = 2 - len(bias_names(layer))
    return missing * layer.num_gates * layer.hidden_size * layer.num_directions


def chain_flops(chain: Chain, *, num_steps: int, decoder_steps: int = 1) -> int:
    """Count the work of one forward pass of one window.

    Args:
        chain: Layers at their place.
        num_steps: Steps T of the window.
        decoder_steps: Steps S of a decoder.

    Returns:
        Floating-point operations of the products: two per weight and use.
    """
    total = 0
    for placed in chain.walk():
        if isinstance(placed.layer, Decoder):
            total += attention_flops(placed, num_steps, decoder_steps)
        else:
            total += runs(placed, num_steps, decoder_steps) * step_flops(placed)
    return total


def chain_values(chain: Chain, *, num_steps: int, decoder_steps: int = 1) -> int:
    """Count the values that training keeps for one window.

    Args:
        chain: Layers at their place.
        num_steps: Steps T of the window.
        decoder_steps: Steps S of a decoder.

    Returns:
        Values from which the gradient is formed.
    """
    total = 0
    for placed in chain.walk():
        if isinstance(placed.layer, Decoder):
            total += attention_values(placed, num_steps, decoder_steps)
        else:
            total += runs(placed, num_steps, decoder_steps) * step_values(placed)
    return total


def runs(placed: Placed, num_steps: int, decoder_steps: int = 1) -> int:
    """Count how often a layer is computed in a forward pass.

    Args:
        placed: The layer.
        num_steps: Steps T of the window.
        decoder_steps: Steps S of a decoder.

    Returns:
        Once per step of its input; once in all where it works on a pooled vector, or on each step
        alone and only the last one is handed on.
    """
    if not placed.input.steps or (is_pointwise(placed.layer) and placed.returns == "last"):
        return 1
    return decoder_steps if placed.input.steps == "S" else num_steps


def step_flops(placed: Placed) -> int:
    """Count the work of a layer at one step of one row, without the layers that it holds.

    Args:
        placed: The layer.

    Returns:
        Floating-point operations; an attention's weighted mean counts as a product.
    """
    mean = 2 * placed.input.width if isinstance(placed.layer, AttentionPooling) else 0
    return sum(weight.num_flops for weight in placed.own) + mean


def attention_flops(placed: Placed, num_steps: int, decoder_steps: int) -> int:
    """Count the work of a decoder's attention for one window.

    Args:
        placed: The decoder.
        num_steps: Steps T of the window.
        decoder_steps: Steps S of the decoder.

    Returns:
        Floating-point operations: keys once per step of the window, all else per decoded step.
    """
    by_name = {weight.name.removeprefix("attention_"): weight for weight in placed.own}
    if not by_name:
        return 0
    keys = by_name["key"].num_flops * num_steps if "key" in by_name else 0
    per_step = sum(by_name[name].num_flops for name in ("query", "combine") if name in by_name)
    compare = by_name["score"].size if "score" in by_name else placed.output.width
    per_source_step = 2 * compare + 2 * placed.below.width
    return keys + decoder_steps * (per_step + num_steps * per_source_step)


def attention_values(placed: Placed, num_steps: int, decoder_steps: int) -> int:
    """Count the values that training keeps of a decoder's attention for one window.

    Args:
        placed: The decoder.
        num_steps: Steps T of the window.
        decoder_steps: Steps S of the decoder.

    Returns:
        Keys once per step of the window; scores, shares, the mean and what mixes it in per decoded
        step.
    """
    names = {weight.name.removeprefix("attention_") for weight in placed.own}
    if not names:
        return 0
    width, memory = placed.output.width, placed.below.width
    keys = width * num_steps if "key" in names else 0
    # the query and its sum with each key behind tanh, or the mixture before and behind it
    around = width * (1 + num_steps) if "score" in names else 2 * width
    return keys + decoder_steps * (2 * num_steps + memory + around)


def step_values(placed: Placed) -> int:
    """Count the values that training keeps of a layer for each step and row.

    Args:
        placed: The layer.

    Returns:
        Values from which the gradient is formed, without those of layers that it holds; an LSTM
        keeps its four gates, ``c``, ``tanh(c)`` and ``h``.
    """
    layer, width = placed.layer, placed.output.width * placed.output.streams
    if isinstance(layer, RecurrentLayer):
        return _recurrent_values(layer) + (2 * width if layer.highway else 0)
    if isinstance(layer, Branches | Encoder | Decoder):
        return 0
    # the output, and the input before the function or without its mean
    twice = isinstance(layer, Norm) or (
        isinstance(layer, Dense | Conv) and layer.activation != "linear"
    )
    return 2 * width if twice else width


def _recurrent_values(layer: RecurrentLayer) -> int:
    cells = layer.num_gates + _KEPT[layer.cell]
    norm = 2 * layer.num_gates if layer.layer_norm != "none" else 0
    inner = cells + norm + (layer.num_gates - 1) * (layer.gate_depth - 1)
    values = layer.hidden_size * (inner + cells * (layer.transition_depth - 1))
    projected = layer.direction_width if layer.proj_size else 0
    deep = 2 * layer.direction_width * (layer.output_depth - 1)
    return layer.num_directions * (values + projected + deep)
