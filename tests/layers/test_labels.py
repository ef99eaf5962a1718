from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellwise.architecture import Architecture
from cellwise.layers._labels import NEW, Labelling
from cellwise.layers._layout import Layout


def labels(architecture, *, rename=lambda path: path, cells=None, sizes=(4, 2)):
    one = Labelling(rename=rename, cells=cells or {})
    one.walk(architecture.place(input_size=sizes[0], output_size=sizes[1]), sizes[1])
    return one


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_axis_of_every_weight_is_labelled(data, architectures):
    net = data.draw(architectures)
    found = labels(net)
    for slot in Layout.of(net, input_size=4, output_size=2).slots:
        assert tuple(map(len, found.axes[slot.name])) == slot.shape
    assert found.changed == []


def test_a_label_says_gate_layer_and_cell():
    rows, columns = labels(Architecture.parse("lstm(2)")).axes["layers.0.weight_hh"]
    assert rows[2] == ("f", ("layers.0", "cell", 0))
    assert columns == (("layers.0", "cell", 0), ("layers.0", "cell", 1))


def test_new_cells_have_no_label_wherever_they_go():
    net = Architecture.parse("bigru(2) > lstm(1)")
    found = labels(net, cells={"layers.0": [0, NEW]})
    assert [label is NEW for label in found.axes["layers.1.weight_ih"][1]] == [False, True] * 2
    assert all(label is not NEW for label in found.axes["head.weight"][1])


def test_a_new_residual_layer_hands_on_what_it_reads():
    net = Architecture.parse("lstm(2) > lstm(2, residual)")
    found = labels(net, rename=lambda path: path if path == "layers.0" else NEW)
    assert found.axes["head.weight"][1] == found.axes["layers.1.weight_ih"][1]
    assert set(found.axes["layers.1.weight_hh"][0]) == {NEW}
