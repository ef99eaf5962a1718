import math
from dataclasses import replace

from cellwise.records import ImportanceRecord, MarginalPoint
from cellwise.report._chart_importance import marginal_figures


def record(name, fanova, *points):
    marginal = tuple(
        MarginalPoint(value=value, error=error, standard_error=spread, num_trials=9)
        for value, error, spread in points
    )
    return ImportanceRecord(name=name, fanova=fanova, ped_anova=0.1, marginal=marginal)


def test_run_without_a_joint_search_has_no_curves(use_network):
    assert marginal_figures(use_network) == {}


def test_each_setting_has_a_curve_with_error_bars_on_one_scale(use_network):
    importance = (
        record("learning_rate", 0.6, ("0.01", 0.5, 0.1), ("<b>", 0.9, math.nan)),
        record("dropout", math.nan, ("0", 0.6, 0.05)),
    )
    figures = marginal_figures(replace(use_network, importance=importance))
    assert list(figures) == ["learning rate, 60.0 %", "dropout"]
    (trace,) = figures["learning rate, 60.0 %"].data
    assert list(trace.x) == ["0.01", "&lt;b&gt;"] and list(trace.y) == [0.5, 0.9]
    assert list(trace.error_y.array) == [0.1, 0.0]
    spans = {tuple(figure.layout.yaxis.range) for figure in figures.values()}
    assert len(spans) == 1 and min(min(spans)) < 0.4 and max(max(spans)) > 0.9


def test_at_most_six_are_drawn(use_network):
    importance = tuple(record(f"s{i}", 0.1, ("1", 0.5, 0.1)) for i in range(9))
    assert len(marginal_figures(replace(use_network, importance=importance))) == 6
