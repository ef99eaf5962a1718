"""The report as one page that needs nothing else."""

from pathlib import Path

from cellwise._files import write_text_atomically
from cellwise.records import Diagnosis, Evidence
from cellwise.report._audit import audit_section
from cellwise.report._canvas import plotly_js
from cellwise.report._capacity import capacity_section
from cellwise.report._costs import costs_section
from cellwise.report._css import stylesheet
from cellwise.report._doctor import doctor_section
from cellwise.report._html_charts import chart_sections
from cellwise.report._html_tables import (
    baselines_table,
    comparisons_table,
    data_facts,
    finals_table,
    sizes_table,
)
from cellwise.report._html_template import PAGE, bullets, escape, prose, section
from cellwise.report._html_verdict import verdict_card
from cellwise.report._importance import importance_section
from cellwise.report._method import GLOSSARY, METHOD, REFERENCES, WARM
from cellwise.report._outer import outer_section
from cellwise.report._trials import is_joint, unshown_sentence
from cellwise.report._tuning import before_tuning, tuning_section
from cellwise.report._words import noise_floor_sentence, reading_sentence


def html_report(evidence: Evidence, *, run: str = "RUN", diagnosis: Diagnosis | None = None) -> str:
    """Write a run as one self-contained HTML page.

    Args:
        evidence: What the run has found.
        run: Run directory, for the commands to go on with.
        diagnosis: What the doctor has found; ``None`` where it has not been.

    Returns:
        HTML with plotly.js inside; nothing is loaded from the network.
    """
    data = evidence.data
    subject = f"{data.target}, {data.horizon} steps ahead"
    charts, drawn = chart_sections(evidence)
    return PAGE.substitute(
        title=escape(f"Cellwise: {subject}"),
        style=stylesheet(),
        script=f"<script>{plotly_js()}</script>"
        if drawn or (diagnosis and diagnosis.study)
        else "",
        subject=escape(f"report on {subject}"),
        body="\n".join([verdict_card(evidence, run), *_sections(evidence, charts, diagnosis)]),
    )


def write_html_report(
    path: Path, evidence: Evidence, *, run: str = "RUN", diagnosis: Diagnosis | None = None
) -> None:
    """Write the page to a file, replacing it in one step.

    Args:
        path: File to write.
        evidence: What the run has found.
        run: Run directory, for the commands to go on with.
        diagnosis: What the doctor has found; ``None`` where it has not been.

    Raises:
        RunError: If the file cannot be written.
    """  # noqa: DOC502  raised by write_text_atomically
    write_text_atomically(path, html_report(evidence, run=run, diagnosis=diagnosis))


def _sections(evidence: Evidence, charts: dict[str, str], diagnosis: Diagnosis | None) -> list[str]:
    tested = finals_table(evidence)
    return [
        charts["staircase"],
        section(
            "Test rows: the last word",
            tested,
            about=f"{reading_sentence(evidence)} Gain is the distance to the benchmark.",
            absent=f"{reading_sentence(evidence)} That is done once the search is complete.",
        ),
        outer_section(evidence),
        audit_section(evidence),
        section(
            "Trials in their order" if is_joint(evidence) else "Sizes in the order of trial",
            sizes_table(evidence),
            about=unshown_sentence(evidence) or before_tuning(evidence),
        ),
        section(
            "Every comparison in words",
            comparisons_table(evidence),
            absent="No two sizes have been compared yet.",
        ),
        tuning_section(evidence),
        capacity_section(evidence),
        doctor_section(diagnosis) if diagnosis else "",
        importance_section(evidence),
        charts["marginals"],
        charts["forecasts"],
        charts["leads"],
        section(
            "Classical methods on the folds",
            baselines_table(evidence),
            about="The best of them is the benchmark. They are cheap, so they go first.",
            absent="No classical method has been run.",
        ),
        charts["curves"],
        charts["rates"],
        costs_section(evidence),
        _method(evidence),
        section("Data", data_facts(evidence) + _data_notes(evidence)),
    ]


def _method(evidence: Evidence) -> str:
    endings = bullets(f"{stage}: {reason}" for stage, reason in evidence.stages.items())
    terms = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in GLOSSARY.items())
    warm = any(candidate.started_from for candidate in evidence.candidates)
    method = (*METHOD, WARM) if warm else METHOD
    body = (
        f"{''.join(f'<p>{prose(text)}</p>' for text in method)}"
        f"<p>{prose(noise_floor_sentence(evidence))}</p>"
        f"{f'<h3>How each stage ended</h3>{endings}' if endings else ''}"
        f"<h3>References</h3>{bullets(REFERENCES, ordered=True)}"
        f'<details open><summary>Words used here</summary><dl class="terms">{terms}</dl></details>'
    )
    return section("How this was decided", body)


def _data_notes(evidence: Evidence) -> str:
    data = evidence.data
    features = ", ".join(data.features) or "none"
    return (
        f"<p>The network reads {data.input_size} features at each of {data.num_steps} steps: "
        f"{escape(features)}.</p><p>{escape(reading_sentence(evidence))}</p>{bullets(data.notes)}"
    )
