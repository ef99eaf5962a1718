"""Records to terminal, HTML, SVG and JSON; never sees a live model, so any report can be redrawn."""

from cellwise.report._audit import audit_lines, audit_sentence
from cellwise.report._charts import charts
from cellwise.report._doctor import diagnosis_text, doctor_section, finding_line
from cellwise.report._html import html_report, write_html_report
from cellwise.report._method import GLOSSARY
from cellwise.report._plan import plan_report, plan_sentences
from cellwise.report._svg import staircase_svg
from cellwise.report._terminal import terminal_report
from cellwise.report._verdict_json import verdict_json
from cellwise.report._words import comparison_sentence, next_steps

__all__ = [
    "GLOSSARY",
    "audit_lines",
    "audit_sentence",
    "charts",
    "comparison_sentence",
    "diagnosis_text",
    "doctor_section",
    "finding_line",
    "html_report",
    "next_steps",
    "plan_report",
    "plan_sentences",
    "staircase_svg",
    "terminal_report",
    "verdict_json",
    "write_html_report",
]
