"""What the doctor has found: findings, what each layer has learned, and what was looked at."""

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["fault", "note"]
"""``fault``: something to mend; ``note``: worth knowing, nothing is wrong."""

Confidence = Literal["certain", "likely", "possible"]
"""``certain``: it was measured and has no other reading; ``likely``: a test or a bound says so;
``possible``: a sign, which other causes can give too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the doctor saw.

    Attributes:
        key: Name of the finding, such as ``vanishing_gradient``.
        severity: Whether it is to be mended.
        title: What it is called, in words.
        where: Member, layer, column or candidate; empty for the run as a whole.
        seen: What was measured, in words, with its figures.
        value: The figure that decided.
        confidence: How sure it is.
        why: Why such a thing happens.
        source: Paper that says so.
        do: A command or a setting that mends it.
    """

    key: str
    severity: Severity
    title: str
    where: str
    seen: str
    value: float
    confidence: Confidence
    why: str
    source: str
    do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerProfile:
    """What one layer has learned.

    Attributes:
        path: Such as ``layers.0``.
        layer: Text form of the layer.
        time_scale: Sum over lags of what is left of a perturbation, in steps, its largest lag
            being 1 (Hermans & Schrauwen 2013).
        time_scale_low: Lower end of its 95 % interval over windows.
        time_scale_high: Upper end.
        untrained: The same of networks that were not trained, mean over seeds.
        curve: What is left of the perturbation at each lag, the largest being 1.
        untrained_curve: The same of the networks that were not trained.
        gate_steps: Median over cells of ``-1 / mean ln f`` of the gate that keeps, in steps; NaN
            where the layer has no such gate or it cannot be recomputed.
        gate_steps_longest: The longest of a cell.
        effective_rank: Directions that its state uses (Roy & Vetterli 2007).
        num_cells: Values that it hands on.
        frozen: Error when its output is held at its mean, over the error of the whole network.
        removed: The same with its output at 0.
        cells_frozen: The same with one cell held at its mean, a number per cell.
        cells_removed: The same with one cell at 0.
        similarity: Linear CKA with each layer, in order (Kornblith et al. 2019).
        gradient: Norm of dL/d(h, c) at the lags of the study; empty where it cannot be cut.
        states: What its busiest cells hand on over one window, a row of steps for each cell.
    """

    path: str
    layer: str
    time_scale: float
    time_scale_low: float
    time_scale_high: float
    untrained: float
    curve: tuple[float, ...]
    untrained_curve: tuple[float, ...]
    gate_steps: float
    gate_steps_longest: float
    effective_rank: float
    num_cells: int
    frozen: float
    removed: float
    cells_frozen: tuple[float, ...]
    cells_removed: tuple[float, ...]
    similarity: tuple[float, ...]
    gradient: tuple[float, ...] = ()
    states: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerStudy:
    """What the layers of a network have learned.

    Attributes:
        layers: Each layer, from the input upwards.
        depth_excess: How much more the time scale grows from the first layer to the last than in
            networks that were not trained (or than 0, if theirs falls), in steps; NaN with one layer.
        depth_excess_low: Lower one-sided 95 % bound, paired bootstrap over windows and seeds.
        depth_used: Whether that bound is above 0: depth is used for time scales.
        inputs: Share of each input column in the sensitivity of the outputs; sums to 1.
        lags: Share of each lag, from the last step backwards; sums to 1.
        skipped: What could not be studied, and why.
        gradient_lags: Lags at which the gradients of the layers were measured.
        input_gradient: Norm of dL/dx at each lag, from the last step backwards.
    """

    layers: tuple[LayerProfile, ...]
    depth_excess: float
    depth_excess_low: float
    depth_used: bool
    inputs: dict[str, float]
    lags: tuple[float, ...]
    skipped: dict[str, str] = field(default_factory=dict)
    gradient_lags: tuple[int, ...] = ()
    input_gradient: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What came of one way out for a network that is worse than a shallower one.

    Attributes:
        name: ``as it was``, ``residual``, ``normalisation``, ``smaller rate`` or ``warm start``.
        architecture: Text form of what was trained.
        learning_rate: At which rate.
        error: Validation error, mean over folds and seeds; infinite where one failed.
        gain: Relative improvement over ``as it was``, mean over members paired by fold and seed.
        gain_low: Its lower one-sided bound at 5 % divided by the ways that were tried; NaN with
            one member.
    """

    name: str
    architecture: str
    learning_rate: float
    error: float
    gain: float
    gain_low: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """All that the doctor has to say.

    Attributes:
        subject: What was examined.
        findings: Faults first, then notes.
        checked: Keys of the findings that were looked for.
        skipped: Key to the reason why it could not be looked for.
        study: What each layer has learned; ``None`` where it was not asked for.
        live: What was seen while the networks of the search were in training.
        remedies: What was tried for a network that is worse than a shallower one, best first.
    """

    subject: str
    findings: tuple[Finding, ...]
    checked: tuple[str, ...]
    skipped: dict[str, str] = field(default_factory=dict)
    study: LayerStudy | None = None
    live: tuple[Finding, ...] = ()
    remedies: tuple[Remedy, ...] = ()

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Findings that are to be mended."""
        return tuple(one for one in self.findings if one.severity == "fault")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """Findings that are worth knowing."""
        return tuple(one for one in self.findings if one.severity == "note")
