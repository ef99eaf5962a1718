"""The weights of a recurrent layer, in the order in which they lie in a row of parameters."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from cellwise.architecture._weights import Role, Weight

if TYPE_CHECKING:
    from cellwise.architecture._recurrent import RecurrentLayer

GATES: dict[str, tuple[str, ...]] = {
    "lstm": ("i", "f", "g", "o"),
    "gru": ("r", "z", "n"),
    "rnn": ("h",),
}
"""Gate blocks in torch order."""

CANDIDATES = ("g", "n", "h")
"""Blocks that are no gates: what is to be remembered."""


def recurrent_weights(layer: "RecurrentLayer", input_size: int) -> tuple[Weight, ...]:
    """List the weights of a recurrent layer.

    Args:
        layer: The layer.
        input_size: Width F of what each direction reads at a step.

    Returns:
        The forward direction's, the backward direction's (names end in ``_reverse``, as in
        torch), then those of the highway gate.
    """
    forward = [
        *_products(layer, input_size),
        *_projections(layer),
        *_peepholes(layer),
        *_norms(layer),
        *_deep_gates(layer),
        *_transition(layer, input_size),
        *_deep_output(layer),
        *_first_state(layer),
    ]
    twice = forward if layer.bidirectional else ()
    backward = (replace(weight, name=f"{weight.name}_reverse") for weight in twice)
    return (*forward, *backward, *_highway(layer))


def bias_names(layer: "RecurrentLayer") -> tuple[str, ...]:
    """Name the bias vectors of a layer.

    Args:
        layer: The layer.

    Returns:
        Two for a GRU whose reset gate acts on the recurrent product and its bias, else one.
    """
    two = layer.cell == "gru" and not layer.reset_before
    return ("bias_ih", "bias_hh") if two else ("bias",)


def gate_names(layer: "RecurrentLayer") -> tuple[str, ...]:
    """Name the blocks of a layer that are gates, without the candidate.

    Args:
        layer: The layer.

    Returns:
        Such as ``("i", "f", "o")``.
    """
    return tuple(gate for gate in layer.gates if gate not in CANDIDATES)


def _gated(layer: "RecurrentLayer", name: str, role: Role, *width: int) -> Weight:
    shape = (layer.num_gates * layer.hidden_size, *width)
    return Weight(name=name, shape=shape, role=role, gates=layer.gates)


def _products(layer: "RecurrentLayer", input_size: int) -> Iterator[Weight]:
    yield _gated(layer, "weight_ih", "input", input_size)
    yield _gated(layer, "weight_hh", "recurrent", layer.state_size)
    for name in bias_names(layer):
        yield _gated(layer, name, "bias")


def _projections(layer: "RecurrentLayer") -> Iterator[Weight]:
    for name, size in (("weight_hr", layer.proj_size), ("weight_skip", layer.skip_size)):
        if size:
            yield Weight(name=name, shape=(size, layer.hidden_size), role="projection")


def _peepholes(layer: "RecurrentLayer") -> Iterator[Weight]:
    if layer.peephole:
        gates = gate_names(layer)
        shape = (len(gates) * layer.hidden_size,)
        yield Weight(name="peephole", shape=shape, role="peephole", gates=gates)


def _norms(layer: "RecurrentLayer") -> Iterator[Weight]:
    if layer.layer_norm == "none":
        return
    for product in ("ih", "hh"):
        yield _gated(layer, f"ln_{product}_gain", "gain")
        if layer.layer_norm == "full":
            yield _gated(layer, f"ln_{product}_shift", "bias")
    if layer.cell == "lstm":
        yield Weight(name="ln_c_gain", shape=(layer.hidden_size,), role="gain")
        yield Weight(name="ln_c_shift", shape=(layer.hidden_size,), role="bias")


def _deep_gates(layer: "RecurrentLayer") -> Iterator[Weight]:
    gates = gate_names(layer)
    rows, width = len(gates) * layer.hidden_size, layer.hidden_size
    for depth in range(2, layer.gate_depth + 1):
        # block by block: a gate reads its own hidden values alone
        yield Weight(name=f"gate_weight_{depth}", shape=(rows, width), role="hidden", gates=gates)
        yield Weight(name=f"gate_bias_{depth}", shape=(rows,), role="bias", gates=gates)


def _transition(layer: "RecurrentLayer", input_size: int) -> Iterator[Weight]:
    for depth in range(2, layer.transition_depth + 1):
        yield _gated(layer, f"transition_weight_{depth}", "recurrent", layer.hidden_size)
        for name in bias_names(layer):
            yield _gated(layer, f"transition_{name}_{depth}", "bias")
    if layer.shortcut:
        yield _gated(layer, "shortcut_ih", "input", input_size)
        yield _gated(layer, "shortcut_hh", "recurrent", layer.hidden_size)


def _deep_output(layer: "RecurrentLayer") -> Iterator[Weight]:
    width = layer.direction_width
    for depth in range(2, layer.output_depth + 1):
        yield Weight(name=f"output_weight_{depth}", shape=(width, width), role="hidden")
        yield Weight(name=f"output_bias_{depth}", shape=(width,), role="bias")


def _first_state(layer: "RecurrentLayer") -> Iterator[Weight]:
    if layer.learn_state:
        yield Weight(name="h_0", shape=(layer.state_size,), role="state")
        if layer.cell == "lstm":
            yield Weight(name="c_0", shape=(layer.hidden_size,), role="state")


def _highway(layer: "RecurrentLayer") -> Iterator[Weight]:
    if layer.highway:
        width = layer.output_width()
        yield Weight(name="highway_weight", shape=(width, width), role="hidden")
        yield Weight(name="highway_bias", shape=(width,), role="bias")
