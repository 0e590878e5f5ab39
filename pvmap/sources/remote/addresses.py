"""Addresses: the host that one names, and how it is told without its secrets."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit


def shown(url: str) -> str:
    """Return an address without what may be secret in it: its user and its query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def host_of(url: str) -> str:
    """Return the host of an address as `Door.hosts` has it: in small letters, its usual port left out.

    Examples
    --------
    >>> host_of("https://Example.org:443/a"), host_of("http://localhost:8080/")
    ('example.org', 'localhost:8080')
    """
    parts = urlsplit(url)
    usual = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
    return parts.netloc.lower().removesuffix(usual)


def hosts_of(urls: Iterable[str]) -> frozenset[str]:
    """Return the hosts of addresses."""
    return frozenset(map(host_of, urls))
