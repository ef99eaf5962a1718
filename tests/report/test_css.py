import re

from cellwise.report._css import stylesheet
from cellwise.report._palette import DARK, rgb


def test_every_variable_that_is_used_is_set_on_both_papers():
    text = stylesheet()
    light, dark = re.findall(r":root\{(.*?)\}", text)
    used = set(re.findall(r"var\((--\w+)\)", text)) - {"--tone"}
    assert used <= set(re.findall(r"(--\w+):", light))
    assert used <= set(re.findall(r"(--\w+):", dark))


def test_charts_are_redrawn_on_dark_paper():
    text = stylesheet()
    assert all(rgb(colour) in text for colour in DARK)


def test_braces_are_balanced():
    assert stylesheet().count("{") == stylesheet().count("}")
