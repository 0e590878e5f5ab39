"""The roll of somebody else's workers: each is asked whether it may take part, those that come late too."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

from distributed import Client

from pvmap import __version__
from pvmap.attempts import Entry, enter, reason
from pvmap.engine.clusters import no_scheduler
from pvmap.errors import InputError

ALONE_SECONDS = 20.0  # how long a scheduler may be silent, or without workers, while there is work
ANSWER_SECONDS = 5.0  # how long it may take to answer one question
LOAD_SECONDS = 20.0  # how long workers may take to load pvmap, over a network perhaps, before they say who they are
MOST_MUTE = 3  # workers that came and went, or said nothing, since a job was done last


class Roll:
    """Who computes behind a scheduler, and whether anybody still does.

    Parameters
    ----------
    client, scheduler
        The scheduler, and its address for people.
    entry
        Asked of every worker; see `Pool`.

    Raises
    ------
    InputError
        There are no workers, or one of them must not take part.
    """

    def __init__(self, client: Client, scheduler: str, entry: Entry):
        self._client, self._scheduler, self._entry = client, scheduler, entry
        self._asked: set[str] = set()
        self._answered: set[str] = set()
        self._mute: dict[str, str] = {}  # address: why it has not said who it is
        self.threads = 0
        self.note_progress()
        client.subscribe_topic("all", self._note_event)
        there = self._there()
        if there is None:
            raise no_scheduler(scheduler, TimeoutError())
        if not there:
            raise InputError(f"--scheduler {scheduler}: the scheduler has no workers; start `dask worker {scheduler}`.")
        self._ask(there)
        if self._mute:
            address, why = next(iter(self._mute.items()))
            raise _cannot_load(address, why)

    def note_progress(self) -> None:
        """Note that a job was done, or that work begins: somebody is there."""
        self._heard = self._seen = time.monotonic()
        self._mute.clear()

    def look(self) -> None:
        """Ask who has come since; give up when nobody computes any more.

        Raises
        ------
        InputError
            The scheduler is silent or gone, its workers are, or one must not take part.
        """
        there = self._there() if self._client.status == "running" else {}
        if self._client.status != "running" or (there is None and time.monotonic() > self._heard + ALONE_SECONDS):
            raise self.gone()
        if there is None:
            return
        self._heard, self.threads = time.monotonic(), sum(there.values())
        self._ask([address for address in there if address not in self._asked])
        if len(self._mute) >= MOST_MUTE:
            raise _cannot_load(*list(self._mute.items())[-1])
        if self._answered & set(there):
            self._seen = time.monotonic()
        elif self._heard > self._seen + ALONE_SECONDS:
            raise InputError(
                f"--scheduler {self._scheduler}: all its workers have gone; what is finished is kept: start "
                f"`dask worker {self._scheduler}` and run again to resume."
            )

    def gone(self) -> InputError:
        """Say that the scheduler has gone."""
        return InputError(
            f"--scheduler {self._scheduler}: the scheduler has gone away; what is finished is kept: start it anew and "
            "run again to resume."
        )

    def _there(self) -> dict[str, int] | None:
        """Threads of each worker by its address; None where the scheduler does not say."""
        try:
            there: dict[str, int] = self._client.sync(self._client.nthreads, callback_timeout=ANSWER_SECONDS)
        except (OSError, TimeoutError):
            return None
        self.threads = sum(there.values())
        return there

    def _ask(self, workers: Collection[str]) -> None:
        """Let workers say at once whether they may take part."""
        if not workers:
            return
        self._asked.update(workers)
        for address, answer in self._answers(list(workers)).items():
            if isinstance(answer, OSError | TimeoutError):
                self._mute[address] = reason(answer)
            elif isinstance(answer, Exception):
                raise _cannot_load(address, reason(answer))
            elif answer is not None:
                raise InputError(f"Worker {address}: {answer}")
            else:
                self._answered.add(address)

    def _answers(self, workers: list[str]) -> dict[str, Any]:
        how: dict[str, Any] = {"workers": workers, "on_error": "return", "callback_timeout": LOAD_SECONDS}
        try:
            return self._client.sync(self._client.run, enter, self._entry, **how)
        except TimeoutError:
            return dict.fromkeys(workers, TimeoutError(f"no answer in {LOAD_SECONDS:g} s"))
        except OSError:
            raise self.gone() from None

    def _note_event(self, event: tuple[float, Any]) -> None:
        """Note who has gone before it could be asked: such a one may have come and gone between two looks."""
        told = event[1]
        if isinstance(told, dict) and told.get("action") == "remove-worker" and told["worker"] not in self._asked:
            self._mute[told["worker"]] = "it has ended as soon as it came; its log says why"


def _cannot_load(address: str, why: str) -> InputError:
    return InputError(f"Worker {address} cannot load pvmap {__version__} ({why}); install this version there.")
