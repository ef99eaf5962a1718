import pytest

from cellwise.architecture import Branch, Branches, Dense

LAYERS = (Dense(size=2),)


def test_columns_of_a_group_stand_once():
    group = Branches(
        branches=(Branch(layers=LAYERS, columns=("a", "b")), Branch(layers=LAYERS, columns=("b",)))
    )
    assert group.columns == ("a", "b")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Branch(layers=()), "a branch must hold at least one layer, got none"),
        (lambda: Branch(layers=LAYERS, columns=("a", "a")), "a column once, got 'a' twice"),
        (lambda: Branch(layers=LAYERS, columns=('"',)), "without double quotes, got '\"'"),
        (lambda: Branch(layers=LAYERS, columns=("",)), "needs a name without double quotes"),
        (lambda: Branches(branches=()), r"a group must hold at least one branch, got \[\]"),
    ],
)
def test_unsound_groups_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()
