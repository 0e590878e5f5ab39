"""Stamps tell whether anything has changed that a result depends on.

A stamp is a hash over the package's source files that matter, the libraries that compute, the settings a stage uses and
its input files. A part whose stamp is current is not computed again, which is also how a killed run resumes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePath
from typing import Any

from pvmap.config import file_inputs
from pvmap.opening import readable
from pvmap.settings.city import Settings
from pvmap.sources.dataset import files_of
from pvmap.versions import code_hash, content_hash, digest, libraries

PREPARE_CODE = (
    *("settings", "sources", "sites", "tables", "store", "findings"),
    *("config.py", "crs.py", "text_columns.py", "currency.py"),
    *("opening.py", "gbk.py", "directions.py", "row_geometry.py"),
    *(
        f"stages/{name}.py"
        for name in (
            "prepare",
            "other_layers",
            "site_layers",
            "areas",
            "curve",
            "doubts",
            "ground_doubts",
            "measured_heights",
            "roof_doubts",
        )
    ),
)
TILE_CODE = (
    *PREPARE_CODE,
    "shade",
    "energy",
    "stages/assess.py",
    "stages/parts.py",
    "stages/backdrop.py",
    "stages/buildings.py",
    "stages/surroundings.py",
    "stages/surface_blocks.py",
    "stages/roofs.py",
    "stages/simulate.py",
    "stages/skies.py",
    "stages/draws.py",
    "stages/roof_draws.py",
    "planning/__init__.py",
    "planning/risk/__init__.py",
    "planning/risk/keyed.py",
    "planning/risk/height_model.py",
    "planning/risk/height_draws.py",
    "planning/risk/height_chain.py",
    "planning/risk/input_errors.py",
    "planning/risk/carry.py",
)
BUREAU = frozenset(  # inputs that are read when results are settled, no earlier
    {
        *("overrides", "market_prices", "load", "areas", "grid_devices", "device_loads", "registered"),
        *("supply_areas", "supply_shares", "county_limits", "targets", "rates", "costs", "mechanism"),
        "retail_contract",
    }
)
DRAWN = frozenset({"backdrop"})  # inputs that are drawn, and change no number
PREPARE_SETTINGS: dict[str, Any] = {
    "city": {"crs", "country", "utc_offset_hours", "use"},  # no number depends on its titles
    **dict.fromkeys(("inputs", "masks", "weather", "rooftop", "mine", "fishpond", "siting", "module", "demo"), True),
    "roof_planes": True,
    "surface_model": {"least_height_m", "least_cover"},
}
PLAN_CODE = ("stages/planned.py", "stages/planned_city.py", "stages/grid_inputs.py")
SETTLE_CODE = ("planning", "stages/publish.py", "stages/settle.py", "stages/bureau.py", *PLAN_CODE)
SETTLE_SETTINGS: dict[str, Any] = {
    "city": {"country", "currency"},
    **dict.fromkeys(("planning", "certainty", "scenarios"), True),
    "inputs": BUREAU,
}
TILE_SETTINGS = {
    **PREPARE_SETTINGS,
    "shade": True,
    "energy": True,
    "certainty": {"effort", "sample_share", "sample_least", "height_rmse_m", "height_log_sd"},
    "surface_model": {"least_height_m", "least_cover", "reach_m", "clearance_m"},
}


def file_hash(path: Path) -> str:
    """SHA-256 of a file; of a folder's files where the path is a folder."""
    if path.is_dir():
        inside = sorted((name_below(p, path), p) for p in path.rglob("*") if p.is_file())
        return digest(f"{name}:{file_hash(p)}" for name, p in inside)
    state = path.stat()
    return _content_hash(path, (state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_dev, state.st_ino))


@cache
def _content_hash(path: Path, state: tuple[int, ...]) -> str:
    """Hash a file once a process, and again when it has changed, or a link leads to another one."""
    with readable(path):
        return content_hash(path)


def input_files(settings: Settings, raw: Path, but: Iterable[str] = ()) -> dict[str, Path]:
    """Every file a city reads, companions included; `but` names inputs to leave out."""
    files = {}
    left_out = {f"inputs.{name}" for name in but}
    for key, source in file_inputs(settings):
        if key in left_out:
            continue
        for path in files_of(source, raw):
            files[name_below(path, raw)] = path
    return files


def name_below(path: PurePath, folder: PurePath) -> str:
    """Name a file by its place below a folder, alike on every system; by all of its path where it lies elsewhere."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def input_hashes(settings: Settings, raw: Path) -> dict[str, str]:
    """Hash of every input file that sites, weather and tiles are made from, by its name."""
    return {name: file_hash(path) for name, path in sorted(input_files(settings, raw, but=BUREAU | DRAWN).items())}


def settings_text(settings: Settings, sections: dict[str, Any]) -> str:
    """Those sections of the settings as canonical JSON."""
    chosen = settings.model_dump(mode="json", include=sections, exclude={"inputs": set(BUREAU | DRAWN)})
    return json.dumps(chosen, sort_keys=True, ensure_ascii=False)


def prepare_stamp(settings: Settings, raw: Path) -> str:
    """Stamp of the city-wide tables."""
    files, ground = input_hashes(settings, raw), libraries()
    text = settings_text(settings, PREPARE_SETTINGS)
    return digest([code_hash(PREPARE_CODE), json.dumps(ground), text, json.dumps(files)])


def tile_stamp(settings: Settings, raw: Path) -> str:
    """Stamp of every tile of a city; the tile's own name stands in its file name."""
    return digest([prepare_stamp(settings, raw), code_hash(TILE_CODE), settings_text(settings, TILE_SETTINGS)])


def settle_stamp(settings: Settings, raw: Path) -> str:
    """Stamp of money, risk and zones: what tiles depend on, and the settings and files of the bureau on top of it."""
    files = {name: file_hash(path) for name, path in sorted(input_files(settings, raw, but=DRAWN).items())}
    text = json.dumps(settings.model_dump(mode="json", include=SETTLE_SETTINGS), sort_keys=True, ensure_ascii=False)
    return digest([tile_stamp(settings, raw), code_hash(SETTLE_CODE), text, json.dumps(files)])
