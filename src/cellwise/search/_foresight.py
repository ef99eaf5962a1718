"""What a cohort will cost, before it is trained; corrected by what others have cost."""

import math
from dataclasses import dataclass, field, replace

from cellwise.data import ForecastData
from cellwise.records import CandidateRecord, CostRecord
from cellwise.training import CohortCost, CohortResult, CostModel, Experiment

# Share of the planned work that is done before all members have stopped early (docs/log.md)
USUAL_SHARE = 0.8
# Weight of the last cohort beside those before it, and the most that it may change a factor by:
# one that was held up once says little of the next
_LATEST, _MOST_CHANGE = 0.5, 2.0


@dataclass(slots=True, kw_only=True)
class Foresight:
    """Predicts cohorts and learns from them.

    A prediction is the counted work times its prices, times two factors that are learned as the
    run goes on: how slow the machine is beside its prices, and the share of the planned work that
    early stopping leaves.

    Attributes:
        model: Prices.
        pace: Measured over predicted seconds for the work that was done.
        share: Work that was done over work that was planned.
        costs: Every cohort, in order.
    """

    model: CostModel = field(default_factory=CostModel)
    pace: float = 1.0
    share: float = USUAL_SHARE
    costs: list[CostRecord] = field(default_factory=list)

    def predict(self, stage: str, experiment: Experiment, data: ForecastData) -> CostRecord:
        """Predict a cohort.

        Args:
            stage: Stage of the search.
            experiment: What is to be trained.
            data: The data.

        Returns:
            Its cost, not yet measured.
        """
        cost = CohortCost.of(self.model, experiment, data)
        most = self.pace * cost.seconds(cost.planned_rows())
        least = self.pace * cost.seconds(cost.shortest_rows())
        share = self.share if _may_stop(experiment) else 1.0
        return CostRecord(
            stage=stage,
            architecture=str(experiment.architecture),
            num_models=len(experiment.members),
            predicted_seconds=max(least, share * most),
            least_seconds=least,
            most_seconds=most,
            predicted_bytes=cost.bytes(),
        )

    def retraining_seconds(
        self, experiment: Experiment, data: ForecastData, num_seeds: int
    ) -> float:
        """Predict the final training of an architecture that is still under trial.

        Args:
            experiment: Its cohort.
            data: The data.
            num_seeds: Fresh seeds.

        Returns:
            Seconds, with as many epochs as cohorts before it needed.
        """
        settings = experiment.settings
        stop = math.ceil(self.share * settings.epochs)
        again = replace(
            experiment,
            members=(replace(experiment.members[0], fold=0),) * num_seeds,
            settings=replace(settings, stop_after=stop, patience=0),
            halving=(),
            retrain=True,
            first_weights=None,
        )
        return self.predict("final", again, data).predicted_seconds

    def stretch(self, seconds: float) -> float:
        """Return the time of other work on the machine as it is now.

        Args:
            seconds: Its time on a machine that does nothing else.

        Returns:
            More where cohorts take longer than their prices say.
        """
        return seconds * max(1.0, self.pace)

    def learn(
        self, foreseen: CostRecord, experiment: Experiment, data: ForecastData, result: CohortResult
    ) -> CostRecord:
        """Put what was measured beside a prediction and correct the times to come.

        Args:
            foreseen: What was predicted.
            experiment: What was trained.
            data: The data.
            result: What came of it.

        Returns:
            The cost with its time and memory.
        """
        measured = replace(foreseen, seconds=result.seconds, measured_bytes=result.peak_bytes)
        self.costs.append(measured)
        if not math.isfinite(result.seconds):  # nothing was trained
            return self.costs[-1]
        cost = CohortCost.of(self.model, experiment, data)
        done = cost.seconds(cost.rows_of(result))
        self.pace = _towards(self.pace, result.seconds / done)
        if _may_stop(experiment):
            self.share = _towards(self.share, done / cost.seconds(cost.planned_rows()))
        return self.costs[-1]


def with_cost(record: CandidateRecord, cost: CostRecord) -> CandidateRecord:
    """Put beside the time of a candidate what was expected, and its memory.

    Args:
        record: A candidate.
        cost: Cost of its cohort, which it may share with others.

    Returns:
        The candidate with its share by members.
    """
    share = len(record.members) / cost.num_models
    return replace(
        record,
        predicted_seconds=share * cost.predicted_seconds,
        predicted_bytes=share * cost.predicted_bytes,
        measured_bytes=share * cost.measured_bytes,
    )


def _may_stop(experiment: Experiment) -> bool:
    return experiment.settings.patience > 0


def _towards(before: float, found: float) -> float:
    """Move a factor towards what was found, on the scale of ratios."""
    if not found > 0:
        return before
    change = math.pow(found / before, _LATEST)
    return before * min(_MOST_CHANGE, max(1 / _MOST_CHANGE, change))
