"""Hand out jobs, gather what comes back, and notice when nobody computes any more."""

from __future__ import annotations

import contextlib
import itertools
import pickle
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from dask.system import CPU_COUNT
from distributed import Client, Future, KilledWorker, LocalCluster, Status, as_completed, performance_report
from distributed.comm import CommClosedError
from distributed.protocol.pickle import dumps

from pvmap import __version__, disk
from pvmap.attempts import Call, Entry, Failed, Refusal, attempt, let_in, reason
from pvmap.engine.clusters import local, running_at
from pvmap.engine.roll import ANSWER_SECONDS, Roll
from pvmap.errors import InputError
from pvmap.pages import PROFILE, write_page
from pvmap.watch import Watch

LOOK_SECONDS = 1.0  # between two looks at whether everybody is still there
PAUSE_SECONDS = 0.02  # between two looks for finished jobs
AHEAD = 4  # jobs handed out for each worker: so many results at most lie about, however many jobs there are
LOST = object()  # instead of a result
MOST_DEATHS = 3  # of local workers at birth, for each that was asked for
KILLED = "every worker process that tried it was killed (no memory left? ask for fewer --workers)"
MOST_KILLED = 4  # jobs that killed every worker that tried them, before one was done


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
        self._roll: Roll | None = None
        self._deaths = self._killed = 0
        self._works = False
        self._looked = 0.0

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
            self._ahead.append(self._submit(let_in, function, argument))

    def run(
        self,
        function: Callable[[Any], Any],
        jobs: Sequence[Any],
        *,
        retries: int = 2,
        on_done: Callable[[int], None] = lambda number: None,
        smaller: Callable[[Any], Any] = lambda job: None,
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
        smaller
            Gives the same job so that it needs less memory, None where there is no such; asked when there was too
            little for it.

        Raises
        ------
        InputError
            When the scheduler does not answer, goes away or has no worker, or a worker must not take part.
        """
        outcomes = Outcomes()
        if self._here:
            for number, job in enumerate(jobs):
                result = attempt(function, job, retries)
                while (less := _less(result, smaller, job)) is not None:
                    job, result = less, attempt(function, less, retries)
                self._note(result, number, outcomes)
                on_done(number)
        elif jobs:
            self._started()
            completed, job_of = as_completed(), {}

            def submit(number: int, job: Any, priority: int = 0) -> None:
                future = self._submit(self._entry, function, job, retries=retries, priority=priority)
                job_of[future.key] = (number, job)
                completed.add(future)

            waiting = iter(range(len(jobs)))
            for number in itertools.islice(waiting, self._most_at_once()):
                submit(number, jobs[number])
            for future in self._finished(completed):
                result = self._result(future)
                if result is LOST:
                    self._look(at_once=True)
                    completed.add(future)
                    continue
                number, job = job_of.pop(future.key)
                future.release()
                if (less := _less(result, smaller, job)) is not None:
                    submit(number, less, priority=1)
                    continue
                self._note(result, number, outcomes)
                on_done(number)
                for following in itertools.islice(waiting, max(self._most_at_once() - completed.count(), 0)):
                    submit(following, jobs[following])
        return outcomes

    def _most_at_once(self) -> int:
        """Jobs that may be under way: some more than there are workers, so that none of them waits for the next."""
        return AHEAD * max(self._workers or CPU_COUNT, self._roll.threads if self._roll is not None else 0)

    def _submit(self, entry: Entry, function: Callable[[Any], Any], job: Any, **how: int) -> Future:
        key = f"{getattr(function, '__name__', 'job')}-{uuid.uuid4().hex}"  # Dask's pages tell jobs by name
        return self._started().submit(pickle.loads, dumps(Call(entry, function, job)), key=key, **how)

    def _finished(self, futures: as_completed) -> Iterator[Future]:
        """Give futures as they finish, and look now and then whether there is still somebody to finish them."""
        if self._roll is not None:
            self._roll.note_progress()
        while futures.count():
            batch = futures.next_batch(block=False)
            yield from batch
            if not batch:
                time.sleep(PAUSE_SECONDS)
            self._look()

    def _result(self, future: Future) -> Any:
        """Give what a job came to; LOST where that went with its worker and is computed again."""
        try:
            if future.status == "cancelled":
                raise self._gone()
            if future.status == "error":
                return self._failure(future.exception())
            if future.status != "finished":
                return LOST
            result = future.result(timeout=ANSWER_SECONDS)
        except (CommClosedError, CancelledError):
            raise self._gone() from None
        except TimeoutError:
            return LOST
        self._works = True
        if self._roll is not None:
            self._roll.note_progress()
        return result

    def _failure(self, error: BaseException) -> Refusal:
        """Say why a job has failed, and whether the others would fail alike."""
        if isinstance(error, Failed):
            return Refusal(str(error))
        self._look(at_once=True)  # which tells what worker that is, if it is still there
        if isinstance(error, KilledWorker):
            self._killed += 1
            if self._works or self._killed < MOST_KILLED:
                return Refusal(KILLED, too_large=True)
            return Refusal(f"The first {MOST_KILLED} jobs failed alike: {KILLED}.", everywhere=True)
        return Refusal(
            f"A worker cannot run the jobs of pvmap {__version__} ({reason(error)}); install this version, with the "
            "same Python and libraries, on every worker.",
            everywhere=True,
        )

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
                self._client = self._open.enter_context(running_at(self._scheduler))
                self._roll = Roll(self._client, self._scheduler, self._entry)
            if self._watch.dashboard is not None:
                self._watch.dashboard(self._client.dashboard_link)
            if self._watch.profile is not None:
                self._open.enter_context(_reported(self._watch.profile))
        return self._client

    def _look(self, at_once: bool = False) -> None:
        """See now and then whether there is still somebody who computes; replace own workers that died at birth."""
        if not at_once and time.monotonic() < self._looked + LOOK_SECONDS:
            return
        assert self._client is not None
        if self._roll is not None:
            self._roll.look()
        elif isinstance(self._client.cluster, LocalCluster):
            self._replace_dead(self._client.cluster)
        self._looked = time.monotonic()

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
        if self._roll is not None:
            return self._roll.gone()
        return InputError("The local cluster has gone away; what is finished is kept: run again to resume.")

    def _kill_own(self) -> None:
        if self._client is None or not isinstance(self._client.cluster, LocalCluster):
            return
        for worker in self._client.cluster.workers.values():
            if getattr(worker, "pid", None):
                with contextlib.suppress(psutil.Error):
                    psutil.Process(worker.pid).kill()


def _less(result: Any, smaller: Callable[[Any], Any], job: Any) -> Any:
    """Give the job to try instead of one that was too large; None where it was not, or there is none."""
    return smaller(job) if isinstance(result, Refusal) and result.too_large else None


@contextlib.contextmanager
def _reported(path: Path) -> Iterator[None]:
    """Let Dask write its report of what is computed meanwhile; it would write over whatever is there by then."""
    with disk.scratch() as folder:
        fresh = folder / path.name
        with performance_report(filename=str(fresh)):
            yield
        write_page(path, PROFILE, partial(shutil.copyfile, fresh))
