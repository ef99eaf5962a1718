import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.layers import Layout

TEXTS = ["lstm(5)", "2*gru(3)", "lstm(4, to_output) > rnn(2)"]


@pytest.mark.parametrize("text", TEXTS)
def test_columns_are_the_architectures_parameters(text):
    net = Architecture.parse(text)
    layout = Layout.of(net, input_size=3, output_size=2)
    assert layout.num_parameters == net.num_parameters(input_size=3, output_size=2)


def test_views_share_the_matrix():
    layout = Layout.of(Architecture.parse("lstm(2)"), input_size=3, output_size=1)
    matrix = torch.zeros(4, layout.num_parameters)
    layout.views(matrix)["layers.0.weight_ih"][2] = 1.0
    assert matrix[2].sum() == 8 * 3
    assert matrix[[0, 1, 3]].sum() == 0


def test_learning_rate_scales_with_what_a_weight_reads():
    layout = Layout.of(Architecture.parse("lstm(32) > lstm(8)"), input_size=3, output_size=1)
    views = layout.views(layout.learning_rate_scale()[None])
    scales = {name: view.unique().item() for name, view in views.items()}
    assert scales["layers.0.weight_ih"] == 1.0
    assert scales["layers.0.weight_hh"] == 0.5
    assert scales["layers.1.weight_ih"] == 0.5
    assert scales["layers.1.weight_hh"] == 2.0
    assert scales["head.weight"] == 2.0
    assert scales["head.bias"] == 1.0


def test_biases_are_not_decayed():
    layout = Layout.of(Architecture.parse("gru(2)"), input_size=1, output_size=1)
    views = layout.views(layout.decays()[None])
    assert all(view.unique().item() == float("bias" not in name) for name, view in views.items())


OPTIONS = [
    "lstm(4, proj=2, skip=1, ln, learn_state)",
    "dense(8) > bilstm(4, highway, peephole, output=2) > gru(3, deep_gates=2)",
    "embed(7, 3) > [rnn(2, transition=2, shortcut) | lstm(2)] > attention(1) > norm",
    "encoder(conv(2) > lstm(3)) > decoder(lstm(3), attention=additive)",
]


@pytest.mark.parametrize("text", OPTIONS)
def test_slots_are_the_architectures_weights_in_order(text):
    net = Architecture.parse(text)
    layout = Layout.of(net, input_size=3, output_size=2)
    weights = net.weights(input_size=3, output_size=2)
    assert [(s.name, s.shape, s.num_gates) for s in layout.slots] == [
        (w.name, w.shape, len(w.gates) or 1) for w in weights
    ]
    assert layout.num_parameters == net.num_parameters(input_size=3, output_size=2)


def test_gains_and_states_are_not_decayed():
    layout = Layout.of(Architecture.parse(OPTIONS[0]), input_size=3, output_size=1)
    views = layout.views(layout.decays()[None])
    kept = {name for name, view in views.items() if view.unique().item() == 1.0}
    assert kept == {
        *(f"layers.0.weight_{kind}" for kind in ("ih", "hh", "hr", "skip")),
        "head.weight",
    }


def test_tables_and_weights_one_by_one_learn_at_the_rate_itself():
    layout = Layout.of(
        Architecture.parse("embed(7, 3) > lstm(4, peephole)"), input_size=1, output_size=1
    )
    views = layout.views(layout.learning_rate_scale()[None])
    scales = {name: view.unique().item() for name, view in views.items()}
    assert scales["layers.0.weight"] == scales["layers.1.peephole"] == 1.0
    assert scales["layers.1.weight_ih"] == pytest.approx(16 / 3)
