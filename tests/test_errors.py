import pytest

from cellwise import _errors


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("ArchitectureError", ValueError),
        ("DataError", ValueError),
        ("ColumnError", KeyError),
        ("SettingsError", ValueError),
        ("RunError", OSError),
    ],
)
def test_is_ours_and_the_builtin_a_caller_expects(name, builtin):
    kind = getattr(_errors, name)
    assert issubclass(kind, _errors.CellwiseError)
    assert issubclass(kind, builtin)


def test_message_is_not_quoted():
    assert str(_errors.ColumnError("column 'a' is not there")) == "column 'a' is not there"
