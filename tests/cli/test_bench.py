import json

import pytest

from cellwise.cli import main

KEYS = {
    "name", "members", "batch", "context_length", "input_size", "hidden_size", "num_layers",
    "model_steps_per_second", "torch_best", "ratio", "ratio_spread", "gflops", "backend",
}  # fmt: skip


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["cellwise", "bench", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code


def test_json_has_the_peak_and_every_number_of_a_case(monkeypatch, capsys):
    assert run(monkeypatch, "--suite", "quick", "--rounds", "1", "--json") == 0
    out = capsys.readouterr().out
    found = json.loads(out)
    assert set(found) >= {"peak_gflops", "cases", "backend", "reason"}
    assert set(found["cases"][0]) >= KEYS
    assert len(found["cases"][0]["ratio_spread"]) == 2


def test_a_card_that_is_not_there_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert run(monkeypatch, "--suite", "quick", "--device", "cuda") == 2
    assert "where torch sees no CUDA device, got 'cuda'" in capsys.readouterr().err


def test_unknown_suite_is_one_line(monkeypatch, capsys):
    assert run(monkeypatch, "--suite", "x") == 2
    assert capsys.readouterr().err.strip() == (
        "error: suite must be one of training, quick, got 'x'"
    )
