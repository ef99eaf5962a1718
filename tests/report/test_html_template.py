import pytest

from cellwise.report._html_template import bullets, facts, prose, section, table


def test_backquotes_become_code_and_markup_stays_text():
    assert prose("run `a < b` & <i>") == "run <code>a &lt; b</code> &amp; &lt;i&gt;"


def test_a_section_without_a_body_says_so_or_is_left_out():
    assert section("Title", "") == ""
    assert "nothing yet" in section("Title", "", about="unused", absent="nothing yet")
    assert "unused" not in section("Title", "", about="unused", absent="nothing yet")


def test_lists():
    assert bullets([]) == facts([]) == ""
    assert bullets(["a"], ordered=True) == "<ol><li>a</li></ol>"
    assert facts([("a<", "b")]) == '<dl class="facts"><div><dt>a&lt;</dt><dd>b</dd></div></dl>'


def test_numbers_are_set_right_and_reasons_small():
    page = table(["name", "#error"], [["a\nbecause", "1"]], ["strong"])
    assert '<th class="num">error</th>' in page
    assert '<td class="num">1</td>' in page
    assert '<tr class="strong">' in page
    assert 'a<div class="reason">because</div>' in page


def test_no_rows_no_table():
    assert table(["name"], []) == ""


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="zip"):
        table(["name"], [["a", "b"]])
