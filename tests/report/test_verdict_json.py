import json

import pytest

from cellwise.records import Evidence
from cellwise.report import verdict_json

KEYS = [
    "verdict",
    "architecture",
    "num_parameters",
    "benchmark",
    "p_value",
    "validation",
    "test",
    "noise_floor",
    "seconds",
    "run",
    "audit",
    "outer",
]


@pytest.mark.parametrize("name", ["use_network", "use_benchmark", "unfinished", "empty"])
def test_the_keys_never_change(name: str, request: pytest.FixtureRequest) -> None:
    found = verdict_json(request.getfixturevalue(name), "run")
    assert list(found) == KEYS
    for part in (found["validation"], found["test"]):
        assert list(part) == ["network", "benchmark", "original"]
        assert list(part["original"]) == ["network", "benchmark"]
        inner = [part["network"], part["benchmark"], *part["original"].values()]
        assert [list(one) for one in inner] == [["mse", "mae"]] * 4
    json.dumps(found, allow_nan=False)


def test_the_numbers_are_those_of_the_verdict(use_network: Evidence) -> None:
    found = verdict_json(use_network, "runs/load")
    assert found["run"] == "runs/load"
    assert found["architecture"] == "lstm(16)"
    assert found["p_value"] == 0.003
    assert found["test"]["network"]["mse"] == 0.293
    assert found["test"]["original"]["benchmark"]["mse"] == pytest.approx(487.92)


def test_what_is_absent_is_null(unfinished: Evidence) -> None:
    found = verdict_json(unfinished, "run")
    for key in ("architecture", "num_parameters", "p_value", "noise_floor", "seconds"):
        assert found[key] is None
    assert found["test"]["network"] == {"mse": None, "mae": None}
