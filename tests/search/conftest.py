"""Candidates out of thin air: errors that are given, not trained for."""

import numpy as np
import pytest

from cellwise.architecture import Architecture
from cellwise.records import CandidateRecord, MemberRecord, Score
from cellwise.search import Candidate, Configuration
from cellwise.training import Member, TrainingSettings


def candidate_of(
    architecture, errors, *, stage="width", rate=0.01, num_parameters=None, training=None
):
    """A candidate with errors per fold, `(S, n)`; empty for a failed one."""
    arch = architecture
    if isinstance(arch, str):
        arch = Architecture.parse(arch)
    by_fold = tuple(float(np.mean(e)) for e in errors)
    mean = float(np.mean(by_fold)) if by_fold else float("nan")
    size = arch.num_parameters(input_size=1, output_size=1)
    return Candidate(
        configuration=Configuration(
            architecture=arch,
            recipe=Member(fold=0, seed=0, learning_rate=rate if rate == rate else 0.01),
            training=training or TrainingSettings(),
            context_length=8,
        ),
        record=CandidateRecord(
            stage=stage,
            architecture=str(arch),
            num_parameters=size if num_parameters is None else num_parameters,
            num_cells=arch.num_cells,
            learning_rate=rate,
            error=mean,
            standard_error=0.01,
            seed_deviation=0.01,
            error_by_fold=by_fold,
            score=Score(**dict.fromkeys(Score.__dataclass_fields__, mean)),
            members=(member_of(rate=rate),),
            seconds=1.0,
        ),
        errors=tuple(errors),
    )


def member_of(*, rate=0.01, state="finished", best_epoch=2, error=0.5, fold=0, seed=0, curve=None):
    return MemberRecord(
        fold=fold,
        seed=seed,
        learning_rate=rate,
        state=state,
        best_epoch=best_epoch,
        error=error,
        train_curve=(0.9, 0.6),
        val_curve=(0.8, error) if curve is None else curve,
    )


@pytest.fixture
def make_candidate():
    """Give the function that makes a candidate of given errors."""
    return candidate_of


@pytest.fixture
def make_member():
    """Give the function that makes the record of a member."""
    return member_of
