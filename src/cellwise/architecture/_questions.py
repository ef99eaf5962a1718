"""What readers ask about cells, steps and shapes, answered with the numbers of a network."""

from dataclasses import dataclass
from itertools import pairwise

from cellwise.architecture._recurrent import RecurrentLayer
from cellwise.architecture._shapes import Chain, Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A question and its answer.

    Attributes:
        question: As readers ask it.
        answer: In a few sentences.
    """

    question: str
    answer: str


def answers(chain: Chain, *, num_steps: int, num_parameters: int) -> tuple[Answer, ...]:
    """Answer what readers ask, with the numbers of a network.

    Args:
        chain: Its layers at their place.
        num_steps: Steps T of the window.
        num_parameters: Weights of the network, output layer included.

    Returns:
        Answers; none where there is no recurrent layer.
    """
    placed = [one for one in chain.walk() if isinstance(one.layer, RecurrentLayer)]
    if not placed:
        return ()
    first = placed[0]
    return (
        _units(first, num_steps, num_parameters),
        _one_cell(first, num_steps),
        _feeding(placed),
        _states(placed),
    )


def _units(first: Placed, num_steps: int, num_parameters: int) -> Answer:
    layer = _layer(first)
    return Answer(
        question="Are units time steps?",
        answer=(
            f"No. {layer} has {layer.hidden_size} cells (units) at every one of the {num_steps} "
            "steps, always the same cells with the same weights. More steps cost time and memory, "
            f"not weights: the network has {num_parameters:,} however long the window is."
        ),
    )


def _one_cell(first: Placed, num_steps: int) -> Answer:
    layer = _layer(first)
    kept = " (it keeps one more, its memory c, to itself)" if layer.cell == "lstm" else ""
    each = " in each direction" if layer.bidirectional else ""
    return Answer(
        question="What does a single cell put out?",
        answer=(
            f"One number per step{kept}: {num_steps} numbers over the window. "
            f"The layer's output at a step is {layer.hidden_size} such numbers{each}, one per cell."
        ),
    )


def _feeding(placed: list[Placed]) -> Answer:
    for below, above in pairwise(placed):
        same_chain = below.path.rpartition(".")[0] == above.path.rpartition(".")[0]
        if same_chain and above.below == below.output and below.output.streams == 1:
            return _pair(below, above)
    gates = "4x50 gate inputs (4 gates of 50 cells)"
    return Answer(
        question="How would 100 cells feed 50?",
        answer=(
            f"By a dense connection from 100 to {gates}, the same at every step: 20,000 weights. "
            "Cells are not matched one to one, so sizes may differ freely."
        ),
    )


def _pair(below: Placed, above: Placed) -> Answer:
    layer, width = _layer(above), below.output.width
    rows = layer.num_gates * layer.hidden_size
    both = " in each direction" if layer.bidirectional else ""
    gates = (
        f"{layer.num_gates}x{layer.hidden_size} gate inputs" if layer.num_gates > 1 else f"{rows}"
    )
    return Answer(
        question=f"How do {width} values of {_layer(below)} feed {layer.hidden_size} cells?",
        answer=(
            f"By a dense connection from {width} to {gates}, the same at every step: "
            f"{width * rows:,} weights{both}. Each cell above reads every value below at that "
            "step; cells are not matched one to one, so sizes may differ freely."
        ),
    )


def _states(placed: list[Placed]) -> Answer:
    if len(placed) == 1:
        text = "Its state goes along time: from each step of the layer to the next."
    else:
        text = (
            "Outputs go up, from a layer to the one above at the same step; states go along time, "
            "from a layer's step to its own next step, and not from layer to layer unless "
            "init_from_below or a decoder says so."
        )
    if any(_layer(one).stateful for one in placed):
        text += (
            " At the end of a window the state of a stateful layer goes on into the next window "
            "of the same series; others begin each window anew."
        )
    return Answer(question="Where does the state go?", answer=text)


def _layer(placed: Placed) -> RecurrentLayer:
    if not isinstance(placed.layer, RecurrentLayer):
        raise TypeError(f"{placed.path} must be recurrent, got {placed.layer}")
    return placed.layer
