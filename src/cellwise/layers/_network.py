"""A network with the member axis, as a function of its parameter matrix."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from cellwise._errors import ArchitectureError
from cellwise.architecture import (
    Architecture,
    Chain,
    Decoder,
    Dense,
    Norm,
    RecurrentLayer,
    place_words,
)
from cellwise.architecture import Dropout as DropoutLayer
from cellwise.kernels import Backend, State
from cellwise.layers._chain import make_chain
from cellwise.layers._dropout import HOST, Dropout, Site, make_dropout
from cellwise.layers._flow import Flow, Signal
from cellwise.layers._head import apply_head
from cellwise.layers._initial import initial_parameters
from cellwise.layers._layout import Layout
from cellwise.layers._pair import make_pair
from cellwise.layers._plan import Plan
from cellwise.layers._recurrence import kernel_line

# Steps of a forward pass at a time where no gradient is wanted
CHUNK_STEPS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What `build` makes of an architecture: a function from ``(M, P)`` and windows to outputs.

    It holds no tensors and runs where its weights and windows lie.

    Attributes:
        architecture: What the network is.
        layout: Where each weight lies in a row of the parameter matrix.
        sites: Where something is dropped in training.
        output_steps: Steps at the end of the sequence that the output layer reads, one after the
            other, or that a decoder takes; 0 reads the final state once, or decodes one step.
        columns: Names of the input's columns; empty where they are those that the architecture
            names, in its order.
        lookahead: Steps at the end of a window, which the next one reads again: states are carried
            from before them.
        chain: The layers at their place.
        body: Runs the layers and the output layer.
    """

    architecture: Architecture
    layout: Layout
    sites: tuple[Site, ...]
    output_steps: int
    columns: tuple[str, ...] = ()
    lookahead: int = 0
    chain: Chain = field(repr=False)
    body: Callable[[Flow, Tensor], Tensor] = field(repr=False, compare=False)

    @property
    def num_parameters(self) -> int:
        """Weights of one model, P."""
        return self.layout.num_parameters

    @property
    def stateful(self) -> tuple[str, ...]:
        """Paths of the layers whose state is carried from batch to batch."""
        return tuple(
            placed.path
            for placed in self.chain.walk()
            if isinstance(placed.layer, RecurrentLayer) and placed.layer.stateful
        )

    def initial_parameters(self, seeds: tuple[int, ...]) -> Tensor:
        """Draw the first weights.

        Args:
            seeds: A seed per model.

        Returns:
            Parameter matrix, ``(M, P)``.
        """
        return initial_parameters(self.layout, seeds)

    def dropout(
        self,
        rates: Sequence[float | None],
        generators: Sequence[torch.Generator],
        progress: float = 0.0,
        device: torch.device = HOST,
    ) -> Dropout | None:
        """Gather all that is random in the training passes to come.

        Args:
            rates: Rate of each member for what its recurrent layers put out; ``None`` for those
                of the architecture.
            generators: A source of masks per member.
            progress: Share of the training that is done, 0 to 1, which a decoder's share of true
                inputs follows.
            device: Where the passes run.

        Returns:
            What a pass takes; ``None`` where nothing is random.
        """
        return make_dropout(self.sites, rates, generators, progress, device)

    def describe_kernels(self) -> tuple[str, ...]:
        """Say which way each recurrent layer runs.

        Returns:
            Lines such as ``layer 1, lstm(32): fused`` and ``layer 2, lstm(32, peephole):
            reference: has peephole``.
        """
        lines = []
        for placed in self.chain.walk():
            layer = placed.layer
            if isinstance(layer, RecurrentLayer):
                what = kernel_line(layer)
            elif isinstance(layer, Decoder):
                what = _decoder_line(layer)
            else:
                continue
            lines.append(f"{place_words(placed.path)}, {layer}: {what}")
        return tuple(lines)

    def __call__(self, parameters: Tensor, x: Tensor, dropout: Dropout | None = None) -> Tensor:
        """Run M models over their windows.

        Args:
            parameters: ``(M, P)``, a row is a model.
            x: Input sequence of each model, ``(M, B, T, F)``.
            dropout: What is dropped; ``None`` outside training.

        Returns:
            ``(M, B, O)`` from the final state, or ``(M, B, S, O)`` from each of the last S =
            ``output_steps`` steps.
        """
        return self.run(self.layout.views(parameters), x, dropout)

    def run(
        self,
        weights: Mapping[str, Tensor],
        x: Tensor,
        dropout: Dropout | None = None,
        *,
        states: dict[str, State] | None = None,
        fresh: Tensor | None = None,
        target: Tensor | None = None,
    ) -> Tensor:
        """Run M models over their windows, with weights that are apart.

        Args:
            weights: As `Layout.views` gives them.
            x: Input sequence of each model, ``(M, B, T, F)``.
            dropout: What is dropped; ``None`` outside training.
            states: States of `stateful` layers by path, ``(h,)`` or ``(h, c)``; those that are
                absent start as a new sequence does. They are replaced by the states at the end of
                this one, before the ``lookahead``, without their gradient (truncated
                backpropagation through time).
            fresh: Where states start as a new sequence does all the same, ``(M, B)``.
            target: True outputs, ``(M, B, S, O)`` or ``(M, B, S O)``, or tokens ``(M, B, S)``,
                which a decoder is fed with in training; other networks do not look at them.

        Returns:
            As a call.
        """
        flow = Flow(weights=weights, dropout=dropout, target=target)
        if states is None:
            return self.body(flow, x)
        paths = self._go_on(flow, states)
        flow.fresh = {} if fresh is None else dict.fromkeys(paths, fresh)
        if paths and self.lookahead:
            self.body(flow, x[:, :, : -self.lookahead])
            x = x[:, :, -self.lookahead :]
            carried = dict(flow.states)
            output = self.body(flow, x)
        else:
            output, carried = self.body(flow, x), flow.states
        states |= {path: tuple(one.detach() for one in carried[path][0]) for path in paths}
        return output

    def _go_on(self, flow: Flow, states: Mapping[str, State]) -> tuple[str, ...]:
        """Begin a pass from states; return the paths of the layers that have any."""
        paths = self.stateful
        flow.states = {path: (states[path],) for path in paths if path in states}
        return paths

    def layer_outputs(
        self, parameters: Tensor, x: Tensor, *, states: Mapping[str, State] | None = None
    ) -> dict[str, Tensor]:
        """Return what each layer hands on.

        Args:
            parameters: ``(M, P)``.
            x: Input sequence of each model, ``(M, B, T, F)``.
            states: States that `stateful` layers start from, as for `run`; left as they are.

        Returns:
            Path of each layer, such as ``layers.0``, to ``(M, B, T, W)``, or to ``(M, B, W)`` where
            it hands on one step or one vector; two directions that are kept apart stand side by
            side. Of a decoder's layers, that is its last step.
        """
        trace: dict[str, Signal] = {}
        flow = Flow(weights=self.layout.views(parameters), trace=trace)
        self._go_on(flow, states or {})
        self.body(flow, x)
        return {path: torch.cat(one.steps or one.ends, dim=-1) for path, one in trace.items()}


def build(
    architecture: Architecture,
    *,
    input_size: int,
    output_size: int,
    output_steps: int = 0,
    lookahead: int = 0,
    backend: Backend = "auto",
    columns: Sequence[str] = (),
) -> Network:
    """Build the network of an architecture.

    In forecasting, a network without a decoder either reads the context and puts out the whole
    horizon from its end (``output_size`` = horizon, ``output_steps`` = 0), or runs over context and
    horizon, the target hidden in the horizon, and puts out one value at each of the last
    ``output_steps`` = horizon steps. With ``encoder(...) > decoder(...)`` the encoder reads the
    whole window that it is given, which may hold the known covariates of the horizon, and the
    decoder takes ``output_steps`` = horizon steps of ``output_size`` = 1 value. What it is fed are
    values of the target in the units of its outputs, that is differences from the window's anchor:
    0, the anchor itself, then the step before, true or its own.

    Args:
        architecture: What the network is.
        input_size: Input features F.
        output_size: Outputs O of the output layer.
        output_steps: Steps at the end that the output layer reads; 0 reads the final state once.
            Steps of a decoder.
        lookahead: Steps at the end of a window that the next one reads again, before which states
            are carried.
        backend: Kernels to run on.
        columns: Names of the input's columns, where branches name theirs; without, the input
            begins with the columns that the architecture names, in its order.

    Returns:
        The network; it holds no weights.

    Raises:
        ArchitectureError: If a layer cannot be run, or a column is absent; names it.

    Example:
        >>> net = build(Architecture.parse("lstm(3)"), input_size=2, output_size=1)
        >>> tuple(net(net.initial_parameters((0, 1)), torch.zeros(2, 5, 7, 2)).shape)
        (2, 5, 1)
        >>> net.describe_kernels()
        ('layer 1, lstm(3): fused',)
    """  # noqa: DOC502  raised by the layers
    if columns:
        architecture.require_columns(columns)
    chain = architecture.place(
        input_size=input_size, output_size=output_size, every_step=output_steps > 0
    )
    plan = Plan.of(chain, backend, tuple(columns))
    if lookahead:
        _check_carried(architecture)
    if architecture.decodes:
        body = _decoding(chain, plan, output_size, output_steps)
    else:
        body = _reading(chain, plan, output_steps, in_chunks=_can_cut(architecture))
    return Network(
        architecture=architecture,
        layout=Layout.of(architecture, input_size=input_size, output_size=output_size),
        sites=plan.sites,
        output_steps=output_steps,
        columns=plan.columns,
        lookahead=lookahead,
        chain=chain,
        body=body,
    )


def _check_carried(architecture: Architecture) -> None:
    if any(one.stateful for one in architecture.recurrent_layers) and not _can_cut(architecture):
        raise ArchitectureError(
            f"{architecture}: a state that is carried from the middle of a window, before the "
            "horizon, needs a stack of layers that read the past alone; leave stateful out, or "
            "give known covariates as past ones"
        )


def build_forecaster(
    architecture: Architecture,
    *,
    columns: Sequence[str],
    horizon: int,
    over_horizon: bool,
    backend: Backend = "auto",
) -> Network:
    """Build the network that forecasts a horizon, as `build` says.

    Args:
        architecture: What the network is.
        columns: Names of the input features, F of them.
        horizon: Steps ahead.
        over_horizon: Whether the window reaches over the horizon, known covariates in it.
        backend: Kernels to run on.

    Returns:
        The network.

    Raises:
        ArchitectureError: If it cannot be built for these data; says why.
    """  # noqa: DOC502  raised by build
    stepwise = over_horizon or architecture.decodes
    return build(
        architecture,
        input_size=len(columns),
        output_size=1 if stepwise else horizon,
        output_steps=horizon if stepwise else 0,
        lookahead=horizon if over_horizon else 0,
        backend=backend,
        columns=columns,
    )


def _decoding(
    chain: Chain, plan: Plan, output_size: int, output_steps: int
) -> Callable[[Flow, Tensor], Tensor]:
    decode = make_pair(chain, plan, output_size=output_size, num_steps=max(1, output_steps))
    return decode if output_steps else lambda flow, x: decode(flow, x)[:, :, 0]


def _reading(
    chain: Chain, plan: Plan, output_steps: int, *, in_chunks: bool
) -> Callable[[Flow, Tensor], Tensor]:
    layers = make_chain(chain, plan)

    def walk(flow: Flow, x: Tensor) -> Signal:
        given = Signal(steps=(x,))
        return layers(flow, given, given)

    def body(flow: Flow, x: Tensor) -> Tensor:
        spare = in_chunks and flow.trace is None and not torch.is_grad_enabled()
        if spare and x.shape[2] > CHUNK_STEPS:
            # only what is read at the end is kept: memory does not grow with T
            head = x.shape[2] - max(output_steps, 1)
            for first in range(0, head, CHUNK_STEPS):
                walk(flow, x[:, :, first : min(first + CHUNK_STEPS, head)])
            x = x[:, :, head:]
        seen = walk(flow, x)
        return apply_head(flow.weights, _tail(seen, output_steps), every=output_steps > 0)

    return body


def _tail(seen: Signal, output_steps: int) -> Tensor:
    if not output_steps:
        return seen.end()[0]
    # in the order of memory, so that the gradient comes back in it
    return seen.steps[0].permute(0, 2, 3, 1)[:, -output_steps:].permute(0, 3, 1, 2)


def _can_cut(architecture: Architecture) -> bool:
    """Whether a sequence may be read piece by piece: what a layer reads lies in the past."""
    step_by_step = RecurrentLayer | Dense | DropoutLayer | Norm
    return all(isinstance(layer, step_by_step) for layer in architecture.layers) and not any(
        layer.bidirectional or layer.init_from_below for layer in architecture.recurrent_layers
    )


def _decoder_line(layer: Decoder) -> str:
    if layer.attention == "additive" or layer.teacher_forcing < 1 or layer.sampling != "constant":
        return "step by step, in training too"
    return "all steps at once in training, step by step in use"
