import re
from itertools import pairwise

import pytest

from cellwise import SettingsError
from cellwise.run import check_settings
from cellwise.search import Ranges, read_ranges
from cellwise.search._options import PRESETS
from cellwise.search._ranges import OptimizerName, Stage

DEFAULT = Ranges.model_validate({})


def test_defaults_are_complete_and_name_every_stage():
    off = {"activation", "recurrent_dropout", "zoneout", "warmup"}  # docs/log.md says why
    assert set(DEFAULT.stages) == set(Stage.__args__) - off
    assert set(DEFAULT.optimizer) == set(PRESETS) == set(OptimizerName.__args__)


def test_range_test_goes_from_lowest_to_highest_at_equal_ratios():
    rates = DEFAULT.learning_rate.rates
    assert len(rates) == DEFAULT.learning_rate.points
    assert (rates[0], rates[-1]) == (1e-4, 1.0)
    steps = [b / a for a, b in pairwise(rates)]
    assert max(steps) / min(steps) < 1.01


def test_a_part_overrides_the_same_part_alone(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("dropout = [0.4]\n[learning_rate]\npoints = 3\n")
    mine = Ranges.model_validate(read_ranges(path))
    assert mine.dropout == (0.4,) and mine.learning_rate.points == 3
    assert mine.learning_rate.highest == DEFAULT.learning_rate.highest
    assert mine.l2 == DEFAULT.l2


def test_values_round_trip_through_json():
    assert Ranges.model_validate(DEFAULT.model_dump(mode="json")) == DEFAULT


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dropout = [0.1, 1.5]", r"^ranges\.dropout\.1: should be less than 1, got 1\.5$"),
        ("batch_size = [0]", r"^ranges\.batch_size\.0: should be greater .* 1, got 0$"),
        ("momentum = [0.9]", r"^ranges\.momentum: there is no such setting$"),
        ("drop_out = [0.9]", r"^ranges\.drop_out: there is no .*; did you mean dropout\?$"),
        ("[learning_rate]\nlow = 1", r"^ranges\.learning_rate\.low: there is .* mean lowest\?$"),
        ("[learning_rate]\nhighest = inf", r"^ranges\.learning_rate\.highest: .*, got inf"),
        ("[learning_rate]\nlowest = 1e-300", r"^ranges\.learning_rate\.lowest: .*, got 1e-300"),
        (
            "[learning_rate]\nfine = []",
            r"^ranges\.learning_rate\.fine: should hold at least one value, got \[\]",
        ),
        ("l1 = [inf]", r"^ranges\.l1\.0: should be a finite number, got inf"),
        ("batch_size = [1000000000]", r"^ranges\.batch_size\.0: should be less than or equal to "),
        ("batch_size = []", r"^ranges\.batch_size: should hold at least one value, got \[\]"),
        ("[learning_rate]\nlowest = 2.0", r"^ranges\.learning_rate: lowest must be below hig"),
        ('optimizer = ["lion"]', r"^ranges\.optimizer\.0: should be 'adam', .*got 'lion'"),
        ('stages = ["l1", "l1"]', "^ranges: stages must name each stage once, l1 is named twice"),
        ('stages = ["cells"]', r"^ranges\.stages\.0: should be 'learning_rate', .*got 'cells'"),
        ("dropout = 0.1", r"^ranges\.dropout: should be a list, got 0\.1$"),
        (
            "learning_rate = 3",
            r"^ranges\.learning_rate: should be a table such as \[learning_rate\], got 3$",
        ),
        ("dropout = [", r"^ranges: \S*mine\.toml must be a TOML file, but "),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, text, message):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=message) as found:
        check_settings({"target": "y", "horizon": 2, "ranges": str(path)})
    assert "\n" not in str(found.value)


def test_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError, match=re.escape("none.toml cannot be read: No such file")):
        read_ranges(tmp_path / "none.toml")
