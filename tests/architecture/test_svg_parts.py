from xml.etree import ElementTree

from cellwise.architecture._svg_parts import box, document, path, pill, placed_at, text, text_width


def test_a_box_is_as_wide_as_its_longest_line():
    piece = box("lstm(64)", ("a note that is much longer than the title",), "recurrent", "layers.0")
    assert piece.width > text_width("a note that is much longer than the title")
    assert piece.anchor == piece.width / 2
    assert piece.marks[0].path == "layers.0"


def test_marks_move_with_their_piece():
    _, marks = placed_at(box("a", (), "simple", "x"), 10, 20)
    assert (marks[0].x, marks[0].y) == (10, 20)


def test_corners_are_rounded_and_arrows_have_heads():
    drawn = path([(0, 0), (0, 50), (50, 50)], "extra", dash="5 4")
    assert "Q0.0 50.0" in drawn
    assert 'marker-end="url(#extra-head)"' in drawn
    assert "marker-end" not in path([(0, 0), (0, 9)], head=False)


def test_text_is_escaped():
    assert "a &lt; b &amp; c" in text(0, 0, "a < b & c", "ink")
    assert "a &lt; b" in pill(0, 0, "a < b")


def test_document_is_sound_xml():
    root = ElementTree.fromstring(document("<g/>", 100, 50, "a < b"))
    assert root.get("viewBox") == "0 0 100 50"
