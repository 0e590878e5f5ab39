"""SOURCES.json beside a city's inputs: where each fetched file came from, on what terms, and whether it is still it."""

from __future__ import annotations

import datetime
import hashlib
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pvmap import disk
from pvmap.config import file_inputs, named_paths
from pvmap.errors import InputError
from pvmap.foreign_text import json_text
from pvmap.opening import read_utf8
from pvmap.settings.city import Settings, VectorInput
from pvmap.settings.presets import preset

if TYPE_CHECKING:
    from pvmap.sources.remote.provider import Given, Provider, Wish

NAME = "SOURCES.json"
_WRITING = threading.Lock()


def entries(raw: Path) -> list[dict[str, Any]]:
    """Return what was fetched into a folder, empty where nothing was.

    Raises
    ------
    InputError
        The file is there and is none of ours.
    """
    path = raw / NAME
    if not path.exists():
        return []
    try:
        found = json.loads(read_utf8(path))["files"]
        if all(isinstance(one, dict) and {"file", "layer", "attribution", "sha256"} <= one.keys() for one in found):
            return found
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise InputError(f"{path} is not what pvmap fetch writes; move it away and fetch again.")


def present(raw: Path, wish: Wish) -> list[dict[str, Any]]:
    """Return the entries of a layer if it was fetched for this window and its files lie there as they came."""
    ours = [one for one in entries(raw) if one["layer"] == wish.layer]
    wanted = {"window": list(wish.window), "asked_release": wish.release}
    if wish.layer == "weather_years":
        wanted["years"] = list(wish.years)
    same = ours and all(one.get(key) == value for one in ours for key, value in wanted.items())
    return ours if same and all(_is_whole(raw, one) for one in ours) else []


def is_strange(raw: Path, path: Path) -> bool:
    """Whether a file lies there that pvmap has not fetched, or that somebody has changed since."""
    if not path.exists():
        return False
    known = [one for one in entries(raw) if one["file"] == path.name]
    return not any(_is_whole(raw, one) for one in known)


def write(raw: Path, wish: Wish, provider: Provider, given: Given) -> list[dict[str, Any]]:
    """Add what was given to the file, in the place of what was there of the layer."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    credits = ", ".join((provider.attribution, *given.also))
    fresh = [
        {
            "file": path.name,
            "layer": wish.layer,
            "provider": provider.name,
            "address": address,
            "release": given.release,
            "asked_release": wish.release,
            "fetched": now,
            "licence": provider.licence,
            "attribution": credits,
            "sha256": sha256(path),
            "bytes": path.stat().st_size,
            "rows": given.rows,
            "crs": given.crs,
            "window": list(wish.window),
            "years": list(wish.years) if wish.layer == "weather_years" else [],
            "note": given.note,
        }
        for path, address in given.files.items()
    ]
    with _WRITING:
        others = [one for one in entries(raw) if one["layer"] != wish.layer]
        _write(raw, [*others, *fresh])
    return fresh


def sha256(path: Path) -> str:
    """SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def credited(settings: Settings, raw: Path) -> Settings:
    """Return the settings with the words added that must stand wherever its public inputs are shown.

    Raises
    ------
    InputError
        As `entries`.
    """
    inputs = [one for _, one in file_inputs(settings)]
    used = {path for one in inputs for path in named_paths(one)}
    sets = {one.preset for one in inputs if isinstance(one, VectorInput) and one.preset}
    fetched = [one["attribution"] for one in entries(raw) if one["file"] in used]
    words = [settings.city.attribution, *fetched, *(preset(name).attribution for name in sorted(sets))]
    city = settings.city.model_copy(update={"attribution": "; ".join(dict.fromkeys(filter(None, words)))})
    return settings.model_copy(update={"city": city})


def _is_whole(raw: Path, entry: dict[str, Any]) -> bool:
    path = raw / Path(str(entry["file"])).name
    return path.is_file() and path.stat().st_size == entry.get("bytes") and sha256(path) == entry["sha256"]


def _write(raw: Path, files: list[dict[str, Any]]) -> None:
    text = json_text({"files": files}, indent=1)
    disk.write_atomically(raw / NAME, lambda temporary: temporary.write_text(text, encoding="utf-8"))
