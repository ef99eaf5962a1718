"""Weights to modules of PyTorch and back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture, Chain, Decoder, Norm, Placed, RecurrentLayer
from cellwise.export._code_torch import torch_code
from cellwise.export._weights import numbered, refuse_lookahead, row_of
from cellwise.layers import Layout, Network

Target = tuple[str, int | None]
"""Name of a parameter of a module, and which of its rows; ``None`` for all of it."""

_CELLS = {nn.LSTM: "lstm", nn.GRU: "gru", nn.RNN: "rnn"}


def to_torch(network: Network, row: Tensor) -> nn.Module:
    """Make a module of PyTorch that computes what a trained network computes.

    Args:
        network: The network.
        row: Its row of the parameter matrix, ``(P,)`` or ``(1, P)``.

    Returns:
        A module, in the state of use (`eval`); it takes ``(B, T, F)`` and gives ``(B, O)`` or
        ``(B, S, O)``. Its code is what `torch_code` writes.

    Raises:
        ArchitectureError: If torch cannot express a layer; names the first one.
    """  # noqa: DOC502  raised by torch_code
    refuse_lookahead(network, "torch")
    views = {name: view[0] for name, view in network.layout.views(row.view(1, -1)).items()}
    scope: dict[str, Any] = {}
    code = torch_code(
        network.architecture,
        input_size=network.chain.source.width,
        output_size=views["head.bias"].shape[0],
        output_steps=network.output_steps,
        columns=network.columns,
    )
    exec(code, scope)
    module: nn.Module = scope["Network"]()
    parameters = dict(module.named_parameters())
    with torch.no_grad():
        for name, targets in _places(network.chain):
            for index, target in enumerate(targets):
                part = _part(parameters, target)
                # torch has two biases where one is enough
                part.copy_(views[name].reshape(part.shape)) if not index else part.zero_()
    return module.eval()


def from_torch(
    module: nn.Module | Sequence[nn.Module],
    head: nn.Linear | None = None,
    *,
    network: Network | None = None,
) -> tuple[Architecture, Tensor]:
    """Read the weights of modules of PyTorch.

    Args:
        module: An `nn.LSTM`, `nn.GRU` or `nn.RNN`, or several that stand on one another; or, with
            ``network``, what `to_torch` made of it.
        head: The output layer; ``None`` puts out what the last layer puts out.
        network: What `to_torch` was given.

    Returns:
        The architecture and its row of the parameter matrix, ``(1, P)``. The network reads two
        directions at the end of each, forwards at the last step and backwards at the first; with
        ``output_steps`` it reads every step as the module gives them.

    Raises:
        ArchitectureError: If it is none of these; names the first one.
    """
    if network is not None and isinstance(module, nn.Module):
        return network.architecture, _read_back(module, network)
    modules = [module] if isinstance(module, nn.Module) else list(module)
    layers: list[RecurrentLayer] = []
    tensors: dict[str, Tensor] = {}
    for index, one in enumerate(modules):
        if type(one) not in _CELLS or not isinstance(one, nn.RNNBase):
            raise ArchitectureError(
                f"module {index + 1} must be an LSTM, GRU or RNN of torch.nn, got "
                f"{type(one).__name__}; pass network= for one that to_torch made"
            )
        tensors |= _stack_tensors(one, len(layers))
        layers += _stack_layers(one)
    found = Architecture(layers=tuple(layers))
    width = found.output_width
    tensors["head.weight"] = torch.eye(width) if head is None else head.weight
    if head is not None and head.bias is not None:
        tensors["head.bias"] = head.bias
    inputs, outputs = modules[0].input_size, len(tensors["head.weight"])
    layout = Layout.of(found, input_size=int(inputs), output_size=outputs)  # type: ignore[arg-type]
    return found, row_of(layout, tensors)


def _read_back(module: nn.Module, network: Network) -> Tensor:
    parameters = dict(module.named_parameters())
    tensors = {
        name: torch.stack([_part(parameters, target).detach() for target in targets]).sum(dim=0)
        for name, targets in _places(network.chain)
    }
    return row_of(network.layout, tensors)


def _part(parameters: Mapping[str, Tensor], target: Target) -> Tensor:
    name, index = target
    if name not in parameters:
        raise ArchitectureError(f"the module must hold {name}, which to_torch would have made")
    return parameters[name] if index is None else parameters[name][index]


def _places(chain: Chain) -> Iterator[tuple[str, list[Target]]]:
    """Each weight of a network, and the parameters of the generated module that add up to it."""
    for number, placed in numbered(chain):
        for weight in placed.own:
            found = _targets(placed, f"layer_{number}", weight.name)
            yield f"{placed.path}.{weight.name}", found
    yield "head.weight", [("head.weight", None)]
    yield "head.bias", [("head.bias", None)]


def _targets(placed: Placed, module: str, name: str) -> list[Target]:
    layer = placed.layer
    if isinstance(layer, RecurrentLayer):
        return _recurrent_targets(module, name)
    if isinstance(layer, Decoder):
        return [(f"{module}_{name.removeprefix('attention_')}.weight", None)]
    if name == "query":
        return [(f"{module}_query", None)]
    if isinstance(layer, Norm) and name == "gain":
        return [(f"{module}.weight", None)]
    return [(f"{module}.{name}", None)]


def _recurrent_targets(module: str, name: str) -> list[Target]:
    base = name.removesuffix("_reverse")
    suffix = name[len(base) :]
    if base == "bias":
        return [(f"{module}.bias_{kind}_l0{suffix}", None) for kind in ("ih", "hh")]
    if base in ("h_0", "c_0"):
        return [(f"{module}_{base[0]}", int(bool(suffix)))]
    if base.startswith("highway"):
        return [(f"{module}_gate.{base.removeprefix('highway_')}", None)]
    if base.startswith("output"):
        _, kind, depth = base.split("_")
        return [(f"{module}_output_{depth}.{kind}", None)]
    return [(f"{module}.{base}_l0{suffix}", None)]


def _stack_layers(module: nn.RNNBase) -> list[RecurrentLayer]:
    cell = _CELLS[type(module)]
    layer = RecurrentLayer(
        cell=cell,  # type: ignore[arg-type]
        hidden_size=module.hidden_size,
        bidirectional=module.bidirectional,
        proj_size=module.proj_size,
        dropout=float(module.dropout),
        activation="relu" if getattr(module, "nonlinearity", "tanh") == "relu" else "tanh",
    )
    # torch drops what goes up within the stack, not what leaves it
    return [layer] * (module.num_layers - 1) + [replace(layer, dropout=0.0)]


def _stack_tensors(module: nn.RNNBase, first: int) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for name, value in module.named_parameters():
        kind, _, place = name.rpartition("_l")  # weight_ih, 0 or 0_reverse
        number, _, direction = place.partition("_")
        if kind.startswith("bias") and not isinstance(module, nn.GRU):
            kind = "bias"
        suffix = f"_{direction}" if direction else ""
        full = f"layers.{first + int(number)}.{kind}{suffix}"
        tensors[full] = tensors[full] + value if full in tensors else value
    return tensors
