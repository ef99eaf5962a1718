"""The desk: everything that theory says of one or two networks, and equal ones at other depths."""

from dataclasses import asdict, dataclass
from typing import Any

from cellwise.architecture import Architecture
from cellwise.capacity._bits import bit_statements
from cellwise.capacity._budget import DEPTHS, Budget, cell_of, equal_stacks
from cellwise.capacity._case import Case
from cellwise.capacity._counts import count_statements
from cellwise.capacity._cover import cover_statement
from cellwise.capacity._growth import chen_statements
from cellwise.capacity._occam import occam_statements
from cellwise.capacity._published import published_statements
from cellwise.capacity._question import Question
from cellwise.capacity._rules import rule_statements
from cellwise.capacity._statement import Statement
from cellwise.capacity._vc_cells import vc_statements


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """What theory says of one network on one data set.

    Attributes:
        case: Architecture and data.
        statements: All statements by key.
    """

    case: Case
    statements: dict[str, Statement]

    @property
    def name(self) -> str:
        """Text form, with equal layers counted: ``2*lstm(64)``."""
        texts = [str(layer) for layer in self.case.architecture.layers]
        if len(texts) > 1 and len(set(texts)) == 1:
            return f"{len(texts)}*{texts[0]}"
        return str(self.case.architecture)

    def value(self, key: str) -> float | None:
        """Return the number of a statement.

        Args:
            key: Key of the statement.

        Returns:
            The number; ``None`` if there is none.
        """
        return self.statements[key].value

    def says(self, key: str) -> bool:
        """Tell whether a statement says anything here.

        Args:
            key: Key of the statement.

        Returns:
            Whether it does.
        """
        return self.statements[key].says


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What `consult` found.

    Attributes:
        question: The data set.
        appraisals: The network that was asked about, then the one to compare with, if any.
        budget: What the networks of `equal` may cost.
        equal: The largest plain stack within the budget at each depth.
    """

    question: Question
    appraisals: tuple[Appraisal, ...]
    budget: Budget
    equal: tuple[Appraisal, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; the equal stacks with numbers alone."""
        return {
            "question": asdict(self.question),
            "architectures": [
                {
                    "architecture": one.name,
                    "statements": [statement.to_dict() for statement in one.statements.values()],
                }
                for one in self.appraisals
            ],
            "budget": {"kind": self.budget.kind, "amount": self.budget.amount},
            "equal_budget": [_numbers(one) for one in self.equal],
        }


def _numbers(one: Appraisal) -> dict[str, Any]:
    return {
        "architecture": one.name,
        "num_layers": one.case.architecture.num_layers,
        "hidden_size": one.case.architecture.hidden_sizes[0],
        "values": {key: statement.value for key, statement in one.statements.items()},
        "silent": [key for key, statement in one.statements.items() if not statement.says],
    }


def appraise(architecture: Architecture, question: Question) -> Appraisal:
    """State everything that theory says of a network on a data set.

    Args:
        architecture: The network.
        question: The data set.

    Returns:
        The statements; those that hold for other layers only say so.

    Raises:
        SettingsError: If a layer is larger than the desk computes with.

    Example:
        >>> question = Question(inputs=1, outputs=1, length=50, samples=1000)
        >>> found = appraise(Architecture.parse("lstm(3)"), question)
        >>> found.value("weights"), found.value("stored_bits")
        (64, 320.0)
    """  # noqa: DOC502  raised by Case
    case = Case(architecture=architecture, question=question)
    statements = (
        *count_statements(case),
        *vc_statements(case),
        *occam_statements(case),
        cover_statement(case),
        *chen_statements(case),
        *published_statements(case),
        *rule_statements(case),
        *bit_statements(case),
    )
    return Appraisal(case=case, statements={one.key: one for one in statements})


def consult(
    architecture: Architecture,
    question: Question,
    *,
    against: Architecture | None = None,
    budget: Budget | None = None,
) -> Answer:
    """Ask the desk about a network, alone or beside another, and about equal ones.

    Args:
        architecture: The network.
        question: The data set.
        against: A network to compare with.
        budget: What equal networks may cost; ``None`` for as many weights as the first has.

    Returns:
        Everything that theory says.

    Raises:
        SettingsError: If a layer is larger than the desk computes with.
    """  # noqa: DOC502  raised by Case
    asked = [architecture] if against is None else [architecture, against]
    appraisals = tuple(appraise(one, question) for one in asked)
    if budget is None:
        budget = Budget(kind="parameters", amount=appraisals[0].case.weights)
    depths = (*DEPTHS, *(one.num_layers for one in asked))
    equal = equal_stacks(budget, cell_of(architecture), question, depths)
    return Answer(
        question=question,
        appraisals=appraisals,
        budget=budget,
        equal=tuple(appraise(one, question) for one in equal),
    )
