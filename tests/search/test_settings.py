import pytest

from cellwise import SettingsError
from cellwise.search import SearchSettings


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("max_cells", 2),
        ("max_layers", 1),
        ("num_seeds", 1),
        ("patience", 1),
        ("final_seeds", 1),
        ("seed", 0),
        ("goal", 0),
        ("budget_seconds", 0),
    ],
)
def test_bounds_are_checked(name, least):
    with pytest.raises(SettingsError, match=f"{name} must be at least {least}, got {least - 1}"):
        SearchSettings(**{name: least - 1})


def test_final_seeds_were_never_used_before():
    used = set()
    for seed in range(5):
        settings = SearchSettings(seed=seed, num_seeds=100, final_seeds=100)
        assert not used & {*settings.seeds, *settings.fresh_seeds}
        assert not set(settings.seeds) & set(settings.fresh_seeds)
        used |= {*settings.seeds, *settings.fresh_seeds}
