"""The same bounds on a trained run: its errors, norms and gates, measured by the caller."""

from dataclasses import dataclass, replace

from cellwise._errors import SettingsError
from cellwise.capacity._case import Case
from cellwise.capacity._chen import lstm_beta
from cellwise.capacity._cover import cover_statement, gap_for
from cellwise.capacity._growth import growth_statements, stack_score
from cellwise.capacity._norms import NetworkNorms, rounded_up
from cellwise.capacity._occam import occam_statements
from cellwise.capacity._statement import Statement

_CANDIDATE = 2  # of the gates i, f, g, o
_BASIS = "measured norms and gates, of the layer that grows most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Largest gates of an LSTM layer over the training windows, one number per step.

    Attributes:
        forget: Largest forget gate of any cell at each step.
        input: Largest input gate.
        output: Largest output gate.
    """

    forget: tuple[float, ...]
    input: tuple[float, ...]
    output: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedRun:
    """What is measured of a trained network.

    Attributes:
        training_error: Mean training loss, scaled to 0 to 1; for classification, the share of
            windows with a margin of at most that of the question.
        norms: Of an LSTM stack, norms of every block, above 0; the length of the inputs known
            beforehand. ``None`` for any other network.
        gates: Of an LSTM stack, gates of each layer, first layer first.
    """

    training_error: float
    norms: NetworkNorms | None = None
    gates: tuple[Gates, ...] = ()


def trained_statements(case: Case, run: TrainedRun) -> tuple[Statement, ...]:
    """State limits of the true error, growth and score of a trained network.

    Never to decide by: differences between candidates are all they show.

    Args:
        case: Architecture and data.
        run: What was measured.

    Returns:
        Occam's limits for 32, 16 and 5 bits, the cover limit (norms rounded up and paid for), the
        growth per step of the layer that grows most, and the score.

    Raises:
        SettingsError: If the run does not fit the architecture.
    """  # noqa: DOC502  raised by _check
    _check(case, run)
    occam = [one for one in occam_statements(case) if one.key.removeprefix("occam_").isdigit()]
    limits = [_with_error(one, run.training_error) for one in occam]
    if run.norms is None:
        return (*limits, cover_statement(case), *growth_statements(case, None, None, _BASIS))
    cover = _cover(case, run.norms)
    return (*limits, _with_error(cover, run.training_error), *_growth(case, run.norms, run.gates))


def _check(case: Case, run: TrainedRun) -> None:
    layers = case.architecture.num_layers if is_stated(case) else 0
    measured = 0 if run.norms is None else len(run.norms.layers)
    if not measured == len(run.gates) == layers:
        raise SettingsError(
            f"norms and gates must be of {layers} LSTM layers, got {measured} and {len(run.gates)}"
        )
    if not 0 <= run.training_error <= 1:
        raise SettingsError(f"training_error must be from 0 to 1, got {run.training_error}")


def is_stated(case: Case) -> bool:
    """Tell whether norms and gates say anything of a network: of a stack of plain LSTM layers.

    Args:
        case: Architecture and data.

    Returns:
        Whether `trained_statements` reads them.
    """
    return case.cell == "lstm" and case.reads_last


def _cover(case: Case, norms: NetworkNorms) -> Statement:
    rounded, price = rounded_up(norms)
    gap, silence = gap_for(case, rounded, price)
    return replace(
        cover_statement(case),
        value=gap,
        silence=silence,
        assumptions=f"{case.question.independent:,} independent windows; measured norms, each "
        "rounded up to a power of two and paid for",
    )


def _with_error(one: Statement, training_error: float) -> Statement:
    if one.value is None:
        return one
    limit = training_error + one.value
    return replace(
        one,
        key=f"{one.key}_error",
        name=one.name.replace("gap", "true error, at most", 1),
        value=limit,
        silence="above 1" if limit >= 1 else "",
    )


def _growth(case: Case, norms: NetworkNorms, all_gates: tuple[Gates, ...]) -> tuple[Statement, ...]:
    measured = list(zip(norms.layers, all_gates, strict=True))
    betas = [
        lstm_beta(
            gates.forget,
            gates.input,
            gates.output,
            recurrent_norm=layer.recurrent[_CANDIDATE].spectral,
        )
        for layer, gates in measured
    ]
    layers = [
        (layer.hidden_size, layer.input[_CANDIDATE].spectral, beta)
        for (layer, _), beta in zip(measured, betas, strict=True)
    ]
    score = stack_score(case, layers, head_norm=norms.head.spectral, input_norm=norms.input_norm)
    return growth_statements(case, max(betas), score, _BASIS)
