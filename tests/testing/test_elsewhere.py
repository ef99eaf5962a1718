import pytest
import torch

from cellwise.testing import ELSEWHERE, Elsewhere


@pytest.fixture
def device():
    with Elsewhere() as found:
        yield found


@pytest.fixture
def far(device):
    return torch.tensor([[1.0, -2.0], [3.0, 4.0]]).to(ELSEWHERE)


def test_values_are_those_of_main_memory(far):
    weights = far.detach().requires_grad_()
    loss = (weights @ torch.ones(2, 1, device=ELSEWHERE)).tanh().sum()
    (gradient,) = torch.autograd.grad(loss, [weights])
    here = torch.tensor([[1.0, -2.0], [3.0, 4.0]], requires_grad=True)
    (expected,) = torch.autograd.grad((here @ torch.ones(2, 1)).tanh().sum(), [here])
    assert gradient.device == ELSEWHERE
    assert torch.equal(gradient.cpu(), expected)


def test_views_share_their_values(far):
    view = far[0]
    view += 1.0
    far[1] = view
    assert far.cpu().tolist() == [[2.0, -1.0], [2.0, -1.0]]


def test_both_sides_in_one_operation_raise(far):
    with pytest.raises(RuntimeError, match=r"aten::add.Tensor: tensors lie here and elsewhere"):
        far + torch.ones(2, 2)
    assert (far + torch.tensor(1.0)).device == ELSEWHERE  # as on CUDA


def test_what_torch_makes_there_past_the_context_is_found(far):
    made = torch.tensor([1.0, 2.0], device=ELSEWHERE)
    with pytest.raises(RuntimeError, match="past the context, without values"):
        far + made


def test_numpy_needs_a_copy(far):
    with pytest.raises(RuntimeError, match="numpy"):
        far.numpy()
    assert far.cpu().numpy()[0, 1] == -2.0


def test_what_is_made_like_it_lies_there_too(far):
    made = [far.new_zeros(3), torch.empty_like(far), torch.zeros(1, device=ELSEWHERE)]
    made += [torch.where(far > 0, far, 0.0), far[torch.tensor([1])]]
    assert [one.device for one in made] == [ELSEWHERE] * 5
    assert torch.zeros(1).device.type == "cpu"


def test_waiting_is_counted(device, far):
    far.mul_(2.0).sum()
    assert not device.waits
    assert float(far.sum()) == 12.0
    far.cpu()
    assert dict(device.waits) == {"aten::_local_scalar_dense": 1, "aten::_to_copy": 1}


def test_after_its_context_it_cannot_be_used():
    with Elsewhere():
        far = torch.ones(2).to(ELSEWHERE)
    with pytest.raises(RuntimeError, match="its context has ended"):
        far + 1.0
