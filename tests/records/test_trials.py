from cellwise.records import CandidateRecord, Score, from_plain, to_plain

SCORE = Score(**dict.fromkeys(Score.__dataclass_fields__, 0.5))


def test_settings_of_a_candidate_round_trip():
    record = CandidateRecord(
        stage="dropout",
        architecture="lstm(4)",
        num_parameters=9,
        num_cells=4,
        learning_rate=0.01,
        error=0.5,
        standard_error=0.1,
        seed_deviation=0.1,
        error_by_fold=(0.4, 0.6),
        score=SCORE,
        members=(),
        seconds=1.0,
        settings={"dropout": 0.2, "optimizer": "sgd", "nesterov": True},
    )
    assert from_plain(CandidateRecord, to_plain(record)) == record


def test_older_records_have_no_settings():
    plain = dict.fromkeys(("error", "standard_error", "seed_deviation", "learning_rate"))
    old = {
        **plain,
        "stage": "width",
        "architecture": "lstm(2)",
        "num_parameters": 3,
        "num_cells": 2,
        "error_by_fold": [],
        "score": to_plain(SCORE),
        "members": [],
        "seconds": 0.0,
    }
    assert from_plain(CandidateRecord, old).settings == {}
