import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture, Embedding
from cellwise.layers import build
from cellwise.layers._resize import deepen, grow, widen
from cellwise.layers._sizing import recurrent_layers, sized

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def double(architecture, columns=4, outputs=2, steps=0):
    """A network whose rounding is far below 1e-6."""
    return build(
        architecture,
        input_size=columns,
        output_size=outputs,
        output_steps=steps,
        backend="reference",
    )


def drawn(net, members=2):
    generator = torch.Generator().manual_seed(0)
    return 0.4 * torch.randn(members, net.num_parameters, generator=generator).double()


def windows(net, members=2):
    """Tokens that every table of vectors has where there is one, else any numbers."""
    shape = members, 3, 5, net.chain.source.width
    generator = torch.Generator().manual_seed(1)
    tables = [p.layer.num_tokens for p in net.chain.walk() if isinstance(p.layer, Embedding)]
    if tables:
        return torch.randint(0, min(tables), shape, generator=generator).double()
    return torch.randn(shape, generator=generator).double()


def same_outputs(before, weights, after, grown):
    x = windows(before, len(weights))
    torch.testing.assert_close(after(grown, x), before(weights, x), rtol=1e-6, atol=1e-6)


def buildable(architecture, steps=0):
    try:
        return double(architecture, steps=steps)
    except ArchitectureError:
        assume(False)


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_wider_networks_put_out_the_same_or_say_why_not(data, architectures):
    net = buildable(data.draw(architectures))
    assume(recurrent_layers(net))
    weights = drawn(net)
    path = data.draw(st.sampled_from(sorted(recurrent_layers(net))))
    try:
        large, grown = widen(net, weights, path, 2, (0, 1))
    except ArchitectureError as error:
        assert str(error).startswith(("layer", "encoder", "decoder"))
        return
    after = double(large)
    assert recurrent_layers(after)[path].hidden_size == recurrent_layers(net)[path].hidden_size + 2
    same_outputs(net, weights, after, grown)


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_deeper_networks_put_out_the_same_or_say_why_not(data, architectures):
    steps = data.draw(st.sampled_from([0, 2]))
    net = buildable(data.draw(architectures), steps)
    weights = drawn(net)
    at = data.draw(st.integers(0, len(net.architecture.layers)))
    try:
        large, grown = deepen(net, weights, at, (0, 1))
    except ArchitectureError as error:
        assert "layer" in str(error) or "columns" in str(error)
        return
    assert large.num_layers == net.architecture.num_layers + 1
    same_outputs(net, weights, double(large, steps=steps), grown)


def gradients(net, weights):
    """Gradient of a loss by the name of each weight."""
    leaves = {n: v.requires_grad_() for n, v in net.layout.views(weights.detach()).items()}
    loss = (net.run(leaves, windows(net, len(weights))) - 1.0).square().sum()
    found = torch.autograd.grad(loss, list(leaves.values()), materialize_grads=True)
    return dict(zip(leaves, found, strict=True))


STACKS = [
    "lstm(3)",
    "gru(3) > rnn(4)",
    "lstm(3, proj=2, skip=1) > lstm(2)",
    "bilstm(3) > bigru(2, merge=sum)",
    "lstm(3, to_output) > lstm(2, from_input)",
    "[lstm(2) | gru(3)] > dense(4, relu) > rnn(2)",
    "conv(2) > lstm(3, peephole, learn_state) > attention(1)",
    "encoder(lstm(3)) > decoder(lstm(3), attention=additive)",
]


@pytest.mark.parametrize("text", STACKS)
def test_new_cells_learn(text):
    net = double(Architecture.parse(text))
    for path, layer in recurrent_layers(net).items():
        large, grown = widen(net, drawn(net), path, 2, (0, 1))
        same_outputs(net, drawn(net), double(large), grown)
        readers = gradients(double(large), grown)[f"{path}.weight_hh"]
        columns = slice(layer.hidden_size, None) if not layer.proj_size else slice(None)
        assert readers[..., columns].abs().sum(dim=(1, 2)).min() > 0


def test_worked_growth_of_four_cells_to_seven():
    # theory.md 9.1, zero-out widening: outputs within 6e-17, no gradient into new cells at first,
    # some out of them
    net = double(Architecture.parse("lstm(4)"), columns=3)
    large, grown = widen(net, drawn(net), 0, 3, (0, 1))
    after, x = double(large, columns=3), windows(net)
    assert (after(grown, x) - net(drawn(net), x)).abs().max() < 1e-15
    found = gradients(after, grown)
    new = slice(4, 7)
    for name in ("weight_ih", "bias"):
        into = found[f"layers.0.{name}"].view(2, 4, 7, -1)
        assert not into[:, :, new].any() and into[:, :, :4].any()
    assert found["head.weight"][..., new].abs().min() > 0
    assert found["layers.0.weight_hh"].view(2, 4, 7, 7)[:, :, :4, new].abs().max() > 0


def test_worked_growth_of_a_layer():
    # theory.md 9.1: outputs do not change; at first only what lets the new layer speak has a gradient
    net = double(Architecture.parse("lstm(4)"), columns=3)
    large, grown = deepen(net, drawn(net), 1, (0, 1))
    after, x = double(large, columns=3), windows(net)
    assert torch.equal(after(grown, x), net(drawn(net), x))
    i, f, g, o = gradients(after, grown)["layers.1.weight_ih"].chunk(4, dim=1)
    assert not any(gate.any() for gate in (i, f, o)) and g.abs().sum() > 0


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("text", ["lstm(3) > gru(2)", "bilstm(3) > bilstm(2)", "2*rnn(3)"])
def test_new_layers_learn(text, at):
    net = double(Architecture.parse(text))
    large, grown = deepen(net, drawn(net), at, (0, 1))
    assert large.layers[at].residual
    same_outputs(net, drawn(net), double(large), grown)
    found = gradients(double(large), grown)[f"layers.{at}.weight_ih"]
    assert found.abs().sum(dim=(1, 2)).min() > 0


def test_a_layer_of_few_cells_on_top():
    net = double(Architecture.parse("lstm(4, to_output) > lstm(3)"))
    large, grown = deepen(net, drawn(net), 2, (0, 1), cells=2)
    assert str(large) == "lstm(4, to_output) > lstm(3, to_output) > lstm(2)"
    same_outputs(net, drawn(net), double(large), grown)
    assert gradients(double(large), grown)["head.weight"][:, :, 7:].abs().min() > 0


def test_growth_of_cells_and_of_a_layer_at_once():
    small, large = map(Architecture.parse, ("lstm(2)", "lstm(5, to_output) > lstm(3)"))
    net, other = double(small), double(large)
    same_outputs(net, drawn(net), other, grow(sized(net), sized(other), drawn(net), (0, 1)))


@pytest.mark.parametrize(
    ("small", "large"),
    [
        ("rnn(2)", "rnn(4, activation=relu)"),
        ("lstm(2)", "lstm(4, residual)"),
        ("lstm(2)", "lstm(4, zoneout=0.5)"),
        ("lstm(2) > dense(3)", "lstm(4) > dense(3, relu)"),
    ],
)
def test_layers_of_another_kind_are_refused(small, large):
    net, other = (double(Architecture.parse(text)) for text in (small, large))
    with pytest.raises(ArchitectureError, match="must differ in nothing but their cells"):
        grow(sized(net), sized(other), drawn(net), (0, 1))


@pytest.mark.parametrize("text", ["lstm(5)", "gru(5) > gru(4)", "rnn(5)"])
def test_compiled_kernels_put_out_the_same(text):
    net = build(Architecture.parse(text), input_size=4, output_size=2)
    weights, x = drawn(net).float(), windows(net).float()
    large, grown = widen(net, weights, 0, 3, (0, 1))
    after = build(large, input_size=4, output_size=2)
    torch.testing.assert_close(after(grown, x), net(weights, x), rtol=1e-6, atol=1e-6)


def test_a_member_grows_as_it_does_alone():
    net = double(Architecture.parse("lstm(3) > gru(2)"))
    for grown in (widen, deepen):
        together = grown(net, drawn(net), 1, *((2,) if grown is widen else ()), (7, 8))[1]
        alone = grown(net, drawn(net)[1:], 1, *((2,) if grown is widen else ()), (8,))[1]
        assert torch.equal(together[1:], alone)


REFUSED = [
    ("lstm(3, ln)", 0, r"layer 1, lstm\(5, ln\): its layer norm is a mean over all cells"),
    ("lstm(3) > norm", 0, "layer 2, norm: it is a mean over all values"),
    ("lstm(4) > attention(2)", 0, "layer 2, attention.2.: it shares out"),
    ("lstm(4) > lstm(4, residual)", 0, "residual adds what the layer reads, 6 values"),
    ("lstm(4) > lstm(4, init_from_below)", 0, "init_from_below needs the state"),
    ("lstm(4) > dense(3)", 1, "layer must be a recurrent layer, one of layers.0; got 1"),
    ("encoder(lstm(3)) > decoder(lstm(3), attention=dot)", "encoder.layers.0", "is a product"),
    ("encoder(bilstm(2)) > decoder(lstm(4))", "decoder.layers.0", "two directions are one"),
]


@pytest.mark.parametrize(("text", "layer", "reason"), REFUSED)
def test_refused_widening_names_layer_and_reason(text, layer, reason):
    net = double(Architecture.parse(text))
    with pytest.raises(ArchitectureError, match=reason):
        widen(net, drawn(net), layer, 2, (0, 1))


UNDEEPENED = [
    ("bilstm(3, merge=sum)", 1, "layer 1, bilstm.3, merge=sum.: what is read of it is the end"),
    ("bilstm(3) > dense(4)", 2, "layer 1, bilstm.3.: what is read of it is the end"),
    ("lstm(3) > attention(1)", 2, "it reads a sequence"),
    ("lstm(3) > lstm(3, init_from_below)", 1, "from the state of the new layer below it"),
    ("lstm(3)", 2, "at must be 0 to 1"),
    ("encoder(lstm(3)) > decoder(lstm(3))", 1, "cannot be added to an encoder"),
]


@pytest.mark.parametrize(("text", "at", "reason"), UNDEEPENED)
def test_refused_deepening_names_layer_and_reason(text, at, reason):
    net = double(Architecture.parse(text))
    with pytest.raises(ArchitectureError, match=reason):
        deepen(net, drawn(net), at, (0, 1))


def test_a_number_of_cells_that_makes_no_sense():
    net = double(Architecture.parse("lstm(3) > lstm(2)"))
    with pytest.raises(ArchitectureError, match="cells must be at least 1, got 0"):
        widen(net, drawn(net), 0, 0, (0, 1))
    with pytest.raises(ArchitectureError, match="cells go with a layer on top, at=2, got at=1"):
        deepen(net, drawn(net), 1, (0, 1), cells=2)
