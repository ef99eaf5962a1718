import io
import math
from dataclasses import replace

import pytest
from rich.console import Console

from cellwise.records import AuditCheck, AuditRecord
from cellwise.report import audit_lines, audit_sentence, html_report, terminal_report, verdict_json
from cellwise.report._audit import audit_section


def check(status, title="Scaling"):
    words = {"seen": f"saw <{status}>", "why": "It matters.", "do": "do `this`"}
    return AuditCheck(key="scaler_range", title=title, status=status, value=math.nan, **words)


@pytest.fixture
def leaky(use_network):
    checks = (check("passed"), check("unknown"), check("warned", "Repeats"), check("failed", "Sum"))
    return replace(use_network, audit=AuditRecord(checks=checks))


def printed(renderable):
    file = io.StringIO()
    Console(file=file, width=140).print(renderable)
    return file.getvalue()


def test_sentence_names_what_did_not_pass(leaky):
    assert audit_sentence(leaky.audit) == (
        "Leakage audit: failed: “Sum”; warned: “Repeats”; 1 check passed; 1 could not be made. "
        "Do not trust the errors before this is settled."
    )
    assert audit_sentence(AuditRecord(checks=(check("passed"),))) == (
        "Leakage audit: 1 check passed."
    )


def test_all_three_reports_are_stamped(leaky):
    for text in (printed(terminal_report(leaky)), html_report(leaky)):
        assert text.count("Do not trust the errors") == 1
        assert text.count("Leakage audit") == 2  # the stamp and the section
        assert text.count("What to do: do this.") == 2
    found = verdict_json(leaky, "run")["audit"]
    assert [one["status"] for one in found["checks"]] == ["passed", "unknown", "warned", "failed"]
    assert found["checks"][0]["value"] is None


def test_section_escapes_and_has_no_nan(leaky):
    page = audit_section(leaky)
    assert "saw &lt;failed&gt;" in page and "nan" not in page


def test_run_without_an_audit_has_no_part(use_network):
    assert audit_section(use_network) == "" and audit_lines(None) is None
    assert "Leakage" not in printed(terminal_report(use_network))
    assert verdict_json(use_network, "run")["audit"] is None
