from cellwise.report._canvas import axis, draw, note, page_part, plotly_js, safe


def test_names_from_a_table_are_no_markup():
    assert safe("<b>load</b>") == "&lt;b&gt;load&lt;/b&gt;"


def test_a_figure_has_its_height_and_what_was_asked():
    figure = draw([], height=123, xaxis=axis("steps", nticks=3), annotations=[note(1, 2, "here")])
    assert figure.layout.height == 123
    assert figure.layout.xaxis.title.text == "steps"
    assert figure.layout.xaxis.nticks == 3
    assert figure.layout.annotations[0].text == "here"
    assert figure.layout.dragmode is False


def test_a_part_of_the_page_brings_no_script_of_its_own():
    part = page_part(draw([], height=100), "staircase")
    assert "staircase" in part
    assert "plotly.js v" not in part
    assert "plotly.js v" in plotly_js()
