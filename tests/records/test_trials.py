from cellwise.records import CandidateRecord, from_plain, to_plain


def test_settings_of_a_candidate_round_trip(make_record):
    settings = {"dropout": 0.2, "optimizer": "sgd", "nesterov": True}
    record = make_record(
        CandidateRecord, error_by_fold=(0.4, 0.6), measured_bytes=5e6, settings=settings
    )
    assert from_plain(CandidateRecord, to_plain(record)) == record


def test_older_records_have_no_settings(make_record):
    plain = to_plain(make_record(CandidateRecord, architecture="lstm(2)"))
    del plain["settings"]
    assert from_plain(CandidateRecord, plain).settings == {}
