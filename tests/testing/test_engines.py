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
        with super().run_all(experiments[::-1], on_epoch) as results:
            yield results


class Forgetful(LocalEngine):
    """Trains everything again."""

    @contextmanager
    def run_all(self, experiments, on_epoch):
        with LocalEngine(self.data, "").run_all(experiments, on_epoch) as results:
            yield results


@pytest.mark.parametrize("wrong", [Backwards, Forgetful])
def test_contract_fails_on_a_wrong_engine(wrong):
    class Contract(EngineContract):
        def make_engine(self, data, fingerprint, directory):
            return wrong(data, fingerprint, directory)

    contract = Contract()
    with pytest.raises(AssertionError, match=r"same records|knows what was trained"):
        contract.test_results_are_those_of_training_alone()
        contract.test_what_was_trained_is_recalled()
