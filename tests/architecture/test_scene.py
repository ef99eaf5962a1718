from hypothesis import given
from hypothesis import strategies as st

from cellwise.architecture import Architecture
from cellwise.architecture._scene import Steps, scene_of


def scene(text, every_step=False):
    net = Architecture.parse(text)
    chain = net.place(input_size=8, output_size=2, every_step=every_step)
    return scene_of(text, chain, Steps(window=50, decoder=12), outputs=2)


def test_a_stack_is_boxes_with_shapes_between():
    flow = scene("lstm(64) > gru(32)").flow
    assert [node.title for node in flow.nodes] == ["lstm(64)", "gru(32)"]
    assert flow.entry == "(50, 8)"
    assert flow.edges == ("(50, 64)", "(32,) of the last step")


def test_two_directions_have_an_end_each():
    assert scene("bilstm(4)").flow.edges == ("(8,) of the two ends",)


def test_output_layer_says_what_comes_out():
    last, every = scene("lstm(64)"), scene("lstm(64)", every_step=True)
    assert (last.head.title, last.head.notes) == ("output layer, dense(2)", ("130 weights",))
    assert (last.result, every.result) == ("(2,)", "(12, 2)")


def test_a_pattern_that_comes_back_is_drawn_once():
    flow = scene("lstm(8) > 5*(lstm(8, residual) > norm)").flow
    assert [node.title for node in flow.nodes] == ["lstm(8)", "5 times, on one another"]
    inner = flow.nodes[1].flows[0]
    assert [node.title for node in inner.nodes] == ["lstm(8, residual)", "norm"]
    assert len(scene("lstm(8) > 3*lstm(8)").flow.nodes) == 4


def test_shortcuts_are_marked():
    first, second, third = scene(
        "lstm(8, residual, to_output) > gru(8, from_input) > gru(8, highway)"
    ).flow.nodes
    assert (first.skip, first.tapped, first.reads_input) == ("+", "(8,)", False)
    assert (second.skip, second.tapped, second.reads_input) == ("", "", True)
    assert third.skip == "mix"


def test_branches_name_their_columns():
    group = scene('[temp,"wind speed": lstm(4) | gru(3)] > dense(2)').flow.nodes[0]
    assert [flow.entry for flow in group.flows] == ['(50, 2) temp, "wind speed"', "(50, 8)"]


def test_pair_is_known():
    found = scene("encoder(lstm(4), reverse) > decoder(lstm(4), attention=dot)")
    assert found.is_pair
    assert [node.title for node in found.flow.nodes] == [
        "encoder, from the last step to the first",
        "decoder, dot attention",
    ]


@given(st.data())
def test_every_network_has_a_scene_with_an_edge_per_box(architectures, data):
    chain = data.draw(architectures).place(input_size=4, output_size=2)
    found = scene_of("", chain, Steps(window=5, decoder=3), outputs=2)
    assert len(found.flow.nodes) == len(found.flow.edges) > 0
