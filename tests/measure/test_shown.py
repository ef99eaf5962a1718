import torch

from cellwise.measure._shown import NUM_STEPS, shown_first


def test_vectors_stand_at_the_first_step_alone():
    vectors = torch.randn(2, 7, 3)
    x = shown_first(vectors)
    assert x.shape == (2, 7, NUM_STEPS, 3)
    assert torch.equal(x[:, :, 0], vectors) and not x[:, :, 1:].any()
