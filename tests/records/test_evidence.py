from cellwise.records import (
    DataRecord,
    Evidence,
    Score,
    VerdictRecord,
    read_record,
    to_plain,
    write_record,
)


def test_evidence_round_trips(make_record, tmp_path):
    data = make_record(DataRecord, target="y", num_windows=(50, 20, 10), features=("y",))
    score = make_record(Score, mse=1.0, original_mse=2.0)
    verdict = VerdictRecord(
        kind="use_benchmark",
        sentence="Use ridge.",
        network_test=score,
        p_value=0.5,
        noise_floor=0.1,
    )
    evidence = Evidence(
        data=data, verdict=verdict, stages={"width": "done"}, lead_errors={"network": (1.0, 2.0)}
    )
    write_record(tmp_path / "e.json", evidence)
    assert read_record(tmp_path / "e.json", Evidence) == evidence


def test_unfinished_verdict_has_nulls():
    plain = to_plain(VerdictRecord(kind="no_answer", sentence="Not yet."))
    assert plain["p_value"] is None
    assert plain["network_test"] is None
