"""The parameter count of a layer as a formula: in symbols, and with the numbers filled in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cellwise.architecture._attention import AttentionPooling
from cellwise.architecture._cell_weights import bias_names, gate_names
from cellwise.architecture._counts import Bias
from cellwise.architecture._encoder_decoder import Decoder
from cellwise.architecture._feed_forward import Conv, Dense, Embedding, Norm
from cellwise.architecture._recurrent import RecurrentLayer
from cellwise.architecture._shapes import Placed


@dataclass(frozen=True, slots=True)
class Formula:
    """A sum of products.

    Attributes:
        symbols: Such as ``4H(F + H + 1)``; empty where there are no weights.
        numbers: The same with numbers, such as ``4·64·(8 + 64 + 1)``.
    """

    symbols: str = ""
    numbers: str = ""

    def __add__(self, other: "Formula") -> "Formula":
        """Join two sums."""
        if not self.symbols or not other.symbols:
            return self if self.symbols else other
        return Formula(f"{self.symbols} + {other.symbols}", f"{self.numbers} + {other.numbers}")

    def times(self, factor: int) -> "Formula":
        """Multiply a sum.

        Args:
            factor: How often it counts.

        Returns:
            The same for 1; otherwise in brackets behind the factor.
        """
        if factor == 1 or not self.symbols:
            return self
        return Formula(f"{factor}[{self.symbols}]", f"{factor}·({self.numbers})")


SYMBOLS = {
    "F": "what the layer reads at a step",
    "H": "cells",
    "R": "recurrent projection",
    "S": "second projection",
    "W": "what a direction puts out",
    "O": "what is put out",
    "k": "steps of the convolution",
    "V": "tokens",
    "D": "values of a vector",
    "E": "what the encoder puts out",
    "Q": "what the decoder's layers put out",
}
"""Letters of the formulas."""


def letters_of(formulas: Iterable[str]) -> dict[str, str]:
    """Say what the letters of some formulas mean.

    Args:
        formulas: Counts in symbols.

    Returns:
        Meanings by letter, of those that occur.
    """
    used = set(re.findall("[A-Za-z]", "".join(formulas)))
    return {letter: meaning for letter, meaning in SYMBOLS.items() if letter in used}


def parameter_formula(placed: Placed, bias: Bias = "single") -> Formula:
    """Write the count of a layer's own weights.

    Args:
        placed: The layer at its place.
        bias: How its biases are counted.

    Returns:
        The formula; empty for a layer without own weights.
    """
    layer, reads, gives = placed.layer, placed.input.width, placed.output.width
    if isinstance(layer, RecurrentLayer):
        return _recurrent(layer, reads, 2 if bias == "double" else len(bias_names(layer)))
    if isinstance(layer, Decoder):
        return _attention(layer, placed.below.width, gives)
    if isinstance(layer, Dense):
        return Formula("O(F + 1)", f"{gives}·({reads} + 1)")
    if isinstance(layer, Norm):
        return Formula("2F", f"2·{reads}")
    if isinstance(layer, Conv):
        return Formula("O(k·F + 1)", f"{gives}·({layer.kernel_size}·{reads} + 1)")
    if isinstance(layer, Embedding):
        return Formula("V·D", f"{layer.num_tokens}·{layer.size}")
    if isinstance(layer, AttentionPooling):
        return Formula("F(F + 2)", f"{reads}·({reads} + 2)")
    return Formula()


def _sum(terms: Iterable[Formula]) -> Formula:
    total = Formula()
    for term in terms:
        total += term
    return total


def _recurrent(layer: RecurrentLayer, reads: int, biases: int) -> Formula:
    direction = _sum((_products(layer, reads, biases), _cell_options(layer), _depth(layer, reads)))
    wide = layer.output_width()
    highway = Formula("O(O + 1)", f"{wide}·({wide} + 1)") if layer.highway else Formula()
    return direction.times(layer.num_directions) + highway


def _products(layer: RecurrentLayer, reads: int, biases: int) -> Formula:
    cells, state = layer.hidden_size, layer.state_size
    gates = layer.num_gates
    letter = "R" if layer.proj_size else "H"
    front, numbers = (f"{gates}H", f"{gates}·{cells}") if gates > 1 else ("H", f"{cells}")
    return Formula(f"{front}(F + {letter} + {biases})", f"{numbers}·({reads} + {state} + {biases})")


def _cell_options(layer: RecurrentLayer) -> Formula:
    cells = layer.hidden_size
    norms = {"none": 0, "lean": 2, "full": 4}[layer.layer_norm] * layer.num_gates
    norms += 2 if norms and layer.cell == "lstm" else 0
    peepholes = len(gate_names(layer)) if layer.peephole else 0
    projections = (("R", layer.proj_size), ("S", layer.skip_size))
    return _sum(
        (
            *(Formula(f"{k}·H", f"{n}·{cells}") for k, n in projections if n),
            *(Formula(f"{n}H", f"{n}·{cells}") for n in (peepholes, norms) if n),
            _first_state(layer),
        )
    )


def _first_state(layer: RecurrentLayer) -> Formula:
    if not layer.learn_state:
        return Formula()
    state = Formula("R" if layer.proj_size else "H", str(layer.state_size))
    return state + Formula("H", str(layer.hidden_size)) if layer.cell == "lstm" else state


def _depth(layer: RecurrentLayer, reads: int) -> Formula:
    cells, wide, biases = layer.hidden_size, layer.direction_width, len(bias_names(layer))
    gates, rows = len(gate_names(layer)), layer.num_gates
    front, number = (f"{rows}H", f"{rows}·{cells}") if rows > 1 else ("H", f"{cells}")
    letter = "W" if layer.proj_size else "H"
    return _sum(
        (
            _more(layer.gate_depth, f"{gates}H(H + 1)", f"{gates}·{cells}·({cells} + 1)"),
            _more(
                layer.transition_depth,
                f"{front}(H + {biases})",
                f"{number}·({cells} + {biases})",
            ),
            _more(1 + layer.shortcut, "H(F + H)", f"{cells}·({reads} + {cells})"),
            _more(layer.output_depth, f"{letter}({letter} + 1)", f"{wide}·({wide} + 1)"),
        )
    )


def _more(depth: int, symbols: str, numbers: str) -> Formula:
    """What each layer beyond the first of some depth adds."""
    times = depth - 1
    if times < 2:
        return Formula(symbols, numbers) if times else Formula()
    return Formula(f"{times}·{symbols}", f"{times}·{numbers}")


def _attention(layer: Decoder, memory: int, state: int) -> Formula:
    return {
        "none": Formula(),
        "additive": Formula("Q(Q + E + 1)", f"{state}·({state} + {memory} + 1)"),
        "dot": Formula("Q(Q + E)", f"{state}·({state} + {memory})"),
        "general": Formula("Q·E + Q(Q + E)", f"{state}·{memory} + {state}·({state} + {memory})"),
    }[layer.attention]
