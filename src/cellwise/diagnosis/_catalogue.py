"""What can be found: title, cause with its source, and the way out of each finding."""

from dataclasses import dataclass

from cellwise.diagnosis._catalogue_entries import ENTRIES
from cellwise.records import Confidence, Finding, Severity

Outcome = Finding | str | None
"""What a check returns: a finding, ``None`` where all is well, or why it could not look."""

KEYS = tuple(ENTRIES)
"""Every finding by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a check measured.

    Attributes:
        text: In words, with its figures.
        value: The figure that decided.
        where: Member, layer, column or candidate.
        confidence: How sure it is.
        severity: Whether it is to be mended.
        do: The way out where it is another than the usual one.
    """

    text: str
    value: float
    where: str = ""
    confidence: Confidence = "certain"
    severity: Severity = "fault"
    do: str = ""


def make_finding(key: str, seen: Seen) -> Finding:
    """Make a finding of what was measured.

    Args:
        key: Its name, one of ``KEYS``.
        seen: What was measured.

    Returns:
        The finding with its cause, source and way out.
    """
    entry = ENTRIES[key]
    return Finding(
        key=key,
        severity=seen.severity,
        title=entry.title,
        where=seen.where,
        seen=seen.text,
        value=seen.value,
        confidence=seen.confidence,
        why=entry.why,
        source=entry.source,
        do=seen.do or entry.do,
    )
