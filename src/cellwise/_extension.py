"""The compiled kernels, where they were built."""

from functools import cache
from importlib import import_module
from typing import Any


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
    return module, module.instruction_set()
