"""The leakage audit as a part of the page and of the terminal report."""

import math

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cellwise.records import AuditCheck, AuditRecord, Evidence
from cellwise.report._format import ABSENT, number
from cellwise.report._html_template import section, table
from cellwise.report._terminal_lines import bullet

_ABOUT = (
    "Whether anything that was scored could have been seen before. Made before any training; how "
    "often the test rows were read is counted again at the end."
)
_STYLES = {"passed": "", "unknown": "dim", "warned": "yellow", "failed": "bold red"}


def audit_sentence(audit: AuditRecord) -> str:
    """Say in one sentence how the audit ended.

    Args:
        audit: What it has seen.

    Returns:
        The sentence, such as ``Leakage audit: 7 checks passed.``
    """
    bad = len(audit.failed) + len(audit.warned)
    silent = sum(one.status == "unknown" for one in audit.checks)
    passed = len(audit.checks) - bad - silent
    parts = [f"{one.status}: “{one.title}”" for one in (*audit.failed, *audit.warned)]
    parts.append(f"{passed} {'check' if passed == 1 else 'checks'} passed")
    if silent:
        parts.append(f"{silent} could not be made")
    distrust = " Do not trust the errors before this is settled." if audit.failed else ""
    return f"Leakage audit: {'; '.join(parts)}.{distrust}"


def audit_section(evidence: Evidence) -> str:
    """Tell what the audit has seen.

    Args:
        evidence: What the run has found.

    Returns:
        HTML; empty if there was no audit.
    """
    checks = evidence.audit.checks if evidence.audit else ()
    body = table(["Check", "What was seen", "#Figure", "Result"], map(_row, checks))
    return section("Leakage audit", body, about=_ABOUT)


def audit_lines(audit: AuditRecord | None) -> RenderableType | None:
    """Tell what the audit has seen, in a terminal.

    Args:
        audit: What it has seen.

    Returns:
        A line for each check, with the way out where it is needed; ``None`` without an audit.
    """
    if audit is None:
        return None
    lines: list[RenderableType] = []
    for one in audit.checks:
        lines.append(bullet(f"{one.title}: {one.status}: {one.seen}", _STYLES[one.status]))
        if _is_bad(one):
            way_out = f"{one.why} What to do: {one.do.replace('`', '')}."
            lines.append(Padding(Text(way_out, style="dim"), (0, 0, 0, 2)))
    return Group(*lines)


def _row(one: AuditCheck) -> list[str]:
    reason = f"\n{one.why} What to do: {one.do.replace('`', '')}." if _is_bad(one) else ""
    figure = ABSENT if math.isnan(one.value) else number(one.value, 3)
    return [one.title, f"{one.seen}{reason}", figure, one.status]


def _is_bad(one: AuditCheck) -> bool:
    return one.status in ("warned", "failed")
