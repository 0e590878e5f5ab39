"""Input files stay as they are while they are read: of one changed meanwhile, nobody could say what was made."""

from __future__ import annotations

from pathlib import Path

from pvmap import disk
from pvmap.errors import InputError
from pvmap.settings.city import Settings
from pvmap.stages import backdrop, prepare, solar_raster, stamp
from pvmap.stages.parts import DONE


def every_hash(settings: Settings, raw: Path) -> dict[str, str]:
    """Hash of every input file, by its name; empty where it has gone meanwhile."""
    files = sorted(stamp.input_files(settings, raw).items())
    return {name: stamp.file_hash(path) if path.exists() else "" for name, path in files}


def require_same(seen: dict[str, str], settings: Settings, raw: Path) -> None:
    """Make sure that input files are as they were when `every_hash` looked at them.

    Raises
    ------
    InputError
        One was changed.
    """
    for name in _changed(seen, settings, raw):
        path = raw / name
        raise InputError(f"{path} was changed by somebody else while the run was under way; run again.")


def require_steady(seen: dict[str, str], settings: Settings, raw: Path, processed: Path) -> None:
    """Make sure of the same for a whole run; where tiles depend on what was changed, the next one makes all anew.

    What was made meanwhile may be of either file, and would pass for what its stamp says should that one come back.

    Parameters
    ----------
    seen
        `every_hash` when it began.
    settings, raw, processed
        City file, input folder, run folder.

    Raises
    ------
    InputError
        An input file was changed.
    """
    of_tiles = stamp.input_files(settings, raw, but=stamp.BUREAU | stamp.DRAWN)
    if any(name in of_tiles for name in _changed(seen, settings, raw)):
        records = (processed / one.RECORD for one in (prepare, backdrop, solar_raster))
        for path in (*records, *processed.glob(f"*/*/{DONE}")):
            disk.remove(path)
    require_same(seen, settings, raw)


def _changed(seen: dict[str, str], settings: Settings, raw: Path) -> list[str]:
    now = every_hash(settings, raw)
    return sorted(name for name in seen.keys() | now.keys() if seen.get(name) != now.get(name))
