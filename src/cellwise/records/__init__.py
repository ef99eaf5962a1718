"""What a run leaves behind: frozen dataclasses and their JSON; no torch inside."""

from cellwise.records._evidence import (
    BaselineRecord,
    DataRecord,
    Evidence,
    FinalRecord,
    ForecastExample,
    VerdictKind,
    VerdictRecord,
)
from cellwise.records._finding import Diagnosis, Finding, LayerProfile, LayerStudy
from cellwise.records._record import (
    SCHEMA_VERSION,
    from_plain,
    read_record,
    to_plain,
    write_record,
)
from cellwise.records._trials import CandidateRecord, ComparisonRecord, MemberRecord, Score
from cellwise.records._tuning import AlphaStep, RatePoint, StageRecord, TuningRecord

__all__ = [
    "SCHEMA_VERSION",
    "AlphaStep",
    "BaselineRecord",
    "CandidateRecord",
    "ComparisonRecord",
    "DataRecord",
    "Diagnosis",
    "Evidence",
    "FinalRecord",
    "Finding",
    "ForecastExample",
    "LayerProfile",
    "LayerStudy",
    "MemberRecord",
    "RatePoint",
    "Score",
    "StageRecord",
    "TuningRecord",
    "VerdictKind",
    "VerdictRecord",
    "from_plain",
    "read_record",
    "to_plain",
    "write_record",
]
