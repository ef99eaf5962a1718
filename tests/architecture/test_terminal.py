from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cellwise.architecture import Architecture
from cellwise.architecture._scene import Steps, scene_of
from cellwise.architecture._terminal import terminal_drawing


def drawing(text):
    chain = Architecture.parse(text).place(input_size=8, output_size=1)
    return terminal_drawing(scene_of(text, chain, Steps(window=50, decoder=12), outputs=1))


def test_a_stack():
    assert (
        drawing("lstm(64)")
        == """\
┌─────────────────────────────┐
│ input: 50 steps of 8 values │
└──────────────┬──────────────┘
               │ (50, 8)
               ▼
      ┌────────────────┐
      │ lstm(64)       │
      │ 18,688 weights │
      └────────┬───────┘
               │ (64,) of the last step
               ▼
  ┌────────────────────────┐
  │ output layer, dense(1) │
  │ 65 weights             │
  └────────────┬───────────┘
               │ (1,)
               ▼"""
    )


def test_branches_stand_side_by_side():
    lines = drawing("[a: lstm(4) > norm | b: gru(4)] > attention(1)").splitlines()
    assert [sum(sign in line for line in lines) for sign in ("lstm(4)", "gru(4)")] == [1, 1]
    assert any("lstm(4)" in line and "gru(4)" in line for line in lines)
    assert any("(50, 1) a" in line and "(50, 1) b" in line for line in lines)


def test_pairs_name_what_is_handed_on():
    plain = drawing("encoder(lstm(4)) > decoder(lstm(4))")
    looking = drawing("encoder(lstm(4)) > decoder(lstm(4), attention=dot)")
    assert "final states of every layer\n" in plain
    assert "final states of every layer, and all steps for the attention" in looking


@given(st.data())
def test_every_arrow_stands_on_a_line(architectures, data):
    chain = data.draw(architectures).place(input_size=4, output_size=2)
    scene = scene_of("", chain, Steps(window=5, decoder=3), outputs=2)
    lines = terminal_drawing(scene).splitlines()
    for above, line in pairwise(lines):
        for column, sign in enumerate(line):
            if sign == "▼":
                assert above[column] == "│"
