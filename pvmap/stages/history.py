"""Runs that are kept: a finished run's tables under a name of their own, before the next run takes their place."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from pvmap.disk import aside
from pvmap.errors import ConfigError, InputError
from pvmap.settings.paths import LONGEST_NAME, usable_as_folder
from pvmap.store import whole
from pvmap.store.whole import RUN

KEPT = "kept"  # folder in a run folder; every folder in it is a run that can be opened and compared


def kept_place(processed: Path, name: str) -> Path:
    """Where a run of that name is kept.

    Raises
    ------
    ConfigError
        No folder can have the name, or a run of that name is kept already.
    InputError
        No run lies there.
    """
    place = processed / KEPT / name
    try:
        if not re.fullmatch(r"[\w.-]+", name) or name.startswith(".") or name.endswith(".") or len(name) > LONGEST_NAME:
            raise ValueError(f"a name is at most {LONGEST_NAME} letters, digits, -, _ and dots within it")
        usable_as_folder(name.lower())
    except ValueError as error:
        raise ConfigError(f"No run can be kept as {name!r}: {error}.") from None
    if os.path.lexists(place):
        raise ConfigError(f"{place} is there already; keep this run under another name, or delete that one.")
    if not os.path.lexists(processed / RUN):
        raise InputError(f"{processed} holds no finished run to keep as {name!r}; run without --keep.")
    return place


def keep(processed: Path, name: str) -> Path:
    """Keep the finished run that lies in a run folder, without copying what the disk can share.

    Raises
    ------
    InputError
        No whole run is there.
    ConfigError
        See `kept_place`.
    """
    place = kept_place(processed, name)
    about = whole.require_record(processed / RUN, "tables")
    if hurt := whole.damaged(processed, about["tables"]):
        raise InputError(f"{processed / hurt[0]} is damaged, so this run cannot be kept; run without --keep.")
    fresh = aside(place)
    for file in (*about["tables"], RUN):  # the record last: a folder without it is no run
        (fresh / file).parent.mkdir(parents=True, exist_ok=True)
        _share(processed / file, fresh / file)
    fresh.rename(place)
    return place


def _share(source: Path, target: Path) -> None:
    """Give a file a second name: tables are never written in place, so it stays what it is. Else copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
