"""Attention against the papers' formulas, one step and row at a time."""

import pytest
import torch

from cellwise.layers._attention import combined, make_look


def drawn_weights(kind):
    shapes = {"query": (3, 3), "key": (3, 4), "score": (1, 3)}
    if kind == "general":
        shapes = {"key": (3, 4)}
    if kind == "dot":
        shapes = {}
    return {f"d.attention_{name}": torch.randn(2, *shape) for name, shape in shapes.items()}


SCORES = {
    # Bahdanau et al. (2015), appendix A.1.2
    "additive": lambda w, s, h: w["score"][0] @ torch.tanh(w["query"] @ s + w["key"] @ h),
    # Luong et al. (2015), equation 8
    "dot": lambda w, s, h: s @ h,
    "general": lambda w, s, h: s @ w["key"] @ h,
}


@pytest.mark.parametrize("kind", SCORES)
def test_a_mean_of_the_steps_by_their_scores(kind):
    weights = drawn_weights(kind)
    memory = torch.randn(2, 5, 6, 3 if kind == "dot" else 4)
    states = torch.randn(2, 5, 2, 3)
    found = make_look(kind, weights, "d", memory)(states)
    own = {name.removeprefix("d.attention_"): value[1] for name, value in weights.items()}
    scores = torch.stack([SCORES[kind](own, states[1, 4, 0], h) for h in memory[1, 4]])
    torch.testing.assert_close(found[1, 4, 0], scores.softmax(0) @ memory[1, 4])


def test_context_comes_before_the_state():
    states, context, weight = torch.randn(1, 2, 1, 3), torch.randn(1, 2, 1, 4), torch.randn(1, 3, 7)
    expected = torch.tanh(torch.cat([context, states], dim=-1) @ weight[:, None].mT)
    torch.testing.assert_close(combined(states, context, weight), expected)
