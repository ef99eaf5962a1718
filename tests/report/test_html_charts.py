from cellwise.report._html_charts import chart_sections


def test_sections_with_charts(use_network):
    sections, drawn = chart_sections(use_network)
    assert drawn
    assert [name for name, text in sections.items() if not text] == ["marginals"]


def test_no_charts_no_script(empty):
    sections, drawn = chart_sections(empty)
    assert not drawn
    assert "No size has been measured" in sections.pop("staircase")
    assert not any(sections.values())
