"""Limits of a search that may have held its network back."""

from collections.abc import Iterator

from cellwise.architecture import Architecture
from cellwise.diagnosis import check_epochs, kept_members
from cellwise.records import CandidateRecord, Finding, ReachedLimit
from cellwise.search._growth import FIRST_CELLS, doubling
from cellwise.search._settings import LISTS, SearchSettings

# Fewer epochs than this tell nothing of how the error goes on
_FEWEST_EPOCHS = 4


def limits_reached(chosen: CandidateRecord, settings: SearchSettings) -> tuple[ReachedLimit, ...]:
    """Return the limits beyond which the chosen network might have been better.

    Args:
        chosen: The chosen network.
        settings: Limits of the search.

    Returns:
        ``max_cells`` where a search that grows was left fewer larger sizes than the rejections
        that end it, or a joint search chose the most; ``max_layers`` where it chose the most;
        ``epochs`` where the last was the best for most networks and the error still fell by then.
    """
    found = list(_of_sizes(chosen, settings)) if settings.strategy not in LISTS else []
    epochs = chosen.settings.get("epochs", settings.training.epochs)
    reason = _of_epochs(chosen, epochs)
    if reason:
        found.append(ReachedLimit(name="epochs", value=epochs, reason=reason))
    return tuple(found)


def _of_sizes(chosen: CandidateRecord, settings: SearchSettings) -> Iterator[ReachedLimit]:
    sizes = Architecture.parse(chosen.architecture).hidden_sizes
    if not sizes:
        return
    most, layers = settings.max_cells, settings.max_layers
    grows = settings.strategy in ("growth", "structured")
    larger = [n for n in doubling(FIRST_CELLS, most) if n > max(sizes)]
    if len(larger) < (settings.patience if grows else 1):
        tried = f"{chosen.architecture} was chosen, and sizes up to {most} cells were allowed"
        yield ReachedLimit(name="max_cells", value=most, reason=tried)
    if len(sizes) >= layers:
        tried = f"{chosen.architecture} has as many layers as were allowed"
        yield ReachedLimit(name="max_layers", value=layers, reason=tried)


def _of_epochs(chosen: CandidateRecord, epochs: int) -> str:
    """Why the epochs were too few; empty if they were not."""
    members = kept_members(chosen)
    edge = sum(m.best_epoch >= epochs for m in members)
    falling = epochs < _FEWEST_EPOCHS or isinstance(check_epochs(members, epochs), Finding)
    if 2 * edge <= len(members) or not falling:
        return ""
    return f"the last of {epochs} epochs was the best for {edge} of {len(members)} networks"
