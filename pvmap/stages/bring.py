"""Inputs that lie in object storage: brought into the raw folder once, and anew when they have changed there.

Only what the city file names is asked for, and only what its user allows. Credentials are the business of the
storage's own library, which finds them in the environment or its usual files; none of its messages is repeated, for
they may tell them.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

from pvmap import config, disk
from pvmap.errors import ConfigError, InputError, PvmapError
from pvmap.foreign_text import visible
from pvmap.opening import is_pattern
from pvmap.settings.addresses import ALLOWED, BROUGHT, SCHEMES, address_of, is_allowed, place_of, scheme_of
from pvmap.settings.city import Settings
from pvmap.store import whole
from pvmap.store.record_shapes import ORIGINS

RECORD = "origins.json"  # in the folder: what was brought, from where, and how it was marked there
CONNECT_SECONDS, ANSWER_SECONDS, TRIES = 5, 10, 2  # who never answers is told within half a minute
PATIENCE_SECONDS, SLOWEST_BYTES_PER_SECOND = 25, 10_000  # nor is who answers a byte at a time waited for
LISTED_BYTES = 5_000_000  # what a bucket may say of what a pattern finds, which may be much
OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {
        "config_kwargs": {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": ANSWER_SECONDS,
            "retries": {"max_attempts": 0},  # s3fs tries again by itself, and each of its tries would be as many
        }
    }
}
FULL = (errno.ENOSPC, errno.EROFS)  # of the disk here
MARKS = ("ETag", "etag", "md5Hash", "content_settings", "LastModified", "last_modified", "mtime")


def opened(address: str) -> Any:
    """Open the storage behind an address: a file system of fsspec.

    Raises
    ------
    ConfigError
        The user does not allow it, or the package for it is missing.
    """
    scheme = scheme_of(address)
    if not is_allowed(scheme):
        raise ConfigError(
            f"{visible(address)} is no address that may be used: write one of {', '.join(f'{s}://' for s in SCHEMES)} "
            f"and allow it, for example by {ALLOWED}={scheme or 's3'}."
        )
    if find_spec("fsspec") is None or find_spec(SCHEMES[scheme]) is None:
        raise ConfigError(f"{scheme}:// needs a package of its own: `pip install {SCHEMES[scheme]}`.")
    import fsspec

    with answers(address):
        fs = fsspec.filesystem(scheme, use_listings_cache=False, skip_instance_cache=True, **OPTIONS.get(scheme, {}))
        if scheme == "s3":
            fs.retries = TRIES
        return fs


def asked(storage: Any, what: str, *args: Any, n_bytes: int = 0, **more: Any) -> Any:
    """Ask storage for something, no longer than that may take.

    Parameters
    ----------
    storage
        As `opened` gives it.
    what, args, more
        Name of its method, and what that is called with.
    n_bytes
        How much has to go to or fro.

    Raises
    ------
    fsspec.exceptions.FSTimeoutError
        It has not answered by then.
    """
    from fsspec.asyn import sync

    patience = PATIENCE_SECONDS + n_bytes / SLOWEST_BYTES_PER_SECOND
    return sync(storage.loop, getattr(storage, f"_{what}"), *args, timeout=patience, **more)


@contextlib.contextmanager
def answers(address: str) -> Iterator[None]:
    """Say in one sentence what storage does not let us do; its own words are left out.

    Raises
    ------
    InputError
        Instead of whatever its library raises.
    """
    try:
        yield
    except PvmapError:
        raise
    except Exception as error:  # a library each, with errors of their own
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        raise InputError(f"{visible(address)}: {_why(error)}.") from None


def _why(error: Exception) -> str:
    name = type(error).__name__
    if isinstance(error, FileNotFoundError):
        return "there is no such bucket or file; correct the address"
    if isinstance(error, PermissionError):
        return "these credentials may not do that; see to them, or to the rights of the bucket"
    if "redential" in name or "Profile" in name:
        return "no credentials were found; give them in the environment or in the storage's usual config files"
    return f"storage does not answer as it should ({name}); see to the network and run again"


def marks(info: dict[str, Any]) -> str:
    """Tell one content of an object from another without reading it: by its size and its mark."""
    mark = next((str(info[name]) for name in MARKS if info.get(name)), "")
    return f"{info.get('size')} {mark}"


def bring_inputs(settings: Settings, raw: Path) -> None:
    """Bring every input that the city file names by address, as far as it is not here as it is there.

    Raises
    ------
    InputError
        Storage does not give it; what was brought before stays.
    """
    named = {p: a for _, one in config.file_inputs(settings) for p in config.named_paths(one) if (a := address_of(p))}
    folder = raw / BROUGHT
    before = whole.read_record(folder / RECORD, shape=ORIGINS) or {} if named else {}
    for address in named.values():
        storage = opened(address)
        with answers(address):
            there = _there(storage, address)
        if not there:
            raise InputError(f"{visible(address)}: there is no such bucket or file; correct the address.")
        was = before.get(address, {})
        now: dict[str, Any] = {}
        for name, mark in there.items():
            file = raw / _place(name)
            known = was.get(name)
            if known is None or known["marks"] != mark or whole.damaged(file.parent, known["file"]):
                disk.write_atomically(file, partial(_get, storage, name, mark))
            now[name] = {"marks": mark, "file": whole.measured(file.parent, [file.name])}
        for name in set(was) - set(now):
            disk.remove(raw / _place(name))
        before = before | {address: now}
        whole.write_record(folder / RECORD, before)


def _there(storage: Any, address: str) -> dict[str, str]:
    """Files behind an address, companions included (those that share its name up to the ending), with their marks."""
    scheme, name = scheme_of(address), PurePosixPath(address.partition("://")[2])
    if is_pattern(str(name)):
        found = list(asked(storage, "glob", str(name), detail=True, n_bytes=LISTED_BYTES).values())
    else:
        found = [asked(storage, "info", str(name))]
        with contextlib.suppress(PermissionError):  # who may read a file may not always list its folder
            beside = asked(storage, "ls", str(name.parent), detail=True)
            stem = str(name.with_suffix("")) + "."
            found += [one for one in beside if one["name"].startswith(stem) and one["name"] != str(name)]
    return {f"{scheme}://{one['name']}": marks(one) for one in found if one["type"] == "file"}


def _place(address: str) -> str:
    try:
        return place_of(address)
    except ValueError as error:
        raise InputError(f"{visible(address)} cannot be brought: {error}.") from None


def _get(storage: Any, address: str, mark: str, file: Path) -> None:
    size = mark.split()[0]
    with answers(address):
        asked(storage, "get_file", address.partition("://")[2], str(file), n_bytes=int(size))
    if str(file.stat().st_size) != size:
        raise InputError(f"{visible(address)} was cut short on its way, or changed meanwhile; run again.")
