import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from cellwise.records import Evidence
from cellwise.report import staircase_svg
from cellwise.report._steps import apart, staircase_of

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", ["use_network", "use_benchmark", "unfinished", "empty"])
def test_the_picture_is_whole(name: str, request: pytest.FixtureRequest) -> None:
    text = staircase_svg(request.getfixturevalue(name))
    assert ET.fromstring(text).tag == f"{SVG}svg"
    assert "nan" not in text


def test_every_size_has_a_mark_and_the_choice_its_name(use_network: Evidence) -> None:
    root = ET.fromstring(staircase_svg(use_network))
    texts = [one.text for one in root.iter(f"{SVG}text")]
    assert len(list(root.iter(f"{SVG}circle"))) == 6
    assert "chosen: 16 cells" in texts
    assert "linear autoregression (ridge)" in texts
    assert {"2", "4", "8", "16", "32", "64"} <= set(texts)


def test_more_cells_lie_further_right_and_more_error_higher(use_network: Evidence) -> None:
    root = ET.fromstring(staircase_svg(use_network))
    places = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in root.iter(f"{SVG}circle")]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    # 2, 4, 8 and 16 cells improve in turn, and down is better
    heights = [y for _, y in places[:4]]
    assert heights == sorted(heights)


def test_a_floor_far_below_is_not_drawn(use_network: Evidence) -> None:
    verdict = replace(use_network.verdict, noise_floor=-5.0)
    assert "noise floor" not in staircase_svg(replace(use_network, verdict=verdict))


def test_a_single_flat_point_has_limits(unfinished: Evidence) -> None:
    view = staircase_of(replace(unfinished, baselines=()))
    assert view is not None
    assert view.limits[0] < 0.41 < view.limits[1]
    assert view.benchmark is None


def test_labels_that_would_touch_are_left_out() -> None:
    assert apart([1.0, 1.05, 1.2, 1.25], 0.1) == [0, 2]
