"""Stamps tell whether anything has changed that a result depends on.

A stamp is a hash over the package's source files that matter, the settings a stage uses and its input files. A part
whose stamp is current is not computed again, which is also how a killed run resumes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pvmap
from pvmap.config import Settings, file_inputs

PREPARE_CODE = (
    *("settings", "sources", "sites", "config.py", "crs.py", "column.py", "findings", "tables.py", "store.py"),
    *("stages/prepare.py", "stages/measured_heights.py"),
)
TILE_CODE = (
    *PREPARE_CODE,
    "shade",
    "energy",
    "stages/assess.py",
    "stages/surroundings.py",
    "stages/surface_blocks.py",
    "stages/roofs.py",
    "stages/simulate.py",
    "stages/skies.py",
)
BUREAU = frozenset({"overrides", "market_prices", "load"})  # inputs that are read when results are settled, no earlier
PREPARE_SETTINGS: dict[str, Any] = {
    "city": {"crs", "utc_offset_hours"},  # no number depends on its titles
    **dict.fromkeys(("inputs", "masks", "weather", "rooftop", "mine", "fishpond", "siting", "module", "demo"), True),
    "roof_planes": True,
    "surface_model": {"least_height_m", "least_cover"},
}
TILE_SETTINGS = {
    **PREPARE_SETTINGS,
    "shade": True,
    "energy": True,
    "surface_model": {"least_height_m", "least_cover", "reach_m", "clearance_m"},
}


def file_hash(path: Path) -> str:
    """SHA-256 of a file; of a folder's files where the path is a folder."""
    if path.is_dir():
        return digest(f"{p.relative_to(path)}:{file_hash(p)}" for p in sorted(path.rglob("*")) if p.is_file())
    state = path.stat()
    return _content_hash(path, state.st_mtime_ns, state.st_size)


@cache
def _content_hash(path: Path, changed: int, size: int) -> str:
    """Hash a file once a process, and again when it has changed."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digest(parts: Iterable[str]) -> str:
    """One short hash of many strings."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def input_files(settings: Settings, raw: Path, but: Iterable[str] = ()) -> dict[str, Path]:
    """Every file a city reads, companions of a shapefile included; `but` names inputs to leave out."""
    files = {}
    left_out = {f"inputs.{name}" for name in but}
    for key, source in file_inputs(settings):
        if key in left_out:
            continue
        path = raw / source.path
        members = path.parent.glob(f"{path.stem}.*") if path.suffix.lower() == ".shp" else (path,)
        files.update(
            {str(member.relative_to(raw)) if member.is_relative_to(raw) else str(member): member for member in members}
        )
    return files


def input_hashes(settings: Settings, raw: Path) -> dict[str, str]:
    """Hash of every input file that sites, weather and tiles are made from, by its name."""
    return {name: file_hash(path) for name, path in sorted(input_files(settings, raw, but=BUREAU).items())}


@cache
def code_hash(members: tuple[str, ...]) -> str:
    """Hash of those of our own source files that a stage runs through; once, as a process loads its code once."""
    root = Path(pvmap.__file__).parent
    files: list[Path] = []
    for member in members:
        path = root / member
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return digest(f"{p.relative_to(root)}:{file_hash(p)}" for p in files)


def settings_text(settings: Settings, sections: dict[str, Any]) -> str:
    """Those sections of the settings as canonical JSON."""
    chosen = settings.model_dump(mode="json", include=sections, exclude={"inputs": set(BUREAU)})
    return json.dumps(chosen, sort_keys=True, ensure_ascii=False)


def prepare_stamp(settings: Settings, raw: Path) -> str:
    """Stamp of the city-wide tables."""
    files = input_hashes(settings, raw)
    return digest([code_hash(PREPARE_CODE), settings_text(settings, PREPARE_SETTINGS), json.dumps(files)])


def tile_stamp(settings: Settings, raw: Path) -> str:
    """Stamp of every tile of a city; the tile's own name stands in its file name."""
    return digest([prepare_stamp(settings, raw), code_hash(TILE_CODE), settings_text(settings, TILE_SETTINGS)])
