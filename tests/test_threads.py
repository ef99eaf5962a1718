import pytest
import torch

from cellwise._threads import torch_threads


def test_threads_are_put_back_after_a_failure():
    before = torch.get_num_threads()
    with pytest.raises(KeyError), torch_threads(before + 1):
        assert torch.get_num_threads() == before + 1
        raise KeyError
    assert torch.get_num_threads() == before
