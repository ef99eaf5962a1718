"""The doctor beside a training: findings as soon as they are sure, each told once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace

import torch

from cellwise.data import ForecastData
from cellwise.diagnosis._catalogue import Outcome, Seen, make_finding
from cellwise.diagnosis._curves import check_exploding_loss, check_flat, rate_test
from cellwise.diagnosis._fitting import check_underfitting
from cellwise.diagnosis._gradients import check_vanishing, gradient_flow
from cellwise.diagnosis._layer_gradients import GradientLog, check_still_layers
from cellwise.diagnosis._outputs import check_collapse
from cellwise.diagnosis._patient import Patient, Windows
from cellwise.records import Finding, MemberRecord
from cellwise.training import EpochReport, Experiment, Member, TrainingSettings

# Shares of the epochs at which the network that leads is looked at; two looks in a row make sure
_LOOKS = (0.375, 0.5, 0.75, 1.0)
_FEWEST_EPOCHS = 8


@dataclass(slots=True)
class _Cohort:
    """One cohort in training."""

    log: GradientLog = field(default_factory=GradientLog)
    suspected: frozenset[str] = frozenset()
    failed: set[int] = field(default_factory=set)


class LiveDoctor:
    """Looks at cohorts while they train; it reads reports and changes nothing.

    What a recipe (rate and the like) does that may still be dropped is not told, but for a loss
    that is no number, which is a note as long as another recipe is sound.

    Args:
        tell: Given each finding once.
        known: Findings of an earlier part of the run.
    """

    def __init__(self, tell: Callable[[Finding], None], known: Iterable[Finding] = ()) -> None:
        self._tell, self.found = tell, list(known)
        self._cohorts: dict[Experiment, _Cohort] = {}
        self._steps = 0  # of the windows that were looked at first
        # what a linear method finds is the same for every network: by data set and fold
        self._windows: dict[tuple[int, int], tuple[ForecastData, Windows]] = {}

    def look(self, report: EpochReport, data: ForecastData) -> None:
        """Look at a cohort after an epoch.

        Args:
            report: How it is doing.
            data: What it is trained on.
        """
        steps = data.context_length
        cohort = self._cohorts.setdefault(report.experiment, _Cohort())
        cohort.log.add(report.gradients)
        architecture, self._steps = str(report.experiment.architecture), self._steps or steps
        past = f"{steps} past steps" if steps != self._steps else ""  # a trial of tuning
        for finding in _findings(report, lambda: self._patient(report, data), cohort):
            where = _joined(architecture, past, finding.where)
            self._tell_once(replace(finding, where=where), architecture)
        if report.epoch >= report.last_epoch or not report.active:
            del self._cohorts[report.experiment]

    def _patient(self, report: EpochReport, data: ForecastData) -> Patient:
        """The network that leads."""
        experiment, fold = report.experiment, report.experiment.members[report.leader].fold
        place = id(data), fold
        if place not in self._windows:
            starts = experiment.folds(data)[fold].train_starts
            self._windows[place] = data, Windows.of(data, starts)  # the data stay, and their id
        return Patient(
            network=experiment.network(data),
            weights=torch.from_numpy(report.weights[None]),
            windows=self._windows[place][1],
        )

    def _tell_once(self, finding: Finding, architecture: str) -> None:
        """A fault once for each architecture, a note once for the run."""
        for one in self.found:
            alike = one.key == finding.key and one.severity == finding.severity
            here = (one.where + ",").startswith(architecture + ",")
            if alike and (here or finding.severity == "note"):
                return
        self.found.append(finding)
        self._tell(finding)


def _findings(
    report: EpochReport, leader: Callable[[], Patient], cohort: _Cohort
) -> Iterator[Finding]:
    yield from _failures(report, cohort)
    if report.leader < 0 or report.epoch < max(report.experiment.halving, default=0):
        return
    tried = _tried(report.experiment, report.leader)
    for finding in _of_leaders(report, leader, cohort):
        yield replace(finding, where=_joined(tried, finding.where))


def _of_leaders(
    report: EpochReport, leader: Callable[[], Patient], cohort: _Cohort
) -> Iterator[Finding]:
    """What the replicates of the recipe that leads show."""
    leaders = _replicates(report)
    curves = [report.members[i] for i in leaders]
    still = check_still_layers(report.gradients, leaders) if report.epoch > 1 else None
    yield from _real(check_exploding_loss(curves), still)
    if not report.experiment.retrain and _is_time(report):
        found = {one.key: one for one in _of_leader(report, leader(), curves)}
        yield from (one for key, one in found.items() if key in cohort.suspected)
        cohort.suspected = frozenset(found)


def _failures(report: EpochReport, cohort: _Cohort) -> Iterator[Finding]:
    """Networks whose loss has just become no number: which one, in which layer, at which step."""
    recipes = report.experiment.replicates
    bad = {i for i, member in enumerate(report.members) if member.state == "non-finite"}
    racing = [
        group
        for group in recipes.values()
        if all(report.members[i].state != "halved" for i in group)
    ]
    hopeless = all(bad & set(group) for group in racing)
    for index in sorted(bad - cohort.failed):
        member = report.members[index]
        place = f"fold {member.fold + 1}, seed {member.seed}, epoch {report.epoch}"
        where = _joined(_tried(report.experiment, index), place, cohort.log.place(index))
        text = f"at rate {member.learning_rate:g}{cohort.log.words(index)}"
        seen = Seen(
            text=text,
            value=member.learning_rate,
            where=where,
            severity="fault" if hopeless else "note",
            do="" if hopeless else "nothing: another rate is sound",
        )
        yield make_finding("non_finite_loss", seen)
    cohort.failed |= bad


def _of_leader(
    report: EpochReport, patient: Patient, curves: Sequence[MemberRecord]
) -> Iterator[Finding]:
    """What a look at the network that leads shows."""
    yield from _real(check_collapse(patient))
    if isinstance(check_underfitting(patient), Finding):
        flat = check_flat(
            curves, by_rate=rate_test(report.members), input_size=patient.windows.input_size
        )
        yield from _real(flat, check_vanishing(patient, gradient_flow(patient)))


def _is_time(report: EpochReport) -> bool:
    """Whether it is an epoch at which the network that leads is looked at."""
    if report.last_epoch < _FEWEST_EPOCHS:
        return False
    looks = {round(share * report.last_epoch) for share in _LOOKS}
    return report.epoch in looks or not report.active


def _tried(experiment: Experiment, index: int) -> str:
    """The settings of a member: its rate, and those that are not the defaults."""
    recipe = experiment.members[index].recipe
    usual = Member(fold=0, seed=0, learning_rate=recipe.learning_rate)
    changed = {k: v for k, v in asdict(recipe).items() if v != getattr(usual, k)}
    shared, plain = experiment.settings, TrainingSettings()
    for name in ("batch_size", "schedule"):
        if getattr(shared, name) != getattr(plain, name):
            changed[name] = getattr(shared, name)
    told = [f"{name.replace('_', ' ')} {value}" for name, value in changed.items()]
    return _joined(f"rate {recipe.learning_rate:g}", *told)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _replicates(report: EpochReport) -> list[int]:
    """Members of the recipe that leads."""
    recipe = report.experiment.members[report.leader].recipe
    return report.experiment.replicates[recipe]


def _real(*outcomes: Outcome) -> Iterator[Finding]:
    yield from (one for one in outcomes if isinstance(one, Finding))
