from dataclasses import replace

from cellwise.report._chart_forecast import forecast_figures, lead_figure


def test_truth_leads_on_from_what_was_known(use_network):
    figure = next(iter(forecast_figures(use_network).values()))
    known, truth = figure.data[0], figure.data[1]
    assert truth.x[0] == known.x[-1]
    assert truth.y[0] == known.y[-1]


def test_a_point_for_each_step_ahead(use_network):
    figure = lead_figure(use_network)
    assert [trace.name for trace in figure.data] == ["network", "benchmark"]
    assert {len(trace.x) for trace in figure.data} == {use_network.data.horizon}


def test_one_method_alone_is_drawn_too(use_network):
    errors = {"benchmark": use_network.lead_errors["benchmark"]}
    assert len(lead_figure(replace(use_network, lead_errors=errors)).data) == 1


def test_no_test_no_charts(empty):
    assert forecast_figures(empty) == {}
    assert lead_figure(empty) is None
