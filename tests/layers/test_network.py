import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.layers import Dropout, build


def network(text, **options):
    return build(
        Architecture.parse(text), input_size=2, output_size=options.pop("output_size", 1), **options
    )


def drawn(net, members=1, seed=0):
    return 0.3 * torch.randn(
        members, net.num_parameters, generator=torch.Generator().manual_seed(seed)
    )


@pytest.mark.parametrize("text", ["lstm(4) > lstm(3)", "gru(3)", "rnn(2) > lstm(5)"])
def test_backends_agree(text):
    fast, slow = (network(text, backend=b) for b in ("torch", "reference"))
    parameters, x = drawn(fast, 3), torch.randn(3, 4, 6, 2)
    torch.testing.assert_close(fast(parameters, x), slow(parameters, x))


def test_equals_a_torch_stack():
    net = network("2*lstm(5)", output_size=3)
    parameters, x = drawn(net), torch.randn(1, 4, 6, 2)
    views = net.layout.views(parameters)
    lstm, head = torch.nn.LSTM(2, 5, num_layers=2, batch_first=True), torch.nn.Linear(5, 3)
    with torch.no_grad():
        for i in range(2):
            getattr(lstm, f"weight_ih_l{i}").copy_(views[f"layers.{i}.weight_ih"][0])
            getattr(lstm, f"weight_hh_l{i}").copy_(views[f"layers.{i}.weight_hh"][0])
            getattr(lstm, f"bias_ih_l{i}").copy_(views[f"layers.{i}.bias"][0])
            getattr(lstm, f"bias_hh_l{i}").zero_()
        head.weight.copy_(views["head.weight"][0])
        head.bias.copy_(views["head.bias"][0])
        expected = head(lstm(x[0])[0][:, -1])
    torch.testing.assert_close(net(parameters, x)[0], expected)


def test_a_member_of_a_cohort_equals_it_alone():
    net = network("lstm(4, to_output) > gru(3)")
    parameters, x = drawn(net, 5), torch.randn(5, 4, 6, 2)
    together = net(parameters, x)
    for m in range(5):
        torch.testing.assert_close(together[m : m + 1], net(parameters[m : m + 1], x[m : m + 1]))


def test_output_at_each_step_of_the_horizon():
    net = network("lstm(4)", output_steps=3)
    parameters, x = drawn(net), torch.randn(1, 2, 6, 2)
    steps = net(parameters, x)
    assert steps.shape == (1, 2, 3, 1)
    last = network("lstm(4)")(parameters, x)
    torch.testing.assert_close(steps[:, :, -1], last)


def test_output_sees_a_flagged_lower_layer():
    net = network("lstm(4, to_output) > lstm(1)")
    parameters, x = drawn(net), torch.randn(1, 2, 6, 2)
    views = net.layout.views(parameters)
    views["layers.1.weight_ih"].zero_()
    before = net(parameters, x)
    views["layers.0.weight_ih"].add_(0.5)
    assert not torch.allclose(before, net(parameters, x))


def test_dropout_keeps_the_mean_and_its_rate():
    dropout = Dropout(rates=torch.tensor([[0.5], [0.0]]), generators=generators(2))
    values = dropout(torch.ones(2, 100, 100), 0)
    assert abs(values[0].mean() - 1) < 0.05
    assert set(values[0].unique().tolist()) == {0.0, 2.0}
    assert torch.equal(values[1], torch.ones(100, 100))


def test_dropout_masks_do_not_depend_on_neighbours():
    both = Dropout(rates=torch.full((2, 1), 0.3), generators=generators(2))(torch.ones(2, 5, 5), 0)
    alone = Dropout(rates=torch.full((1, 1), 0.3), generators=generators(2)[1:])(
        torch.ones(1, 5, 5), 0
    )
    assert torch.equal(both[1:], alone)


def generators(count):
    return [torch.Generator().manual_seed(seed) for seed in range(count)]
