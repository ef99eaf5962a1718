"""Encoder and decoder: where it starts, what it is fed, what it sees of the window."""

import pytest
import torch

from cellwise._threads import torch_threads

ATTENTIONS = ["none", "additive", "dot", "general"]
TEXT = "encoder(lstm(3) > lstm(3)) > decoder(lstm(3) > lstm(3){})"


def option(**values):
    return TEXT.format("".join(f", {name}={value}" for name, value in values.items()))


def fed_with(net, parameters, x, target, **options):
    return net.run(net.layout.views(parameters), x, target=target, **options)


@pytest.fixture
def x():
    return torch.randn(2, 3, 5, 2)


@pytest.fixture
def target():
    return torch.randn(2, 3, 4)


def test_equals_torchs_encoder_and_decoder(network, drawn, x):
    net = network(TEXT.format(""), output_steps=4)
    parameters = drawn(net, 2)
    own = {name: view[1] for name, view in net.layout.views(parameters).items()}
    encoder, decoder = (torch.nn.LSTM(size, 3, num_layers=2, batch_first=True) for size in (2, 1))
    with torch.no_grad():
        for name, module in (("encoder", encoder), ("decoder", decoder)):
            for k in range(2):
                path = f"{name}.layers.{k}"
                getattr(module, f"weight_ih_l{k}").copy_(own[f"{path}.weight_ih"])
                getattr(module, f"weight_hh_l{k}").copy_(own[f"{path}.weight_hh"])
                getattr(module, f"bias_ih_l{k}").copy_(own[f"{path}.bias"])
                getattr(module, f"bias_hh_l{k}").zero_()
        state, fed, outputs = encoder(x[1])[1], torch.zeros(3, 1, 1), []
        for _ in range(4):
            y, state = decoder(fed, state)
            fed = torch.nn.functional.linear(y, own["head.weight"], own["head.bias"])
            outputs.append(fed)
    torch.testing.assert_close(net(parameters, x)[1], torch.cat(outputs, dim=1))


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_its_own_outputs_fed_as_true_ones_change_nothing(network, drawn, x, attention):
    """Teacher forcing in one pass is the same network as decoding step by step."""
    net = network(option(attention=attention), output_steps=4)
    parameters = drawn(net, 2)
    alone = net(parameters, x)
    torch.testing.assert_close(fed_with(net, parameters, x, alone), alone)
    assert not torch.allclose(fed_with(net, parameters, x, alone + 1.0), alone)


def test_a_decoder_of_no_teacher_never_looks_at_the_target(network, drawn, x, target):
    net = network(option(teacher_forcing=0), output_steps=4)
    parameters = drawn(net, 2)
    assert torch.equal(fed_with(net, parameters, x, target), net(parameters, x))


def test_scheduled_sampling_goes_from_true_values_to_its_own(network, drawn, x, target, generators):
    net = network(option(sampling="linear"), output_steps=4)
    parameters = drawn(net, 2)
    true, own = fed_with(net, parameters, x, target), net(parameters, x)

    def at(progress):
        dropout = net.dropout([None, None], generators(2), progress)
        return fed_with(net, parameters, x, target, dropout=dropout)

    torch.testing.assert_close(at(0.0), true)
    torch.testing.assert_close(at(1.0), own)
    assert not torch.allclose(at(0.5), true) and not torch.allclose(at(0.5), own)


@pytest.mark.parametrize("layer", [0, 1])
def test_every_layer_starts_from_its_counterparts_states(network, drawn, x, layer):
    net = network(TEXT.format(""), output_steps=1)
    parameters = drawn(net, 2)
    other = 1 - layer
    views = net.layout.views(parameters)
    # the window reaches the decoder through one layer's state alone
    views[f"decoder.layers.{other}.weight_hh"].zero_()
    views[f"decoder.layers.{other}.bias"][:, 3:6] = -99.0  # forget
    found = net(parameters, x)
    assert not torch.allclose(found, net(parameters, x + 1.0), atol=1e-4)


def test_a_reversed_source_is_read_from_its_last_step(network, drawn, x):
    plain = network("encoder(gru(3)) > decoder(gru(3))", output_steps=2)
    turned = network("encoder(gru(3), reverse) > decoder(gru(3))", output_steps=2)
    parameters = drawn(plain, 2)
    torch.testing.assert_close(turned(parameters, x), plain(parameters, x.flip(2)))


def test_two_directions_start_one_decoder(network, drawn, x):
    net = network("encoder(bilstm(2)) > decoder(lstm(4), attention=general)", output_steps=2)
    assert net(drawn(net, 2), x).shape == (2, 3, 2, 1)


@pytest.mark.parametrize("attention", ATTENTIONS[1:])
def test_attention_reaches_every_step_of_the_window(network, drawn, attention):
    net = network(option(attention=attention), output_steps=2)
    parameters = drawn(net)
    views = net.layout.views(parameters)
    for k in range(2):  # nothing is remembered from step to step
        views[f"encoder.layers.{k}.weight_hh"].zero_()
        views[f"encoder.layers.{k}.bias"][:, 3:6] = -99.0
    x = torch.randn(1, 2, 5, 2, requires_grad=True)
    (gradient,) = torch.autograd.grad(net(parameters, x)[:, :, 1].sum(), x)
    assert (gradient.abs().sum(dim=(0, 1, 3)) > 0).all()


def test_first_attention_compares_the_state_that_it_starts_from(network, drawn, x):
    net = network("encoder(gru(3)) > decoder(gru(3), attention=additive)", output_steps=1)
    parameters = drawn(net, 2)
    views = net.layout.views(parameters)
    before = net(parameters, x)
    views["decoder.attention_query"].add_(1.0)
    assert not torch.allclose(before, net(parameters, x))


def test_one_step_where_no_steps_are_asked_for(network, drawn, x):
    text = "encoder(lstm(3)) > decoder(lstm(3))"
    one = network(text)
    parameters = drawn(one, 2)
    torch.testing.assert_close(
        one(parameters, x), network(text, output_steps=1)(parameters, x)[:, :, 0]
    )


def test_tokens_are_fed_back_as_the_largest_outputs_index(network, drawn):
    text = "encoder(embed(5, 4) > gru(3)) > decoder(embed(5, 2) > gru(3))"
    net = network(text, input_size=1, output_size=5, output_steps=3)
    parameters = drawn(net)
    x = torch.randint(0, 5, (1, 4, 6, 1)).float()
    logits = net(parameters, x)
    assert logits.shape == (1, 4, 3, 5)
    torch.testing.assert_close(fed_with(net, parameters, x, logits.argmax(-1).float()), logits)


def test_a_decoder_without_a_vector_for_an_output_is_refused(network):
    text = "encoder(gru(3)) > decoder(embed(4, 2) > gru(3))"
    with pytest.raises(ValueError, match=r"it reads back one of 5 outputs, and has .* 4 tokens"):
        network(text, output_size=5)


def test_masks_of_a_sequence_hold_over_a_decoders_steps(network, drawn, generators):
    text = "encoder(gru(3)) > decoder(gru(3, recurrent_dropout=0.5){})"
    nets = [network(text.format(o), output_steps=6) for o in (", teacher_forcing=0", "")]
    parameters, x = drawn(nets[0]), torch.randn(1, 4, 5, 2)
    stepped = nets[0].run(
        nets[0].layout.views(parameters), x, nets[0].dropout([None], generators(1))
    )
    again = fed_with(
        nets[1], parameters, x, stepped, dropout=nets[1].dropout([None], generators(1))
    )
    torch.testing.assert_close(stepped, again)


def reversals(batch, steps=8, tokens=6):
    source = torch.randint(1, tokens, (1, batch, steps))
    return source[..., None].float(), source.flip(2)


@pytest.fixture
def one_thread():
    """Compute on one thread: on a busy machine tiny products wait far longer than they work."""
    with torch_threads(1):
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("attention", ["none", "additive"])
def test_a_sequence_is_learned_to_be_reversed(network, attention):
    """Taught with true tokens, it must write all eight on its own (Sutskever et al. 2014)."""
    torch.manual_seed(0)
    stack = "embed(6, 16) > lstm(32)"
    text = f"encoder({stack}) > decoder({stack}, attention={attention})"
    net = network(text, input_size=1, output_size=6, output_steps=8)
    parameters = net.initial_parameters((0,)).requires_grad_()
    optimizer = torch.optim.Adam([parameters], lr=0.01)
    for _ in range(1000):
        x, y = reversals(64)
        output = net.run(net.layout.views(parameters), x, target=y.float())
        loss = torch.nn.functional.cross_entropy(output.flatten(0, 2), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([parameters], 2.0)
        optimizer.step()
    x, y = reversals(500)
    with torch.no_grad():
        assert (net(parameters, x).argmax(dim=-1) == y).float().mean() > 0.99
