"""What a run leaves behind: frozen dataclasses and their JSON; no torch inside."""

from cellwise.records._evidence import (
    BaselineRecord,
    CandidateRecord,
    ComparisonRecord,
    DataRecord,
    Evidence,
    FinalRecord,
    ForecastExample,
    MemberRecord,
    Score,
    VerdictKind,
    VerdictRecord,
)
from cellwise.records._record import (
    SCHEMA_VERSION,
    from_plain,
    read_record,
    to_plain,
    write_record,
)

__all__ = [
    "SCHEMA_VERSION",
    "BaselineRecord",
    "CandidateRecord",
    "ComparisonRecord",
    "DataRecord",
    "Evidence",
    "FinalRecord",
    "ForecastExample",
    "MemberRecord",
    "Score",
    "VerdictKind",
    "VerdictRecord",
    "from_plain",
    "read_record",
    "to_plain",
    "write_record",
]
