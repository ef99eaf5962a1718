import itertools

from cellwise.report._palette import (
    BENCHMARK,
    CONTROL,
    DARK,
    DEPTH,
    INK,
    NETWORK,
    PAPER,
    RAMP,
    STAGES,
    faint,
    ramp,
    rgb,
)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_colours_are_written_as_browsers_do():
    assert rgb("#0072b2") == "rgb(0, 114, 178)"
    assert faint("#0072b2", 0.2) == "rgba(0, 114, 178, 0.2)"


def test_text_can_be_read_on_light_and_dark_paper():
    assert contrast(INK, PAPER) >= 7
    assert contrast(DARK[INK], DARK[PAPER]) >= 7


def test_lines_stand_out_from_their_paper():
    for colour in (NETWORK, BENCHMARK, DEPTH, CONTROL):
        assert contrast(colour, PAPER) >= 3
        assert contrast(DARK[colour], DARK[PAPER]) >= 3


def test_sizes_are_told_apart_by_lightness():
    lights = [luminance(colour) for colour in RAMP]
    assert all(a > b for a, b in itertools.pairwise(lights))
    assert [ramp(i, 7) for i in range(7)] == list(RAMP)
    assert ramp(0, 1) == RAMP[0]


def test_every_colour_of_a_stage_has_a_dark_counterpart():
    assert {colour for colour, _, _ in STAGES.values()} <= set(DARK)
