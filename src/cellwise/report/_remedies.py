"""What was tried for a network that is worse than a shallower one."""

from cellwise.records import Remedy
from cellwise.report._format import number, percent, rate_text

REMEDY_HEADS = ("way out", "network", "#rate", "#error", "#gain", "#at least")
"""Heads of the table; those of numbers begin with ``#``."""


def remedy_rows(remedies: tuple[Remedy, ...]) -> list[list[str]]:
    """Write each way out as a row.

    Args:
        remedies: Best first.

    Returns:
        The cells under ``REMEDY_HEADS``.
    """
    return [
        [
            one.name,
            one.architecture,
            rate_text(one.learning_rate),
            number(one.error, 3),
            percent(one.gain),
            percent(one.gain_low),
        ]
        for one in remedies
    ]


def remedy_sentence(remedies: tuple[Remedy, ...]) -> str:
    """Say which way out wins.

    Args:
        remedies: Best first.

    Returns:
        The sentence.
    """
    best = remedies[0]
    sure = [one for one in remedies if one.gain_low > 0]
    ways = len(remedies) - 1
    words = f"{ways} ways out were" if ways != 1 else "1 way out was"
    tried = f"{words} tried on the same folds and seeds"
    if not sure:
        return f"{tried}; none is better for sure than the network as it was."
    won = min(sure, key=lambda one: one.error)
    also = "" if won is best else f" ({best.name} has a lower error, but is not better for sure)"
    return (
        f"{tried}; {won.name} wins{also}: {won.architecture} at rate "
        f"{rate_text(won.learning_rate)} has an error of {number(won.error, 3)}, lower by "
        f"{percent(won.gain)} (at least {percent(won.gain_low)})."
    )
