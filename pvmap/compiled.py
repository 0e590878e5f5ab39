"""Compile loops, and keep what was compiled wherever there is a place for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function without Python objects, as `numba.njit` does.

    Where neither the package's folder nor the user's can be written, as in a read-only image without a home, numba
    refuses to keep what it compiles: it is then compiled anew by each process.

    Parameters
    ----------
    **options
        Of `numba.njit`.
    """

    def compiled(function: Callable[..., Any]) -> Any:
        try:
            return numba.njit(**options)(function)
        except RuntimeError:  # no place to keep it
            return numba.njit(**{**options, "cache": False})(function)

    return compiled


# Decorates functions that make no arrays. Others count who holds an array whenever they hand one on, by locked
# instructions: in functions that are called for every wall or cell, these took half the time.
inner = njit(cache=True, error_model="numpy", _nrt=False)
