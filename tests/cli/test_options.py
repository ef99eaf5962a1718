import inspect
import re

import pytest

from cellwise import SettingsError
from cellwise.cli import _options as options
from cellwise.run import FitSettings

# defaults that the help says in words
IN_WORDS = {"outer_folds", "budget", "epochs", "stop_gain", "ledger", "address"}


def told_default(name):
    (option,) = options.SHARED[name].annotation.__metadata__
    told = re.search(r"\(default: (.*)\)", option.help)
    return told and told[1]


def given(**typed):
    """Values as typer hands them over."""
    return {name: one.default for name, one in options.SHARED.items()} | {"horizon": 2} | typed


def test_every_setting_of_fit_is_an_option():
    assert set(options.ALL) == set(FitSettings.model_fields)


def test_defaults_in_the_help_are_those_of_the_settings():
    told = {name: told_default(name) for name in options.ALL if name not in IN_WORDS}
    told = {name: default for name, default in told.items() if default}
    assert told == {name: str(FitSettings.model_fields[name].default) for name in told}
    assert len(told) > 10 and all(map(told_default, IN_WORDS))


def test_shared_options_stand_between_the_arguments_and_the_options_of_a_command():
    @options.takes("folds", "horizon")
    def command(table: str, out: str = "run", **given: object) -> None:
        raise AssertionError

    signature = inspect.signature(command)
    assert list(signature.parameters) == ["table", "horizon", "folds", "out"]
    assert signature.parameters["folds"].default is None


def test_lists_and_numbers_are_read_and_what_was_not_typed_is_left_out():
    typed = given(target="y", past_covariates=" a, b,", split="6,2,2", context_length="8")
    found = options.tidy("never_read.csv", typed)
    assert found.pop("past_covariates") == ("a", "b") and found.pop("known_covariates") == ()
    assert found.pop("split") == (6.0, 2.0, 2.0) and found.pop("context_length") == 8
    assert found == {"horizon": 2, "target": "y", "warm": False, "tune": False}


def test_auto_leaves_the_context_length_to_the_data():
    assert "context_length" not in options.tidy("never_read.csv", given(target="y"))


def test_usual_target_is_found_in_the_table(table):
    assert options.tidy(str(table), given())["target"] == "y"


@pytest.mark.parametrize("length", ["-1", "1.5", "", "²"])
def test_context_length_that_is_no_count_is_refused(length):
    with pytest.raises(SettingsError, match="context_length must be a whole number or auto, got"):
        options.tidy("never_read.csv", given(target="y", context_length=length))
