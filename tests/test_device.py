import math

import pytest
import torch

from cellwise import SettingsError
from cellwise import _device as module
from cellwise._device import choose_device, cuda_names, describe_device, memory_of, row_index
from cellwise._machine import usable_memory


@pytest.fixture
def cards(monkeypatch):
    """Give a function that lets torch say that there are so many cards."""

    def pretend(count):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: count)

    return pretend


def test_a_device_must_be_there(cards):
    cards(0)
    with pytest.raises(SettingsError, match="device must be one of cpu, cuda, got 'tpu'"):
        choose_device("tpu")
    assert choose_device("cpu") == torch.device("cpu")
    with pytest.raises(
        SettingsError, match="torch sees no CUDA device, got 'cuda'; train on the CPU"
    ):
        choose_device("cuda")
    cards(1)
    assert choose_device("cuda") == torch.device("cuda")


@pytest.mark.parametrize(
    ("listed", "count", "names"),
    [
        (None, 0, ()),
        (None, 2, ("0", "1")),
        ("", 2, ("0", "1")),
        ("3, 5", 2, ("3", "5")),
        ("GPU-a,GPU-b,-1", 2, ("GPU-a", "GPU-b")),
    ],
)
def test_cards_are_named_as_the_environment_does(listed, count, names, cards, monkeypatch):
    cards(count)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if listed is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", listed)
    assert cuda_names() == names


def test_memory_and_name_of_a_card(cards, monkeypatch):
    cards(0)
    assert memory_of("cpu") == usable_memory()
    assert memory_of("cuda") == math.inf and describe_device("cuda") == ""
    cards(1)
    properties = type("Properties", (), {"total_memory": 5})
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: properties)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA H200")
    assert memory_of("cuda") == 5.0
    assert describe_device("cuda") == "NVIDIA H200" and describe_device("cpu") == ""


def test_growth_on_a_card_counts_from_what_was_in_use(monkeypatch):
    calls = []
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda: calls.append("reset"))
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: 30)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: 100)
    assert module.peak_memory("cuda").bytes == 70.0 and calls == ["reset"]


def test_rows_are_indexed_where_they_lie():
    rows = torch.arange(6.0).view(3, 2)
    assert rows[row_index((2, 0), rows)].tolist() == [[4.0, 5.0], [0.0, 1.0]]
    assert rows[row_index([], rows)].shape == (0, 2)
