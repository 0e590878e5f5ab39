"""Ctrl-C ends a command wherever it comes, even where nothing can be raised."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import threading

import pytest

from pvmap.cli.interrupt import Stopped, stoppable

PATIENCE_S = 30.0


class Finalised:
    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


def of_a_finaliser() -> None:
    Finalised()


def of_the_collector() -> None:
    def callback(phase: str, info: dict) -> None:
        gc.callbacks.remove(callback)
        signal.raise_signal(signal.SIGINT)

    gc.callbacks.append(callback)
    gc.collect()


def plain() -> None:
    signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("where", [plain, of_a_finaliser, of_the_collector])
def test_it_is_raised_once_and_nothing_is_printed(where, capfd: pytest.CaptureFixture[str]):
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(Stopped), stoppable():
        where()
        threading.Event().wait(PATIENCE_S)
    assert signal.getsignal(signal.SIGINT) is before
    assert capfd.readouterr().err == ""


def test_a_second_one_does_not_disturb_the_cleaning_up():
    cleaned = False
    with pytest.raises(Stopped), stoppable():
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)
            cleaned = True
    assert cleaned


def test_other_troubles_of_finalisers_are_told_as_before(monkeypatch: pytest.MonkeyPatch):
    told: list[type[BaseException]] = []
    monkeypatch.setattr("sys.unraisablehook", lambda unraisable: told.append(unraisable.exc_type))

    class Broken:
        def __del__(self) -> None:
            raise ValueError

    with stoppable():
        Broken()
    assert told == [ValueError]


EARLY = """
import signal, sys
class Impatient:
    def find_spec(self, name, *_):
        if name == "typer":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Impatient())
from pvmap.__main__ import main
main()
"""


def test_it_ends_in_one_line_while_the_command_line_loads():
    ran = subprocess.run([sys.executable, "-c", EARLY], capture_output=True, check=False)
    assert ran.returncode == 130 and ran.stderr.decode("utf-8") == "pvmap: 已停止 · stopped.\n"
