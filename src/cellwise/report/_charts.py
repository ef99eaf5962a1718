"""Every chart of a run, by section of the report."""

from cellwise.records import Evidence
from cellwise.report._canvas import Figure
from cellwise.report._chart_forecast import forecast_figures, lead_figure
from cellwise.report._chart_importance import marginal_figures
from cellwise.report._chart_staircase import staircase_figure
from cellwise.report._chart_training import curve_figures, rate_figure


def charts(evidence: Evidence) -> dict[str, dict[str, Figure]]:
    """Draw everything that the evidence has data for.

    Args:
        evidence: What a run has found.

    Returns:
        Section to caption to plotly figure; the caption of a single figure is empty, and a
        section without data is an empty dict.
    """
    single = {
        "staircase": staircase_figure(evidence),
        "leads": lead_figure(evidence),
        "rates": rate_figure(evidence),
    }
    return {
        "forecasts": forecast_figures(evidence),
        "curves": curve_figures(evidence),
        "marginals": marginal_figures(evidence),
        **{name: {} if figure is None else {"": figure} for name, figure in single.items()},
    }
