import torch

from cellwise.layers._head import apply_head


def test_each_member_reads_with_its_own_weights():
    weights = {"head.weight": torch.randn(2, 3, 4), "head.bias": torch.randn(2, 3)}
    seen = torch.randn(2, 5, 6, 4)
    every = apply_head(weights, seen, every=True)
    for m in range(2):
        own = weights["head.weight"][m], weights["head.bias"][m]
        torch.testing.assert_close(every[m], torch.nn.functional.linear(seen[m], *own))
    last = apply_head(weights, seen[:, :, -1], every=False)
    torch.testing.assert_close(last, every[:, :, -1])
