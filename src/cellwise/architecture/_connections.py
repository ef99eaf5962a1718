"""What is connected to what, in words."""

from cellwise.architecture._attention import AttentionPooling
from cellwise.architecture._branches import Branches
from cellwise.architecture._encoder_decoder import Decoder, Encoder
from cellwise.architecture._feed_forward import Conv, Dense, Dropout, Embedding, Norm
from cellwise.architecture._recurrent import RecurrentLayer
from cellwise.architecture._shapes import Placed

_MERGED = {
    "concat": "put side by side",
    "sum": "added",
    "mul": "multiplied value by value",
    "ave": "averaged",
    "none": "handed on apart",
}


def connection_words(placed: Placed, num_steps: int) -> str:
    """Say what a layer reads, and what each of its values is connected to.

    Args:
        placed: The layer at its place.
        num_steps: Steps T of the window.

    Returns:
        Sentences.
    """
    layer = placed.layer
    if isinstance(layer, RecurrentLayer):
        return " ".join(_recurrent(layer, placed))
    reads, gives = placed.input.width, placed.output.width
    if isinstance(layer, Dense):
        each = "At each step alone, all" if placed.input.steps else "All"
        return f"{each} {reads} values go to each of the {gives} outputs, with the same weights."
    if isinstance(layer, Dropout):
        return f"In training, drops each value with probability {layer.rate:g}; nothing in use."
    if isinstance(layer, Norm):
        return f"Brings the {reads} values of a step to mean 0 and variance 1, then scales them."
    if isinstance(layer, Conv):
        return (
            f"Each of the {gives} outputs sees all {reads} values of {_steps(layer)}; steps "
            "before the first count as 0."
        )
    if isinstance(layer, Embedding):
        columns = "a token" if reads == 1 else f"each of {reads} tokens"
        return f"Looks up {columns} of {layer.num_tokens:,} in a table of {layer.size} values each."
    if isinstance(layer, AttentionPooling):
        return (
            f"A weighted mean over all {num_steps} steps; {_heads(layer)} the weights from what "
            "the steps hold."
        )
    return _container(layer, num_steps)


def return_words(placed: Placed, num_steps: int) -> str:
    """Say what a layer hands on, and why.

    Args:
        placed: The layer at its place.
        num_steps: Steps T of the window.

    Returns:
        A sentence.
    """
    if placed.returns == "pooled":
        return "Hands on one vector for the whole window."
    if placed.returns == "all":
        steps = f"all {num_steps} steps" if placed.output.steps == "T" else "each of its steps"
        return f"Hands on its output at {steps}: what reads it needs a sequence."
    if isinstance(placed.layer, RecurrentLayer) and placed.layer.bidirectional:
        return (
            "Hands on one step's output, where each direction has read everything: forwards at "
            "the last step, backwards at the first."
        )
    return "Hands on the last step's output alone: nothing that reads it needs the others."


def _steps(layer: Conv) -> str:
    k = layer.kernel_size
    return "a step alone" if k == 1 else f"a step and the {k - 1} before it"


def _heads(layer: AttentionPooling) -> str:
    return "one head finds" if layer.heads == 1 else f"{layer.heads} heads each find"


def _container(layer: Branches | Encoder | Decoder, num_steps: int) -> str:
    if isinstance(layer, Branches):
        named = [
            f"branch {number} reads {', '.join(branch.columns)} alone"
            for number, branch in enumerate(layer.branches, 1)
            if branch.columns
        ]
        count = len(layer.branches)
        chains = "One chain runs by itself" if count == 1 else f"{count} chains run side by side"
        return f"{'; '.join([f'{chains} on the same steps', *named])}."
    if isinstance(layer, Encoder):
        order = "last step to first" if layer.reverse else "first step to last"
        return f"Reads the window, {order}; keeps the final state of each recurrent layer."
    looks = {
        "none": "It sees the window through those states alone.",
        "additive": f"Before each step it weighs all {num_steps} steps of the encoder.",
    }
    default = f"After each step it weighs all {num_steps} steps of the encoder."
    return (
        "Each recurrent layer starts from the final state of its counterpart in the encoder; each "
        f"step reads the output of the step before ({_fed(layer)}). "
        f"{looks.get(layer.attention, default)}"
    )


def _fed(layer: Decoder) -> str:
    share = layer.teacher_forcing
    if not share:
        return "its own, in training too"
    true = "the true value in training" if share == 1 else f"in training the true value {share:.0%}"
    falls = "" if layer.sampling == "constant" else f", falling to 0 ({layer.sampling})"
    return f"{true}{falls}, its own in use"


def _recurrent(layer: RecurrentLayer, placed: Placed) -> list[str]:
    cells, reads, state = layer.hidden_size, placed.input.width, layer.state_size
    of = "projections of the" if layer.proj_size else "outputs of the"
    words = [
        f"At each step, each of its {cells} cells reads all {reads} values from below and all "
        f"{state} {of} same layer one step before."
    ]
    if layer.bidirectional:
        words.append(
            f"A second set of {cells} cells does the same from the last step to the first; the two "
            f"outputs are {_MERGED[layer.merge]}."
        )
    return words + [sentence for used, sentence in _option_words(layer, placed) if used]


def _option_words(layer: RecurrentLayer, placed: Placed) -> list[tuple[bool, str]]:
    more = placed.input.width - placed.below.width
    return [
        (
            more > 0,
            f"Of these, {placed.below.width} come from the layer below, {more} from beside.",
        ),
        (layer.residual, "What it reads is added to what it gives."),
        (layer.highway, "A gate mixes what it reads with what it gives."),
        (
            layer.skip_size > 0,
            f"{layer.skip_size} more projections go up but are not fed back.",
        ),
        (layer.peephole, "Its gates also see the cell's own memory."),
        (layer.coupled, "What a cell forgets makes room for what it takes in: i = 1 - f."),
        (layer.reset_before, "The reset gate acts on the state before the product."),
        (layer.layer_norm != "none", "Both products are layer-normalised before the gates."),
        (layer.gate_depth > 1, f"Gates are networks of {layer.gate_depth} layers."),
        (
            layer.transition_depth > 1,
            f"From one step's state to the next it takes {layer.transition_depth} layers"
            f"{', with a shortcut past them' if layer.shortcut else ''}.",
        ),
        (layer.output_depth > 1, f"Its output is {layer.output_depth - 1} more layers away."),
        (layer.init_from_below, "Its first state is the final state of the layer below."),
        (layer.learn_state, "Its first state is learned."),
        (layer.stateful, "Its state is carried from one batch to the next."),
        (layer.to_output, "The end of the chain sees it directly as well."),
    ]
