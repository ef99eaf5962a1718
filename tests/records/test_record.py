import json
import math
from dataclasses import dataclass

import pytest

from cellwise._errors import RunError
from cellwise.records import (
    SCHEMA_VERSION,
    DamagedError,
    from_plain,
    read_record,
    to_plain,
    write_record,
)


@dataclass(frozen=True)
class Inner:
    x: float


@dataclass(frozen=True)
class Outer:
    name: str
    inner: Inner | None
    many: tuple[Inner, ...]
    by_name: dict[str, tuple[float, ...]]
    pair: tuple[int, float]


RECORD = Outer("a", Inner(1.5), (Inner(2.0), Inner(3.0)), {"k": (1.0, 2.0)}, (3, 0.5))


def test_round_trip(tmp_path):
    write_record(tmp_path / "r.json", RECORD)
    assert read_record(tmp_path / "r.json", Outer) == RECORD


def test_not_a_number_is_null_in_the_file_and_comes_back():
    plain = to_plain(Inner(float("nan")))
    assert plain == {"x": None}
    assert math.isnan(from_plain(Inner, plain).x)


def test_newer_schema_is_refused(tmp_path):
    path = tmp_path / "r.json"
    path.write_text(json.dumps({"schema_version": SCHEMA_VERSION + 1, "x": 1}))
    with pytest.raises(RunError, match=r"has schema version 2, .* use a newer Cellwise"):
        read_record(path, Inner)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema_version": 1}', '{"x": 1}', "3"])
def test_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "r.json"
    path.write_text(content)
    with pytest.raises(RunError, match=r"r\.json cannot be read as a Cellwise record"):
        read_record(path, Inner)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(RunError, match=r"r\.json must exist, but there is no such file"):
        read_record(tmp_path / "r.json", Inner)


def test_fields_of_a_later_version_are_passed_over():
    assert from_plain(Inner, {"x": 1, "later": 2}) == Inner(1.0)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[]", r"it must be an object, got \[\]"),
        ("{}", "schema_version is absent"),
        ('{"schema_version": "x"}', "schema_version must be a whole number, got x"),
        ('{"schema_version": 1}', "name is absent"),
        (
            '{"schema_version": 1, "name": "a", "inner": {}, "many": [], "by_name": {}, "pair": []}',
            "x is absent",
        ),
        (
            '{"schema_version": 1, "name": "a", "inner": 3, "many": [], "by_name": {}, "pair": []}',
            "Inner must be an object, got 3",
        ),
    ],
)
def test_what_is_wrong_with_a_damaged_file_is_said(tmp_path, content, told):
    path = tmp_path / "r.json"
    path.write_text(content)
    with pytest.raises(
        DamagedError, match=rf"r\.json cannot be read as a Cellwise record: {told}$"
    ):
        read_record(path, Outer)
