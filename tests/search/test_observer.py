import inspect

from cellwise.search import Observer


def test_hooks_do_nothing_of_their_own():
    hooks = [f for name, f in inspect.getmembers(Observer()) if name.startswith("on_")]
    assert len(hooks) == 8
    for hook in hooks:
        assert hook(*[None] * len(inspect.signature(hook).parameters)) is None


def test_fit_calls_every_hook_for_everything_it_does(finished):
    evidence, told = finished.run.evidence, {}
    for name, what in finished.calls:
        told.setdefault(name, []).append(what)
    assert tuple(told["candidate"]) == evidence.candidates
    growth = [c for c in evidence.comparisons if c.stage not in ("choice", "benchmark", "test")]
    assert told["comparison"] == growth
    assert {r.name for r in told["baseline"]} == {r.name for r in evidence.baselines}
    trials = [architecture for stage, architecture in told["trial"] if stage != "final"]
    assert trials == [c.architecture for c in evidence.candidates]
    assert len(told["epoch"]) >= 2 * len(trials)
