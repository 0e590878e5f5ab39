"""The one door to the network: who may be asked, how, how often, and how much may come back.

Only https, only hosts that were named, no redirect to another host or scheme, certificates verified, proxies of the
environment honoured. What may pass is tried again, later and later, and as late as the server asks for. urllib3 speaks
the protocol and decides what to try again and when; what is asked of it stands here and nowhere else.
"""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, LocationValueError, MaxRetryError, ProxyError, SSLError
from urllib3.response import BaseHTTPResponse

from pvmap import __version__
from pvmap.errors import FetchError, OfflineError
from pvmap.sources.remote.addresses import host_of, shown
from pvmap.sources.remote.answers import CHUNK, REMEDIES, Again, reason, refuse, said
from pvmap.sources.remote.connections import connections

MOVED = frozenset({301, 302, 303, 307, 308})
MOST_MOVES = 3
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for.

    Attributes
    ----------
    attempts
        Requests in all before one is given up.
    first_wait_s, longest_wait_s
        Waits double from the first to the longest; a server that asks for more than the longest is given up.
    connect_s, answer_s
        For a connection, and for the next bytes of an answer.
    grace_s, slowest_bytes_per_s
        After the grace an answer must have come at least this fast on average.
    """

    attempts: int = 5
    first_wait_s: float = 1.0
    longest_wait_s: float = 120.0
    connect_s: float = 15.0
    answer_s: float = 60.0
    grace_s: float = 60.0
    slowest_bytes_per_s: float = 1000.0


@dataclass
class Door:
    """Everything that is asked of the network goes through one of these.

    Attributes
    ----------
    hosts
        Names, with the port where it is not the usual one, that may be asked.
    contact
        An address that a provider can write to, sent with every request.
    offline
        Whether every request is refused.
    plain_loopback
        Whether http is allowed to this very machine, for servers that tests run.
    shared
        Hosts that may be asked several things at a time; of the others each is asked one at a time.
    wait, clock
        How time is waited for and told; by default a wait ends when all is stopped.
    stopped
        Set from another thread, it ends whatever is going on at its next piece.
    """

    hosts: frozenset[str]
    contact: str = ""
    offline: bool = False
    plain_loopback: bool = False
    patience: Patience = Patience()
    shared: frozenset[str] = frozenset()
    wait: Callable[[float], object] | None = None
    clock: Callable[[], float] = time.monotonic
    stopped: threading.Event = field(default_factory=threading.Event)
    _turns: dict[str, threading.Lock] = field(default_factory=dict)
    _pools: dict[str, urllib3.PoolManager] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def require_allowed(self, url: str) -> str:
        """Return the host of an address that may be asked.

        Raises
        ------
        FetchError
            It is not https, names a user, or its host is not among those that were named.
        OfflineError
            Nothing may be asked.
        """
        parts = urlsplit(url)
        plain = self.plain_loopback and parts.scheme == "http" and parts.hostname in LOOPBACK
        if parts.scheme != "https" and not plain:
            raise FetchError(f"{shown(url)} is not https; pvmap asks nothing in the clear.")
        host = host_of(url)
        if host not in self.hosts:
            raise FetchError(
                f"{shown(url)} is not on a host that pvmap asks; a mirror is named under [fetch.mirrors] of the "
                "city file."
            )
        if self.offline:
            raise OfflineError(f"{host} is not asked: --offline; run again without it to fetch.")
        return host

    def ask(
        self,
        url: str,
        read: Callable[[BaseHTTPResponse], T],
        *,
        headers: Callable[[], Mapping[str, str]] = dict,
        method: str = "GET",
        body: bytes | None = None,
        answer_s: float | None = None,
        least_wait_s: float = 0.0,
    ) -> T:
        """Ask until there is a whole answer, and return what `read` makes of it.

        Parameters
        ----------
        url
            Address; see `require_allowed`.
        read
            Reads a 200, 201 or 206; raises `Again` where another try may help. It may be called several times.
        headers
            Called before every try, so that one can go on where the last one ended.
        method, body
            As HTTP has them.
        answer_s
            How long to wait for the first bytes, where a server computes first.
        least_wait_s
            How long to wait at least before another try.

        Raises
        ------
        NotThere
            404 or 410.
        FetchError
            One sentence on whatever else went wrong, at last.
        """
        host = self.require_allowed(url)
        policy = urllib3.Retry(
            total=self.patience.attempts - 1,
            backoff_factor=self.patience.first_wait_s,
            backoff_max=self.patience.longest_wait_s,
        )
        with self._turn(host):
            while True:
                try:
                    response = self._open(method, url, {**self._own(), **headers()}, body, answer_s)
                    try:
                        return read(response)
                    except (HTTPError, OSError) as error:
                        if isinstance(error, OSError) and not isinstance(error, (ConnectionError, TimeoutError)):
                            raise  # of the disk
                        raise Again(reason(error)) from None
                    finally:
                        response.close()
                except Again as again:
                    policy = self._next(policy, url, again, least_wait_s)

    def pause(self, seconds: float) -> None:
        """Wait, unless all is stopped."""
        (self.wait or self.stopped.wait)(seconds)
        self.go_on()

    def go_on(self) -> None:
        """Raise a FetchError when all is stopped."""
        if self.stopped.is_set():
            raise FetchError("stopped.")

    def _next(self, policy: urllib3.Retry, url: str, again: Again, least_s: float) -> urllib3.Retry:
        """Wait as long as the server, or the policy, wants."""
        try:
            policy = policy.increment("GET", url, error=HTTPError(str(again)))
        except (MaxRetryError, HTTPError):
            raise FetchError(
                f"{shown(url)} did not answer in {self.patience.attempts} tries, last: {again}; try again later."
            ) from None
        try:
            asked = None if again.response is None else policy.get_retry_after(again.response)
        except HTTPError:  # a date that is none
            asked = None
        if asked is not None and asked > self.patience.longest_wait_s:
            raise FetchError(f"{shown(url)} asks to be left alone for {asked:,.0f} s ({again}); try again then.")
        own = max(policy.get_backoff_time(), self.patience.first_wait_s)
        self.pause(max(own if asked is None else asked, least_s))
        return policy

    def _open(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None, answer_s: float | None
    ) -> BaseHTTPResponse:
        """Get the head of a 200, 201 or 206, moves followed within the host."""
        timeout = urllib3.Timeout(connect=self.patience.connect_s, read=answer_s or self.patience.answer_s)
        for _ in range(MOST_MOVES + 1):
            try:
                response = self._pool(url).urlopen(
                    method, url, headers=headers, body=body, redirect=False, retries=False,
                    preload_content=False, timeout=timeout,
                )  # fmt: skip
            except LocationValueError:
                raise FetchError(f"{shown(url)} is not an address; correct it in the city file.") from None
            except SSLError as error:
                raise FetchError(
                    f"{shown(url)} does not prove who it is ({reason(error)}); see the clock of this machine, or name "
                    "the certificates of your network in SSL_CERT_FILE."
                ) from None
            except (HTTPError, OSError) as error:
                if isinstance(error, ProxyError) and "407" in str(error.original_error):
                    raise FetchError(f"{shown(url)}: {REMEDIES[407]}.") from None
                if "CERTIFICATE_VERIFY" in str(error):
                    raise FetchError(f"{shown(url)} does not prove who it is ({reason(error)}).") from None
                raise Again(reason(error)) from None
            if response.status in (200, 201, 206):
                return response
            told = said(response)
            response.close()
            if response.status not in MOVED:
                refuse(url, response, told)
            url, method = self._moved(url, response), "GET" if body is None else method
        raise FetchError(f"{shown(url)} moves on and on; try again later.")

    def _moved(self, url: str, response: BaseHTTPResponse) -> str:
        """Return the new address, which is of the same host."""
        new = urljoin(url, response.headers.get("Location", ""))
        if (urlsplit(new).scheme, host_of(new)) != (urlsplit(url).scheme, host_of(url)):
            raise FetchError(
                f"{shown(url)} sends on to {shown(new)}, another host or scheme, which is not followed; if it is the "
                "provider's, name it under [fetch.mirrors]."
            )
        return new

    def _own(self) -> dict[str, str]:
        about = f" ({self.contact})" if self.contact else ""
        return {"User-Agent": f"pvmap/{__version__}{about}", "Accept-Encoding": "identity"}

    @contextmanager
    def _turn(self, host: str) -> Iterator[None]:
        if host in self.shared:
            yield
            return
        with self._guard:
            lock = self._turns.setdefault(host, threading.Lock())
        with lock:
            yield

    def _pool(self, url: str) -> urllib3.PoolManager:
        """Return the connections of a scheme, by way of the environment's proxy where it names one."""
        parts = urlsplit(url)
        proxies = {} if urllib.request.proxy_bypass(parts.netloc) else urllib.request.getproxies()
        proxy = proxies.get(parts.scheme) or proxies.get("all", "")
        with self._guard:
            key = f"{parts.scheme} {proxy}"
            if key not in self._pools:
                self._pools[key] = connections(proxy, parts.scheme == "https")
            return self._pools[key]


def body_of(response: BaseHTTPResponse, door: Door, most_bytes: int) -> Iterator[bytes]:
    """Yield an answer's body, of which there may be only so much, and not too slowly.

    Raises
    ------
    Again
        It is shorter than announced or comes too slowly.
    FetchError
        It is larger than `most_bytes`, unpacked.
    """
    began, n_bytes = door.clock(), 0
    while chunk := response.read1(CHUNK, decode_content=True):
        door.go_on()
        n_bytes += len(chunk)
        if n_bytes > most_bytes:
            raise FetchError(
                f"{shown(response.url or '')} sends more than {most_bytes / 1e6:,.0f} MB, which this cannot hold; "
                "see whether it is the right address."
            )
        took = door.clock() - began
        if took > door.patience.grace_s and n_bytes < took * door.patience.slowest_bytes_per_s:
            raise Again(f"{n_bytes:,} bytes in {took:,.0f} s")
        yield chunk
