"""SOURCES.json beside a city's inputs: where each fetched file came from, on what terms, and whether it is still it."""

from __future__ import annotations

import datetime
import json
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pvmap import disk
from pvmap.config import file_inputs, named_paths
from pvmap.errors import InputError
from pvmap.findings import Finding, finding, from_record
from pvmap.foreign_text import json_text
from pvmap.opening import is_there, read_utf8
from pvmap.settings.city import Settings, VectorInput
from pvmap.settings.presets import preset
from pvmap.store.whole import is_as_told
from pvmap.versions import content_hash

if TYPE_CHECKING:
    from pvmap.sources.remote.provider import Given, Provider, Wish

NAME = "SOURCES.json"
MANY, SINGLE = (
    ("mines", "fishponds", "backdrop"),
    ("dem", "land_cover", "land_use"),
)  # inputs that a city can be run without
_WRITING = threading.Lock()


def entries(raw: Path) -> list[dict[str, Any]]:
    """Return what was fetched into a folder, empty where nothing was.

    Raises
    ------
    InputError
        The file is there and is none of ours.
    """
    return _content(raw)["files"]


def gaps(raw: Path) -> list[dict[str, str]]:
    """Return the layers that could not be had and that nobody has brought since: file, layer, why."""
    return [one for one in _content(raw)["gaps"] if not (raw / Path(one["file"]).name).exists()]


def _content(raw: Path) -> dict[str, list[dict[str, Any]]]:
    path = raw / NAME
    if not is_there(path):
        return {"files": [], "gaps": []}
    try:
        found = json.loads(read_utf8(path))
        whole = {"files": found["files"], "gaps": found.get("gaps", [])}
        told = {"files": ("file", "layer", "attribution", "sha256"), "gaps": ("file", "layer", "why")}
        if all(isinstance(one[name], str) for part, names in told.items() for one in whole[part] for name in names):
            return whole
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
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
    if not os.path.lexists(path):
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
            "sha256": content_hash(path),
            "bytes": path.stat().st_size,
            "rows": given.rows,
            "crs": given.crs,
            "window": list(wish.window),
            "years": list(wish.years) if wish.layer == "weather_years" else [],
            "findings": [one.as_record() for one in given.findings],
        }
        for path, address in given.files.items()
    ]
    with _WRITING:
        _write(raw, wish.layer, files=fresh)
    return fresh


def write_gap(raw: Path, wish: Wish, why: str) -> None:
    """Say that a layer could not be had; what was there of it before stays."""
    with _WRITING:
        kept = [one for one in entries(raw) if one["layer"] == wish.layer]
        _write(raw, wish.layer, files=kept, gaps=[{"file": wish.path.name, "layer": wish.layer, "why": why}])


def credited(settings: Settings, raw: Path) -> Settings:
    """Return the settings as a run takes them: with the credits of public inputs, without layers that are gaps.

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
    return _without_gaps(settings.model_copy(update={"city": city}), {one["file"] for one in gaps(raw)})


def _without_gaps(settings: Settings, missing: set[str]) -> Settings:
    """Leave out inputs and files of masks that could not be had; a run names them."""
    if not missing:
        return settings
    inputs = {
        **{many: tuple(one for one in getattr(settings.inputs, many) if one.path not in missing) for many in MANY},
        **{one: None for one in SINGLE if (found := getattr(settings.inputs, one)) and found.path in missing},
    }
    masks = tuple(
        mask.model_copy(update={"input": None}) if mask.input and mask.input.path in missing else mask
        for mask in settings.masks
    )
    return settings.model_copy(update={"inputs": settings.inputs.model_copy(update=inputs), "masks": masks})


def doubt_fetched(raw: Path) -> list[Finding]:
    """Tell the gaps, and what was doubtful about files that are there.

    Raises
    ------
    InputError
        As `entries`.
    """
    missing = gaps(raw)
    told = [finding("layer-not-fetched", layer=one["file"], reason=str(one["why"]).rstrip(" .")) for one in missing]
    there = [one for one in entries(raw) if (raw / Path(one["file"]).name).exists()]
    return told + told_of(there)


def told_of(entries: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Return what was found about layers as they were fetched, once where a layer has several files.

    Raises
    ------
    InputError
        These are no findings of ours.
    """
    layers = {one["layer"]: one for one in entries}
    try:
        found = [from_record(one) for entry in layers.values() for one in entry.get("findings", ())]
        return [one for one in found if one.sentence()]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError(f"{NAME} is not what pvmap fetch writes; move it away and fetch again.") from None


def _is_whole(raw: Path, entry: dict[str, Any]) -> bool:
    return is_as_told(raw / Path(str(entry["file"])).name, entry)


def _write(raw: Path, layer: str, **fresh: list[dict[str, Any]]) -> None:
    """Put what is fresh in the place of what was there of a layer."""
    there = _content(raw)
    whole = {
        part: [*(one for one in there[part] if one["layer"] != layer), *fresh.get(part, [])]
        for part in ("files", "gaps")
    }
    text = json_text(whole, indent=1)
    disk.write_atomically(raw / NAME, lambda temporary: temporary.write_text(text, encoding="utf-8"))
