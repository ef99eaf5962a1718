"""A recurrent layer with the member axis: what it reads, where it starts, what it hands on."""

from collections.abc import Callable

import torch
from torch import Tensor

from cellwise._errors import ArchitectureError
from cellwise.architecture import Placed, RecurrentLayer, place_words
from cellwise.kernels import NUM_STATES, State, activation_function
from cellwise.layers._flow import Flow, Run, Signal, Streams, affine, side_by_side
from cellwise.layers._plan import Plan
from cellwise.layers._recurrence import make_direction

Change = Callable[[Flow, Tensor], Tensor]
Above = Callable[[Flow, Tensor, Tensor], Tensor]
"""Takes what the cells give and what the layer below hands on at the same steps."""

_MERGES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "concat": lambda a, b: side_by_side((a, b)),
    "sum": torch.add,
    "mul": torch.mul,
    "ave": lambda a, b: (a + b) / 2,
}


def make_recurrent(placed: Placed, layer: RecurrentLayer, plan: Plan) -> Run:
    """Make a recurrent layer.

    Its end is the last step's output; of two directions, the forward one's at the last step and
    the backward one's at the first, where each has read everything.

    Args:
        placed: The layer at its place.
        layer: The layer itself.
        plan: The network.

    Returns:
        The layer.

    Raises:
        ArchitectureError: If what stands at its end is not defined.
    """  # noqa: DOC502  raised by _check_end
    path, tapped = placed.path, placed.path in plan.tapped
    _check_end(placed, layer, tapped)
    directions = [
        make_direction(layer, path, plan, reverse=bool(k)) for k in range(layer.num_directions)
    ]
    read, start = _reader(placed, layer, plan), _starter(layer, path, plan)
    hand_on = _every_step(placed, layer, plan, tapped=tapped)
    if placed.returns != "all":
        hand_on = _end_alone(placed, layer, plan)

    def run(flow: Flow, below: Signal, source: Signal) -> Signal:
        inputs = read(flow, below, source)
        states = flow.states.get(path)
        fresh = flow.fresh.pop(path, None)
        if states is None:
            states = start(flow, inputs[0])
        elif fresh is not None:
            states = _renewed(fresh, start(flow, inputs[0]), states)
        found = [
            walk(flow, x, state) for walk, x, state in zip(directions, inputs, states, strict=True)
        ]
        flow.states[path] = tuple(state for _, state in found)
        return hand_on(flow, found, below)

    return run


def _renewed(
    fresh: Tensor, new: tuple[State, ...], carried: tuple[State, ...]
) -> tuple[State, ...]:
    """Begin again in some rows of the batch."""
    where = fresh[..., None]
    return tuple(
        tuple(torch.where(where, a, b) for a, b in zip(*pair, strict=True))
        for pair in zip(new, carried, strict=True)
    )


def spread(states: tuple[State, ...], num_directions: int) -> tuple[State, ...]:
    """Share out states among another number of directions.

    Args:
        states: Of each direction.
        num_directions: Directions that start from them.

    Returns:
        The same values: two directions stand side by side in one.
    """
    if len(states) == num_directions:
        return states
    joined = [torch.cat(each, dim=-1) for each in zip(*states, strict=True)]
    return tuple(zip(*(one.chunk(num_directions, dim=-1) for one in joined), strict=True))


def _check_end(placed: Placed, layer: RecurrentLayer, tapped: bool) -> None:
    added = layer.residual or layer.highway
    needed = tapped or placed.returns != "all"
    if layer.bidirectional and layer.merge != "concat" and added and needed:
        raise ArchitectureError(
            f"{place_words(placed.path)}, {layer}: its end is the forward output at the last step "
            "and the backward one at the first, and what it reads is to be added at one step; use "
            "merge=concat, where each half adds its own, or put another layer above"
        )


def _reader(
    placed: Placed, layer: RecurrentLayer, plan: Plan
) -> Callable[[Flow, Signal, Signal], Streams]:
    """What each direction reads: what comes from below, the chain's input, what is attended to."""
    beside = placed.input.width - placed.below.width
    attends = plan.attends == placed.path
    from_input = layer.from_input and not placed.path.endswith(".0")
    if not beside:
        return lambda flow, below, source: _fanned(below.steps, layer)

    def read(flow: Flow, below: Signal, source: Signal) -> Streams:
        more = list(source.steps) if from_input else []
        if attends and flow.context is not None:
            more.append(flow.context)
        return _fanned(tuple(side_by_side([one, *more]) for one in below.steps), layer)

    return read


def _fanned(streams: Streams, layer: RecurrentLayer) -> Streams:
    return streams * 2 if layer.bidirectional and len(streams) == 1 else streams


def _starter(
    layer: RecurrentLayer, path: str, plan: Plan
) -> Callable[[Flow, Tensor], tuple[State, ...]]:
    widths = [layer.state_size, layer.hidden_size][: NUM_STATES[layer.cell]]
    if layer.init_from_below:
        return lambda flow, x: spread(flow.states[plan.below[path]], layer.num_directions)
    if layer.learn_state:
        names = [
            [f"{path}.{state}_0{suffix}" for state in "hc"[: len(widths)]]
            for suffix in ("", "_reverse")[: layer.num_directions]
        ]
        return lambda flow, x: tuple(
            tuple(flow.weights[name][:, None].expand(-1, x.shape[1], -1) for name in direction)
            for direction in names
        )

    def zeros(flow: Flow, x: Tensor) -> tuple[State, ...]:
        zero = x.new_zeros(())
        state = tuple(zero.expand(x.shape[0], x.shape[1], width) for width in widths)
        return (state,) * layer.num_directions

    return zeros


Found = list[tuple[Tensor, State]]
HandOn = Callable[[Flow, Found, Signal], Signal]


def _every_step(placed: Placed, layer: RecurrentLayer, plan: Plan, *, tapped: bool) -> HandOn:
    deep, above = _deep_output(placed, layer), _above(placed, layer)
    drop = _dropping(placed, plan)

    def hand_on(flow: Flow, found: Found, below: Signal) -> Signal:
        outputs = tuple(deep[k](flow, y) for k, (y, _) in enumerate(found))
        steps = _merged(layer, outputs)
        if above is not None:
            steps = (above(flow, steps[0], below.steps[0]),)
        steps = tuple(drop(flow, one) for one in steps)
        return Signal(steps, ends(flow, found, steps)) if tapped else Signal(steps)

    def ends(flow: Flow, found: Found, steps: Streams) -> Streams:
        if len(steps) == 2:
            return steps[0][:, :, -1], steps[1][:, :, 0]
        if layer.bidirectional and layer.merge == "concat":
            forward, backward = steps[0][:, :, -1], steps[0][:, :, 0]
            return (_halves(forward, backward, layer),)
        if layer.bidirectional:
            finals = [deep[k](flow, _final(layer, one, k)) for k, one in enumerate(found)]
            return tuple(drop(flow, one) for one in _merged(layer, tuple(finals)))
        # the final state spares a gradient over the whole sequence where no mask lies between
        plain = above is None and flow.dropout is None
        return (deep[0](flow, _final(layer, found[0], 0)),) if plain else ()

    return hand_on


def _end_alone(placed: Placed, layer: RecurrentLayer, plan: Plan) -> HandOn:
    deep, above = _deep_output(placed, layer), _above(placed, layer)
    drop = _dropping(placed, plan)

    def hand_on(flow: Flow, found: Found, below: Signal) -> Signal:
        finals = [deep[k](flow, _final(layer, one, k)) for k, one in enumerate(found)]
        ends = _merged(layer, tuple(finals))
        if above is not None:
            was = below.steps[0]
            end = above(flow, ends[0], was[:, :, -1])
            if layer.bidirectional:
                end = _halves(end, above(flow, ends[0], was[:, :, 0]), layer)
            ends = (end,)
        return Signal(ends=tuple(drop(flow, one) for one in ends))

    return hand_on


def _final(layer: RecurrentLayer, found: tuple[Tensor, State], direction: int) -> Tensor:
    """What a direction puts out at its own end."""
    y, state = found
    if layer.skip_size:  # the state is not all that it puts out
        return y[:, :, 0 if direction else -1]
    return state[0]


def _merged(layer: RecurrentLayer, outputs: Streams) -> Streams:
    if len(outputs) == 1 or layer.merge == "none":
        return outputs
    return (_MERGES[layer.merge](*outputs),)


def _halves(forward: Tensor, backward: Tensor, layer: RecurrentLayer) -> Tensor:
    """The first half of one and the second half of the other."""
    width = layer.direction_width
    return side_by_side((forward[..., :width], backward[..., width:]))


def _same(flow: Flow, values: Tensor) -> Tensor:
    return values


def _deep_output(placed: Placed, layer: RecurrentLayer) -> list[Change]:
    """The layers between state and output, of each direction."""
    if layer.output_depth == 1:
        return [_same] * layer.num_directions
    activation = activation_function(layer.activation)

    def deepened(suffix: str) -> Change:
        names = [
            tuple(f"{placed.path}.output_{kind}_{depth}{suffix}" for kind in ("weight", "bias"))
            for depth in range(2, layer.output_depth + 1)
        ]

        def change(flow: Flow, values: Tensor) -> Tensor:
            for weight, bias in names:
                values = activation(affine(values, flow.weights[weight], flow.weights[bias]))
            return values

        return change

    return [deepened(suffix) for suffix in ("", "_reverse")[: layer.num_directions]]


def _above(placed: Placed, layer: RecurrentLayer) -> Above | None:
    if layer.residual:
        return lambda flow, y, was: y + was
    if not layer.highway:
        return None
    weight, bias = (f"{placed.path}.highway_{kind}" for kind in ("weight", "bias"))

    def highway(flow: Flow, y: Tensor, was: Tensor) -> Tensor:
        gate = affine(was, flow.weights[weight], flow.weights[bias]).sigmoid()
        return torch.lerp(was, y, gate)

    return highway


def _dropping(placed: Placed, plan: Plan) -> Change:
    site = plan.site(placed.path, "output")

    def drop(flow: Flow, values: Tensor) -> Tensor:
        if flow.dropout is None or site is None:
            return values
        return flow.dropout(values, site)

    return drop
