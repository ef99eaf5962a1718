"""Which options of a recurrent layer exclude each other, and why."""

from typing import TYPE_CHECKING

from cellwise._errors import ArchitectureError

if TYPE_CHECKING:
    from cellwise.architecture._recurrent import RecurrentLayer

_LSTM_ONLY = {
    "peephole": "only an lstm has a cell state apart from its output",
    "coupled": "only an lstm has an input gate and a forget gate to tie",
    "proj": "only an lstm can feed back fewer values than it has cells",
}


def check_combination(layer: "RecurrentLayer") -> None:
    """Refuse options that make no layer together.

    Args:
        layer: Its fields are sound one by one.

    Raises:
        ArchitectureError: At the first pair that excludes each other; names both and the reason.
    """  # noqa: DOC502  raised by _refuse
    _check_cell(layer)
    _check_depth(layer)
    _check_directions(layer)
    _refuse(layer.skip_size > 0 and not layer.proj_size, "skip needs proj: it stands beside it")
    _refuse(layer.residual and layer.highway, "residual and highway exclude each other")
    _refuse(
        layer.init_from_below and (layer.stateful or layer.learn_state),
        "init_from_below excludes stateful and learn_state: a layer has one first state",
    )


def _check_cell(layer: "RecurrentLayer") -> None:
    used = {
        "peephole": layer.peephole,
        "coupled": layer.coupled,
        "proj": layer.proj_size > 0,
    }
    for name, reason in _LSTM_ONLY.items():
        _refuse(
            used[name] and layer.cell != "lstm", f"{name} needs lstm, got {layer.cell}: {reason}"
        )
    _refuse(
        layer.reset_before and layer.cell != "gru",
        f"reset_before needs gru, got {layer.cell}: only a gru has a reset gate",
    )
    gated = layer.gate_activation != "sigmoid" or layer.gate_depth > 1
    name = "deep_gates" if layer.gate_depth > 1 else "gate_activation"
    _refuse(gated and layer.cell == "rnn", f"{name} needs lstm or gru, got rnn: it has no gates")


def _check_depth(layer: "RecurrentLayer") -> None:
    deep = layer.transition_depth > 1
    _refuse(
        layer.shortcut and not (deep and layer.cell == "rnn"),
        "shortcut needs rnn with transition=2 or more, "
        f"got {layer.cell} with transition={layer.transition_depth}",
    )
    others = {
        "proj": layer.proj_size > 0,
        "peephole": layer.peephole,
        "ln": layer.layer_norm != "none",
        "deep_gates": layer.gate_depth > 1,
    }
    for name in [name for name, used in others.items() if used]:
        _refuse(deep, f"transition={layer.transition_depth} cannot be combined with {name}")
    _refuse(
        layer.gate_depth > 1 and layer.layer_norm != "none",
        "deep_gates cannot be combined with ln",
    )


def _check_directions(layer: "RecurrentLayer") -> None:
    _refuse(
        layer.merge != "concat" and not layer.bidirectional,
        f"merge needs a layer of two directions, such as bi{layer.cell}, got {layer.cell}",
    )
    _refuse(
        layer.stateful and layer.bidirectional,
        "stateful needs one direction: the backward state would come from the future",
    )
    _refuse(
        (layer.residual or layer.highway) and layer.merge == "none",
        "merge=none excludes residual and highway: there are two outputs to add to",
    )


def _refuse(wrong: bool, reason: str) -> None:
    if wrong:
        raise ArchitectureError(reason)
