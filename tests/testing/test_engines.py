from contextlib import contextmanager

import pytest

from cellwise.search import LocalEngine
from cellwise.testing import EngineContract


class TestLocalEngine(EngineContract):
    def make_engine(self, data, fingerprint, directory):
        return LocalEngine(data, fingerprint, directory)


class Backwards(LocalEngine):
    """Gives results in the wrong order."""

    @contextmanager
    def run_all(self, experiments, on_epoch):
        yield (self.run(experiment, on_epoch) for experiment in reversed(experiments))


class Forgetful(LocalEngine):
    """Trains everything again."""

    def run(self, experiment, on_epoch):
        return LocalEngine(self.data, "").run(experiment, on_epoch)


@pytest.mark.parametrize("wrong", [Backwards, Forgetful])
def test_contract_fails_on_a_wrong_engine(wrong):
    class Contract(EngineContract):
        def make_engine(self, data, fingerprint, directory):
            return wrong(data, fingerprint, directory)

    contract = Contract()
    with pytest.raises(AssertionError, match=r"same records|knows what was trained"):
        contract.test_results_are_those_of_training_alone()
        contract.test_what_was_trained_is_recalled()
