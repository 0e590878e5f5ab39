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

from pydantic import BaseModel

import pvmap
from pvmap.config import Settings, file_inputs

PREPARE_CODE = ("settings", "sources", "sites", "config.py", "crs.py", "tables.py", "store.py", "stages/prepare.py")
TILE_CODE = (
    *PREPARE_CODE,
    "shade",
    "energy",
    "stages/assess.py",
    "stages/surroundings.py",
    "stages/simulate.py",
    "stages/skies.py",
)
PREPARE_SETTINGS = ("city", "inputs", "masks", "weather", "rooftop", "mine", "fishpond", "siting", "module", "demo")
TILE_SETTINGS = (*PREPARE_SETTINGS, "shade", "energy")


@cache
def file_hash(path: Path) -> str:
    """SHA-256 of a file; of a folder's files where the path is a folder."""
    if path.is_dir():
        return digest(f"{p.relative_to(path)}:{file_hash(p)}" for p in sorted(path.rglob("*")) if p.is_file())
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digest(parts: Iterable[str]) -> str:
    """One short hash of many strings."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def input_files(settings: Settings, raw: Path) -> dict[str, Path]:
    """Every file a city reads, companions of a shapefile included."""
    files = {}
    for _, source in file_inputs(settings):
        path = raw / source.path
        members = path.parent.glob(f"{path.stem}.*") if path.suffix.lower() == ".shp" else (path,)
        files.update(
            {str(member.relative_to(raw)) if member.is_relative_to(raw) else str(member): member for member in members}
        )
    return files


def input_hashes(settings: Settings, raw: Path) -> dict[str, str]:
    """Hash of every input file by its name."""
    return {name: file_hash(path) for name, path in sorted(input_files(settings, raw).items())}


def code_hash(members: Iterable[str]) -> str:
    """Hash of those of our own source files that a stage runs through."""
    root = Path(pvmap.__file__).parent
    files: list[Path] = []
    for member in members:
        path = root / member
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return digest(f"{p.relative_to(root)}:{file_hash(p)}" for p in files)


def settings_text(settings: Settings, sections: Iterable[str]) -> str:
    """Those sections of the settings as canonical JSON."""
    chosen: dict[str, Any] = {}
    for section in sections:
        value = getattr(settings, section)
        if isinstance(value, tuple):
            value = [v.model_dump(mode="json") for v in value]
        elif isinstance(value, BaseModel):
            value = value.model_dump(mode="json")
        chosen[section] = value
    return json.dumps(chosen, sort_keys=True, ensure_ascii=False)


def prepare_stamp(settings: Settings, raw: Path) -> str:
    """Stamp of the city-wide tables."""
    files = input_hashes(settings, raw)
    return digest([code_hash(PREPARE_CODE), settings_text(settings, PREPARE_SETTINGS), json.dumps(files)])


def tile_stamp(settings: Settings, raw: Path) -> str:
    """Stamp of every tile of a city; the tile's own name stands in its file name."""
    return digest([prepare_stamp(settings, raw), code_hash(TILE_CODE), settings_text(settings, TILE_SETTINGS)])
