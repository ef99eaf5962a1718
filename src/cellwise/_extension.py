"""The compiled kernels, where they were built, and the threads that they run on."""

from functools import cache
from importlib import import_module
from typing import Any

from cellwise._errors import SettingsError
from cellwise._machine import usable_cores

_MOST_THREADS = 1024


@cache
def load_extension() -> tuple[Any, str]:
    """Load the compiled kernels.

    Returns:
        The extension module and its instruction set, or ``None`` and the reason why not.
    """
    try:
        module = import_module("cellwise._native")
    except ImportError as error:
        return None, (
            f"the compiled kernels are not there ({error}); install a C++ compiler and run "
            "pip install --force-reinstall --no-deps cellwise for the fast ones"
        )
    module.set_num_threads(usable_cores())
    return module, module.instruction_set()


def set_num_threads(count: int) -> None:
    """Set how many threads the compiled kernels run on; results do not depend on it.

    Args:
        count: Threads, at least 1; the usable cores (by affinity and control group) at the start.

    Raises:
        SettingsError: If there are to be fewer than 1 or more than 1,024.
    """
    if not 1 <= count <= _MOST_THREADS:
        raise SettingsError(f"num_threads must be from 1 to {_MOST_THREADS}, got {count}")
    extension = load_extension()[0]
    if extension is not None:
        extension.set_num_threads(count)


def num_threads() -> int:
    """Return how many threads the compiled kernels run on; 1 where they are not there."""
    extension = load_extension()[0]
    return 1 if extension is None else int(extension.num_threads())


def release_memory() -> None:
    """Give memory that the compiled kernels keep for the next step back to the system."""
    extension = load_extension()[0]
    if extension is not None:
        extension.release_memory()
