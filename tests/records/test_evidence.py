from cellwise.records import (
    DataRecord,
    Evidence,
    Score,
    VerdictRecord,
    read_record,
    to_plain,
    write_record,
)

DATA = DataRecord(
    target="y",
    horizon=2,
    context_length=8,
    metric="mse",
    num_rows=100,
    num_series=1,
    num_windows=(50, 20, 10),
    input_size=1,
    output_size=2,
    num_steps=8,
    frequency="",
    season_length=1,
    features=("y",),
    notes=(),
    fingerprint="ab",
)
SCORE = Score(mse=1.0, mae=0.5, mase=0.4, smape=12.0, original_mse=2.0, original_mae=3.0)


def test_evidence_round_trips(tmp_path):
    verdict = VerdictRecord(
        kind="use_benchmark",
        sentence="Use ridge.",
        network_test=SCORE,
        p_value=0.5,
        noise_floor=0.1,
    )
    evidence = Evidence(
        data=DATA, verdict=verdict, stages={"width": "done"}, lead_errors={"network": (1.0, 2.0)}
    )
    write_record(tmp_path / "e.json", evidence)
    assert read_record(tmp_path / "e.json", Evidence) == evidence


def test_unfinished_verdict_has_nulls():
    plain = to_plain(VerdictRecord(kind="no_answer", sentence="Not yet."))
    assert plain["p_value"] is None
    assert plain["network_test"] is None
