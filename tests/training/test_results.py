import json

import numpy as np
import pytest

from cellwise import RunError
from cellwise._files import read_tensors, write_tensors
from cellwise.training import Member, load_result, save_result, train_cohort


@pytest.mark.parametrize("retrain", [False, True])
def test_round_trip_changes_nothing(retrain, make_experiment, twelve, tiny_data, tmp_path):
    members = twelve if not retrain else twelve[:2]
    result = train_cohort(make_experiment(members, halving=(1,), retrain=retrain), tiny_data)
    save_result(tmp_path / "r", result)
    again = load_result(tmp_path / "r")
    assert again.members == result.members
    assert again.kept == result.kept and again.seconds == result.seconds
    np.testing.assert_equal(again.peak_bytes, result.peak_bytes)
    assert np.array_equal(again.weights, result.weights)
    assert again.weights.dtype == np.float32
    for old, new in zip(result.scores, again.scores, strict=True):
        assert np.array_equal(old.window_errors, new.window_errors)
        assert np.array_equal(old.lead_errors, new.lead_errors)
        assert old.score == new.score


def test_failed_members_come_back_as_nan(make_experiment, tiny_data, tmp_path):
    member = Member(fold=0, seed=0, learning_rate=1e38)
    save_result(tmp_path / "r", train_cohort(make_experiment([member], warmup_steps=0), tiny_data))
    (record,) = load_result(tmp_path / "r").members
    assert record.state == "non-finite" and np.isnan(record.train_curve[-1])


def test_a_result_without_memory_is_read(make_experiment, twelve, tiny_data, tmp_path):
    save_result(tmp_path / "r", train_cohort(make_experiment(twelve[:1]), tiny_data))
    tensors, metadata = read_tensors(tmp_path / "r")
    plain = json.loads(metadata["result"])
    del plain["peak_bytes"]
    write_tensors(tmp_path / "r", tensors, {"result": json.dumps(plain)})
    assert np.isnan(load_result(tmp_path / "r").peak_bytes)


def test_damaged_result_is_a_run_error(tmp_path):
    (tmp_path / "r").write_bytes(b"no tensors")
    with pytest.raises(RunError, match=r"r cannot be read: "):
        load_result(tmp_path / "r")
