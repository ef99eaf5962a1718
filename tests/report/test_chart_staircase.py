from dataclasses import replace

from cellwise.report._chart_staircase import staircase_figure


def test_every_size_is_a_point(use_network):
    figure = staircase_figure(use_network)
    points = [x for trace in figure.data if trace.mode == "markers+text" for x in trace.x]
    assert sorted(points) == sorted(one.num_cells for one in use_network.candidates)


def test_no_benchmark_no_line(use_network):
    with_it = staircase_figure(use_network)
    verdict = replace(use_network.verdict, benchmark="")
    without = staircase_figure(replace(use_network, baselines=(), verdict=verdict))
    assert len(without.layout.shapes) < len(with_it.layout.shapes)


def test_nothing_measured_nothing_drawn(empty):
    assert staircase_figure(empty) is None
