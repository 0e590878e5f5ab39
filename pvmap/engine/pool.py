"""Hand out jobs, gather what comes back, and notice when nobody computes any more."""

from __future__ import annotations

import contextlib
import itertools
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any

import psutil
from dask.system import CPU_COUNT
from distributed import Client, Future, LocalCluster, Status, as_completed, performance_report
from distributed.comm import CommClosedError

from pvmap.attempts import Entry, Refusal, attempt, in_worker, let_in, reason
from pvmap.engine.clusters import local, running_at
from pvmap.errors import InputError
from pvmap.watch import Watch

ALONE_SECONDS = 20.0  # how long a scheduler may be silent, or without workers, while there is work
ANSWER_SECONDS = 5.0  # how long it may take to answer one question
LOOK_SECONDS = 1.0  # between two looks at whether everybody is still there
PAUSE_SECONDS = 0.02  # between two looks for finished jobs
AHEAD = 4  # jobs handed out for each worker: so many results at most lie about, however many jobs there are
LOST = object()  # instead of a result
MOST_DEATHS = 3  # of local workers at birth, for each that was asked for


@dataclass
class Outcomes:
    """What came back: results by job number, and errors by job number."""

    results: dict[int, Any] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)


class Pool:
    """Who computes: this process, a local cluster or the workers of a running scheduler. Starts when first needed.

    Parameters
    ----------
    workers
        Worker processes of the local cluster; 0 computes in this process; None asks for one a core.
    scheduler
        Address of a running Dask scheduler (``tcp://host:port``, ``tls://...``) to use instead of a local cluster.
    entry
        Picklable, hashable; called once in every worker process before it computes. Gives None, or the sentence why
        this worker must not take part.
    watch
        How people look on.
    """

    def __init__(
        self,
        workers: int | None = None,
        scheduler: str | None = None,
        entry: Entry = let_in,
        watch: Watch = Watch(),
    ):
        self._workers, self._scheduler, self._entry, self._watch = workers, scheduler, entry, watch
        self._here = workers == 0 and scheduler is None
        watch.require_possible(self._here)
        self._open = contextlib.ExitStack()
        self._client: Client | None = None
        self._ahead: list[Future] = []  # a future nobody holds is never computed
        self._deaths = self._threads = 0
        self._answered = self._seen = self._looked = 0.0  # last answer, last time with workers, last look

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, error: type[BaseException] | None, *rest: object) -> None:
        self._ahead.clear()
        if error is not None:
            self._kill_own()  # they may be far from the end of what nobody waits for any more
        self._open.close()

    def ahead(self, function: Callable[[Any], Any], argument: Any) -> None:
        """Let one worker do something while this process is busy; what it gives or raises is not looked at.

        Raises
        ------
        InputError
            As `run`.
        """
        if not self._here:
            self._ahead.append(self._started().submit(function, argument, pure=False))

    def run(
        self,
        function: Callable[[Any], Any],
        jobs: Sequence[Any],
        *,
        retries: int = 2,
        on_done: Callable[[int], None] = lambda number: None,
    ) -> Outcomes:
        """Run `function` on every job and gather results and failures; one failed job does not stop the others.

        Parameters
        ----------
        function
            Picklable; called as ``function(job)``.
        jobs
            Small picklable descriptions (paths, not tables).
        retries
            How often a failed job is tried again; one that was refused would be refused again, so it is not, unless it
            was storage that did not answer.
        on_done
            Called with the job's number whenever one has ended, well or badly.

        Raises
        ------
        InputError
            When the scheduler does not answer, goes away or has no worker, or a worker must not take part.
        """
        outcomes = Outcomes()
        if self._here:
            for number, job in enumerate(jobs):
                self._note(attempt(function, job, retries), number, outcomes)
                on_done(number)
        elif jobs:
            client, completed, number_of = self._started(), as_completed(), {}

            def submit(number: int) -> None:
                job = jobs[number]
                key = f"{getattr(function, '__name__', 'job')}-{uuid.uuid4().hex}"  # Dask's pages tell jobs by name
                future = client.submit(in_worker, self._entry, function, job, retries=retries, key=key)
                number_of[future.key] = number
                completed.add(future)

            waiting = iter(range(len(jobs)))
            for number in itertools.islice(waiting, self._most_at_once()):
                submit(number)
            for future in self._finished(completed):
                result = self._result(future)
                if result is LOST:
                    self._look()
                    completed.add(future)
                    continue
                number = number_of.pop(future.key)
                self._note(result, number, outcomes)
                future.release()
                on_done(number)
                for following in itertools.islice(waiting, max(self._most_at_once() - completed.count(), 0)):
                    submit(following)
        return outcomes

    def _most_at_once(self) -> int:
        """Jobs that may be under way: some more than there are workers, so that none of them waits for the next."""
        return AHEAD * max(self._workers or CPU_COUNT, self._threads)

    def _finished(self, futures: as_completed) -> Iterator[Future]:
        """Give futures as they finish, and look now and then whether there is still somebody to finish them."""
        self._answered = self._seen = time.monotonic()
        while futures.count():
            batch = futures.next_batch(block=False)
            yield from batch
            if not batch:
                time.sleep(PAUSE_SECONDS)
                if time.monotonic() > self._looked + LOOK_SECONDS:
                    self._look()
                    self._looked = time.monotonic()

    def _result(self, future: Future) -> Any:
        """Give what a job came to; LOST where that went with its worker and is computed again."""
        try:
            result: Any = LOST
            if future.status == "finished":
                result = future.result(timeout=ANSWER_SECONDS)
            elif future.status == "error":
                result = Refusal(reason(future.exception()))
            elif future.status == "cancelled":
                raise self._gone()
            if result is not LOST:
                self._answered = self._seen = time.monotonic()
            return result
        except (CommClosedError, CancelledError):
            raise self._gone() from None
        except TimeoutError:
            return LOST

    def _note(self, result: Any, number: int, outcomes: Outcomes) -> None:
        if not isinstance(result, Refusal):
            outcomes.results[number] = result
        elif result.everywhere:
            raise InputError(result.sentence)
        else:
            outcomes.failures[number] = result.sentence

    def _started(self) -> Client:
        if self._client is None:
            if self._scheduler is None:
                self._client = self._open.enter_context(local(self._workers or CPU_COUNT, self._watch))
            else:
                self._client, self._threads = self._open.enter_context(running_at(self._scheduler, self._entry))
            if self._watch.dashboard is not None:
                self._watch.dashboard(self._client.dashboard_link)
            if self._watch.profile is not None:
                self._open.enter_context(performance_report(filename=str(self._watch.profile)))
        return self._client

    def _look(self) -> None:
        """Replace own workers that have died at birth; give up when nobody computes any more."""
        assert self._client is not None
        if isinstance(self._client.cluster, LocalCluster):
            self._replace_dead(self._client.cluster)
            return
        if self._client.status != "running":
            raise self._gone()
        try:
            there = self._client.sync(self._client.nthreads, callback_timeout=ANSWER_SECONDS)
        except (OSError, TimeoutError):
            if time.monotonic() > self._answered + ALONE_SECONDS:
                raise self._gone() from None
            return
        self._answered, self._threads = time.monotonic(), sum(there.values())
        if there:
            self._seen = self._answered
        elif self._answered > self._seen + ALONE_SECONDS:
            raise InputError(
                f"--scheduler {self._scheduler}: all its workers have gone; what is finished is kept: start "
                f"`dask worker {self._scheduler}` and run again to resume."
            )

    def _replace_dead(self, cluster: LocalCluster) -> None:
        dead = [name for name, worker in cluster.workers.items() if worker.status == Status.failed]
        if not dead:
            return
        self._deaths += len(dead)
        if self._deaths > MOST_DEATHS * (self._workers or CPU_COUNT):
            raise InputError(
                "Worker processes end as soon as they start (killed, or no memory left for them); see to the memory, "
                "ask for fewer by --workers, or compute in this process by --workers 0."
            )
        cluster.sync(cluster.scale_down, dead)
        cluster.scale(self._workers or CPU_COUNT)

    def _gone(self) -> InputError:
        where = f"--scheduler {self._scheduler}: the scheduler" if self._scheduler else "The local cluster"
        return InputError(f"{where} has gone away; what is finished is kept: start it anew and run again to resume.")

    def _kill_own(self) -> None:
        if self._client is None or not isinstance(self._client.cluster, LocalCluster):
            return
        for worker in self._client.cluster.workers.values():
            if getattr(worker, "pid", None):
                with contextlib.suppress(psutil.Error):
                    psutil.Process(worker.pid).kill()
