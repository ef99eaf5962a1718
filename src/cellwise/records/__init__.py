"""What a run leaves behind: frozen dataclasses and their JSON; no torch inside."""

from cellwise.records._audit import AuditCheck, AuditRecord, AuditStatus
from cellwise.records._cost import CostRecord
from cellwise.records._evidence import (
    BaselineRecord,
    DataRecord,
    Evidence,
    FinalRecord,
    ForecastExample,
    ReachedLimit,
    VerdictKind,
    VerdictRecord,
)
from cellwise.records._finding import (
    Confidence,
    Diagnosis,
    Finding,
    LayerProfile,
    LayerStudy,
    Remedy,
    Severity,
)
from cellwise.records._importance import ImportanceRecord, InteractionRecord, MarginalPoint
from cellwise.records._limits import LimitRecord, LimitSide, LimitsRecord
from cellwise.records._outer import OuterFoldRecord, OuterRecord, Spread
from cellwise.records._plan import DepthCost, PlanRecord
from cellwise.records._record import (
    SCHEMA_VERSION,
    DamagedError,
    from_plain,
    read_record,
    to_plain,
    write_record,
)
from cellwise.records._trials import CandidateRecord, ComparisonRecord, MemberRecord, Score
from cellwise.records._tuning import RANGE_TEST, AlphaStep, RatePoint, StageRecord, TuningRecord

__all__ = [
    "RANGE_TEST",
    "SCHEMA_VERSION",
    "AlphaStep",
    "AuditCheck",
    "AuditRecord",
    "AuditStatus",
    "BaselineRecord",
    "CandidateRecord",
    "ComparisonRecord",
    "Confidence",
    "CostRecord",
    "DamagedError",
    "DataRecord",
    "DepthCost",
    "Diagnosis",
    "Evidence",
    "FinalRecord",
    "Finding",
    "ForecastExample",
    "ImportanceRecord",
    "InteractionRecord",
    "LayerProfile",
    "LayerStudy",
    "LimitRecord",
    "LimitSide",
    "LimitsRecord",
    "MarginalPoint",
    "MemberRecord",
    "OuterFoldRecord",
    "OuterRecord",
    "PlanRecord",
    "RatePoint",
    "ReachedLimit",
    "Remedy",
    "Score",
    "Severity",
    "Spread",
    "StageRecord",
    "TuningRecord",
    "VerdictKind",
    "VerdictRecord",
    "from_plain",
    "read_record",
    "to_plain",
    "write_record",
]
