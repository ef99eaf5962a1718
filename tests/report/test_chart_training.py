from dataclasses import replace

from cellwise.report._chart_training import curve_figures, rate_figure


def test_curves_share_one_scale(use_network):
    figures = curve_figures(use_network)
    assert len(figures) == len(use_network.candidates)
    assert len({figure.layout.yaxis.range for figure in figures.values()}) == 1


def test_a_line_of_rates_for_each_size(use_network):
    figure = rate_figure(use_network)
    assert len(figure.data) == len(use_network.candidates)
    assert figure.layout.xaxis.type == "log"


def test_nothing_trained_nothing_drawn(empty):
    assert curve_figures(empty) == {}
    assert rate_figure(empty) is None


def test_a_size_without_members_is_left_out(use_network):
    first = replace(use_network.candidates[0], members=())
    changed = replace(use_network, candidates=(first, *use_network.candidates[1:]))
    assert len(curve_figures(changed)) == len(use_network.candidates) - 1
