"""Ctrl-C that is never lost: where a library's callback swallows it, it comes again."""

from __future__ import annotations

import _thread
import contextlib
import signal
import sys
import threading
from collections.abc import Iterator

AGAIN_S = 0.02  # seconds until what swallowed it has returned


class Stopped(BaseException):
    """Ctrl-C; no KeyboardInterrupt, which the libraries below answer in ways of their own."""


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Let Ctrl-C raise `Stopped` within the block, once.

    Python raises it wherever the main thread happens to be. In a finaliser or in a callback of the garbage collector
    nothing can be raised: Python prints a traceback and goes on. There it is asked for again a little later, and
    nothing is printed.
    """
    asked = False

    def stop(*_: object) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # impatience would only disturb the cleaning up
        raise Stopped

    def lost(unraisable: sys.UnraisableHookArgs) -> None:
        if not asked:
            told_before(unraisable)
        elif issubclass(unraisable.exc_type, Stopped):
            signal.signal(signal.SIGINT, stop)
            again = threading.Timer(AGAIN_S, _interrupt_main_thread)
            again.daemon = True
            again.start()

    before, told_before = signal.signal(signal.SIGINT, stop), sys.unraisablehook
    sys.unraisablehook = lost
    try:
        yield
    finally:
        sys.unraisablehook = told_before
        signal.signal(signal.SIGINT, before)


def _interrupt_main_thread() -> None:
    if hasattr(signal, "pthread_kill"):  # wakes it where it waits, too
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main(signal.SIGINT)
