"""Put a whole network at its place, encoder and decoder included."""

from dataclasses import replace

from cellwise._errors import ArchitectureError
from cellwise.architecture._encoder_decoder import Decoder, Encoder
from cellwise.architecture._feed_forward import Dense, Dropout, Embedding, Norm
from cellwise.architecture._layer import Layer
from cellwise.architecture._placing import place_chain, state_text
from cellwise.architecture._recurrent import RecurrentLayer
from cellwise.architecture._returns import with_returns
from cellwise.architecture._shapes import UNKNOWN, Chain, Placed, Return, Shape
from cellwise.architecture._text import chain_text


def place_network(
    layers: tuple[Layer, ...],
    *,
    input_size: int = UNKNOWN,
    output_size: int = UNKNOWN,
    every_step: bool = False,
) -> Chain:
    """Put the layers of a network at their place.

    Args:
        layers: First layer first.
        input_size: Input features F; `UNKNOWN` checks what can be checked without.
        output_size: Outputs O of the output layer, which a decoder reads back.
        every_step: Whether the output layer reads more than the last step.

    Returns:
        The network without its output layer.

    Raises:
        ArchitectureError: If a layer cannot read what the one below it gives.
    """
    source = Shape(width=input_size, raw=True)
    if any(isinstance(layer, Encoder | Decoder) for layer in layers):
        return _place_pair(layers, source, output_size)
    chain = place_chain(layers, source)
    if every_step and not chain.output.steps:
        pooling = next(one for one in chain.placed if not one.output.steps)
        raise ArchitectureError(
            f"outputs at every step need a sequence, and {pooling.layer} makes one vector, "
            f"{pooling.output.text()}, of {pooling.input.text()}; leave it out"
        )
    return with_returns(chain, "all" if every_step else "last")


def _place_pair(layers: tuple[Layer, ...], source: Shape, output_size: int) -> Chain:
    if len(layers) != 2:
        raise _misplaced(layers)
    encoder, decoder = layers
    if not isinstance(encoder, Encoder) or not isinstance(decoder, Decoder):
        raise _misplaced(layers)
    _check_inside(encoder, decoder)
    _check_states(encoder, decoder)
    read = place_chain(encoder.layers, source, "encoder.")
    back = _place_decoder(decoder, read.output, output_size)
    below = read.output
    first = Placed(
        path="encoder", layer=encoder, below=source, input=source, output=below, chains=(read,)
    )
    output = Shape(width=back.output.width, steps="S")
    second = Placed(
        path="decoder",
        layer=decoder,
        below=below,
        input=back.source,
        output=output,
        own=decoder.weights(output.width, below.width) if below.width else (),
        chains=(back,),
    )
    need: Return = "last" if decoder.attention == "none" else "all"
    first = replace(first, returns=need, chains=(with_returns(read, need),))
    second = replace(second, chains=(with_returns(back, "all"),))
    return Chain(source=source, placed=(first, second), output=output, taps=(1,))


def _place_decoder(decoder: Decoder, memory: Shape, output_size: int) -> Chain:
    tokens = isinstance(decoder.layers[0], Embedding)
    source = Shape(width=1 if tokens else output_size, steps="S", raw=True)
    context = memory.width if decoder.attention == "additive" else 0
    return place_chain(decoder.layers, source, "decoder.", context=context)


def _misplaced(layers: tuple[Layer, ...]) -> ArchitectureError:
    return ArchitectureError(
        "an encoder and its decoder are a whole network, encoder(...) > decoder(...), with other "
        f"layers inside of them; got {chain_text(layers)}"
    )


def _check_inside(encoder: Encoder, decoder: Decoder) -> None:
    for name, layer in _inside(encoder, decoder):
        if not isinstance(layer, RecurrentLayer | Dense | Dropout | Norm | Embedding) and not (
            name == "encoder" and type(layer).__name__ == "Conv"
        ):
            raise ArchitectureError(f"{layer} cannot stand in {_article(name)}")
    for layer in decoder.layers:
        if isinstance(layer, RecurrentLayer):
            _check_decoding(layer)


def _inside(encoder: Encoder, decoder: Decoder) -> list[tuple[str, Layer]]:
    return [("encoder", one) for one in encoder.layers] + [
        ("decoder", one) for one in decoder.layers
    ]


def _article(name: str) -> str:
    return "an encoder" if name == "encoder" else "a decoder, which sees one step at a time"


def _check_decoding(layer: RecurrentLayer) -> None:
    used = {
        "two directions": layer.bidirectional,
        "stateful": layer.stateful,
        "learn_state": layer.learn_state,
        "init_from_below": layer.init_from_below,
    }
    for name in [name for name, on in used.items() if on]:
        raise ArchitectureError(
            f"{layer} cannot stand in a decoder: it starts from the encoder's state and sees one "
            f"step at a time, which excludes {name}"
        )


def _check_states(encoder: Encoder, decoder: Decoder) -> None:
    given = [layer for layer in encoder.layers if isinstance(layer, RecurrentLayer)]
    taken = [layer for layer in decoder.layers if isinstance(layer, RecurrentLayer)]
    if len(given) != len(taken) or not given:
        raise ArchitectureError(
            "each recurrent layer of a decoder starts from the state of its counterpart in the "
            f"encoder, so there must be as many; the encoder has {len(given)}, the decoder "
            f"{len(taken)}"
        )
    for index, (theirs, ours) in enumerate(zip(given, taken, strict=True)):
        if theirs.cell != ours.cell or state_text(theirs) != state_text(ours):
            raise ArchitectureError(
                f"decoder, recurrent layer {index + 1}, {ours}: its state is {ours.cell} "
                f"{state_text(ours)}, and {theirs} of the encoder hands on {theirs.cell} "
                f"{state_text(theirs)}"
            )
