"""That the code computes what the network does is shown in `test_torch`."""

import pytest

from cellwise.architecture import Architecture
from cellwise.export import torch_code


def code_of(decoder, steps=4):
    net = Architecture.parse(f"encoder(lstm(3), reverse) > decoder(lstm(3){decoder})")
    return torch_code(net, input_size=5, output_size=2, output_steps=steps)


@pytest.mark.parametrize(
    ("decoder", "line"),
    [
        ("", "fed = output if target is None else target[:, step : step + 1]"),
        (", teacher_forcing=0", "fed = output\n"),
        (", teacher_forcing=0.3", "self.teacher_forcing = 0.3  # share of true inputs\n"),
        (", sampling=linear", "self.teacher_forcing = 1.0  # share of true inputs; falls to 0 (li"),
        (", attention=general", "keys = self.layer_3_key(y2)  # (B, T, 3)"),
        (", attention=additive", "context = (scores.softmax(1) * y2).sum(1, keepdim=True)"),
    ],
)
def test_what_a_step_reads_is_written(decoder, line):
    assert line in code_of(decoder)


def test_window_is_turned_and_the_loop_has_as_many_steps():
    code = code_of("", steps=7)
    assert "turned = x.flip(1)" in code and "self.layer_2(turned)" in code
    assert "for step in range(7):" in code
    assert "return outputs[0][:, 0]" in code_of("", steps=0)
