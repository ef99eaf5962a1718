from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwise.architecture import Architecture
from cellwise.architecture._scene import Steps, scene_of
from cellwise.architecture._svg import flow_piece, node_piece, svg_drawing

SVG = "{http://www.w3.org/2000/svg}"


def scene(text):
    chain = Architecture.parse(text).place(input_size=8, output_size=1)
    return scene_of(text, chain, Steps(window=50, decoder=12), outputs=1)


def words(document):
    return [element.text for element in ElementTree.fromstring(document).iter(f"{SVG}text")]


def test_boxes_weights_and_shapes_are_written():
    found = words(svg_drawing(scene("lstm(64) > dense(4, relu)")))
    for word in ("lstm(64)", "18,688 weights", "(50, 8)", "(64,) of the last step", "(1,)"):
        assert word in found


def test_marks_lie_inside_of_the_piece_and_do_not_overlap():
    piece = flow_piece(scene("[lstm(4) > norm | gru(30) | rnn(2)] > lstm(36, residual)").flow)
    boxes = [mark for mark in piece.marks if mark.path.count("layers") > 0]
    assert len(boxes) == 5
    for one in boxes:
        assert one.x >= 0
        assert one.x + one.width <= piece.width
        assert 0 <= one.y < one.y + one.height <= piece.height
    for one in boxes:
        for other in boxes:
            apart = one.x + one.width <= other.x or one.y + one.height <= other.y
            assert one is other or apart or other.x + other.width <= one.x or other.y < one.y


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("lstm(8, residual)", ["+"]),
        ("lstm(8, highway)", ["\N{MULTIPLICATION SIGN}"]),
        ("lstm(8, to_output) > gru(3)", ["side by side", "(8,)", "(11,)"]),
    ],
)
def test_shortcuts_have_their_signs(text, signs):
    assert set(signs) <= set(words(svg_drawing(scene(text))))


def test_a_long_text_form_is_broken_into_lines():
    text = " > ".join(f"lstm({size})" for size in range(2, 40))
    root = ElementTree.fromstring(svg_drawing(scene(text)))
    assert float(root.get("width")) < 900


def test_a_frame_holds_what_is_repeated():
    node = scene("lstm(8) > 4*lstm(8)").flow.nodes[1]
    assert "4 times, on one another" in node_piece(node).body


@settings(max_examples=50)
@given(st.data())
def test_every_network_gives_sound_xml(architectures, data):
    chain = data.draw(architectures).place(input_size=4, output_size=2)
    drawn = svg_drawing(scene_of("<a>", chain, Steps(window=5, decoder=3), outputs=2))
    assert ElementTree.fromstring(drawn).tag == f"{SVG}svg"
