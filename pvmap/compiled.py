"""Compile loops, and keep what was compiled wherever there is a place for it."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numba
import numpy as np
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher

import pvmap

PLAIN = (bool, int, float, complex, str, bytes, tuple, np.generic, type(None))  # constants whose text is all they are


class _Kept(FunctionCache):
    """What is compiled of a function, in files of numba's.

    Numba takes such a file for current where the function's own source file is unchanged, though it holds the compiled
    callees and constants of other files too: after an update it would compute as before. And it ends in an error of
    Python's where a file was cut short by a power failure, or where the disk has no room for another.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Give what is kept of a signature; None where it is not there, of other code, or damaged."""
        self._cache_file._source_stamp = (self._impl.locator.get_source_stamp(), meaning(self._py_func))
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # damaged bytes raise anything
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, if that can be done."""
        with contextlib.suppress(Exception):  # no room, or a damaged index where nothing can be written
            super().save_overload(sig, data)


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function without Python objects, as `numba.njit` does.

    Where neither the package's folder nor the user's can be written, as in a read-only image without a home, numba
    refuses to keep what it compiles: it is then compiled anew by each process.

    Parameters
    ----------
    **options
        Of `numba.njit`.
    """
    keep = options.pop("cache", False)

    def compiled(function: Callable[..., Any]) -> Any:
        made = numba.njit(**options)(function)
        if keep:
            with contextlib.suppress(RuntimeError):  # no place to keep it
                made._cache = _Kept(function)
        return made

    return compiled


def meaning(function: FunctionType) -> str:
    """Hash of all that a function compiles to: its code, the constants it names and the functions it calls."""
    digest = hashlib.sha256()
    for text in _told(function, set()):
        digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _told(value: Any, told: set[FunctionType]) -> Iterator[str]:
    value = value.py_func if isinstance(value, Dispatcher) else value
    if isinstance(value, FunctionType):
        if value not in told:
            told.add(value)
            inside = {**value.__globals__, **dict(zip(value.__code__.co_freevars, _cells(value), strict=True))}
            yield from _code(value.__code__, inside, told)
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype}{value.shape}{value.tobytes()!r}"
    elif isinstance(value, PLAIN):
        yield repr(value)
    else:  # a module, a type or a function of a library: which one, and its fields where it is a tuple of names
        yield f"{getattr(value, '__name__', type(value))}{getattr(value, '_fields', '')}"


def _code(code: CodeType, inside: dict[str, Any], told: set[FunctionType]) -> Iterator[str]:
    yield f"{code.co_code!r}{code.co_names}{code.co_varnames}"
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code(constant, inside, told)
        else:
            yield repr(constant)
    modules = [vars(one) for name in code.co_names if _is_ours(one := inside.get(name))]
    for name in (*code.co_names, *code.co_freevars):
        for one in (inside, *modules):
            if name in one:
                yield f" {name} "
                yield from _told(one[name], told)


def _is_ours(value: Any) -> bool:
    return isinstance(value, ModuleType) and value.__name__.startswith(pvmap.__name__)


def _cells(function: FunctionType) -> list[Any]:
    return [cell.cell_contents for cell in function.__closure__ or ()]


# Decorates functions that make no arrays. Others count who holds an array whenever they hand one on, by locked
# instructions: in functions that are called for every wall or cell, these took half the time.
inner = njit(cache=True, error_model="numpy", _nrt=False)
