import math
from dataclasses import replace

from cellwise.records import ImportanceRecord, MarginalPoint
from cellwise.report._importance import importance_section


def test_run_without_a_joint_search_has_no_part(use_network):
    assert importance_section(use_network) == ""


def test_every_setting_has_a_row_and_what_is_not_known_is_absent(use_network):
    points = (
        MarginalPoint(value="0.01", error=0.5, standard_error=0.02, num_trials=9),
        MarginalPoint(value="0.1", error=0.7, standard_error=math.nan, num_trials=1),
    )
    record = ImportanceRecord(
        name="learning_rate", fanova=0.62, ped_anova=math.nan, marginal=points
    )
    page = importance_section(replace(use_network, importance=(record,)))
    for words in ("learning rate", "62.0", "(9)", "0.1: 0.7000 (1)", "Greff"):
        assert words in page
    assert "nan" not in page
