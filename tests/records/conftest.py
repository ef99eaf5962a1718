"""Records of which a test tells only what it is about."""

from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

PLAIN = {str: "", int: 0, float: 0.0, bool: False, tuple: (), dict: {}}


def neutral(kind: Any) -> Any:
    """Give the emptiest value of a type."""
    origin = get_origin(kind) or kind
    if type(None) in get_args(kind):
        return None
    if origin is Literal:
        return get_args(kind)[0]
    return filled(kind) if is_dataclass(kind) else PLAIN[origin]


def filled(kind: type, **told: Any) -> Any:
    """Make a record; fields that are not told and have no default are neutral."""
    hints = get_type_hints(kind)
    needed = {
        one.name
        for one in fields(kind)
        if one.default is MISSING and one.default_factory is MISSING and one.name not in told
    }
    return kind(**told, **{name: neutral(hints[name]) for name in needed})


@pytest.fixture
def make_record():
    """Give the function that makes a record of a class and some of its fields."""
    return filled
