"""Which files belong to a dataset: what a reader looks at beside the file that the city file names.

They count as input like the file itself, and none of them may be a pipe or a device.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pvmap.errors import InputError
from pvmap.opening import PUT_IT_THERE, reason_of, regular
from pvmap.sources.mosaic import is_mosaic, members

WHOLE_STEM = (".shp", ".tab", ".mif")  # formats of many files with one stem
LOGS = ("-wal", "-journal")  # of a GeoPackage: what is written there is not in the file yet
SCHEMAS = (".gfs", ".xsd")  # of a .gml
RESOLVED = ".resolved.gml"  # GDAL reads it in the place of the .gml beside it, if it is younger
FOLDERS = (".gdb",)
BESIDE_RASTER = (  # after the stem
    *(".hdr", ".prj", ".clr", ".stx", ".rpb", ".imd", ".ige", ".rrd", ".rde", ".aux", ".tab", ".wld", ".sgrd", ".mgrd"),
)
AFTER_RASTER = (".aux.xml", ".ovr", ".msk", ".xml")  # after the whole name, and after one another
HEADER = ".hdr"  # ENVI's, which stands after the stem or after the whole name
DEEPEST_MOSAIC = 8


def root_of(path: Path, raw: Path) -> Path:
    """Folder in which the members of a mosaic must lie: the city's raw folder, or its own where it lies elsewhere.

    Parameters
    ----------
    path
        The mosaic.
    raw
        The city's raw folder.
    """
    return raw if path.is_relative_to(raw) else path.parent


def table_files(path: Path) -> list[Path]:
    """Files of a table, a document or an archive: itself."""
    return [regular(path)]


def vector_files(path: Path, remedy: str = PUT_IT_THERE) -> list[Path]:
    """Files of a vector dataset, itself first.

    Parameters
    ----------
    path
        The file, or a folder that is a geodatabase.
    remedy
        What the user can do where nothing is there.

    Raises
    ------
    InputError
        One of them is no regular file.
    """
    suffix = path.suffix.lower()
    if suffix in FOLDERS and path.is_dir():
        inside = sorted(one for one in path.rglob("*") if not one.is_dir())
        return [regular(one) for one in inside]
    regular(path, remedy)
    refuse_special_files(path)
    if suffix in WHOLE_STEM:
        return [path, *(_whole(one) for one in _siblings(path) if one.stem.casefold() == path.stem.casefold())]
    resolved = path.with_suffix(RESOLVED).name.casefold()
    if suffix == ".gml" and (other := next((one for one in _siblings(path) if one.name.casefold() == resolved), None)):
        raise InputError(f"{other} would be read in the place of {path.name}; remove it, or name it in the city file.")
    name, stem = path.name.casefold(), path.stem.casefold()
    beside = {".gpkg": [name + log for log in LOGS], ".gml": [stem + ending for ending in SCHEMAS]}.get(suffix, [])
    some = [one for one in _siblings(path) if one.name.casefold() in beside] if beside else []
    return [path, *(_whole(one) for one in some if one.is_file() and one.stat().st_size)]


def raster_files(path: Path, root: Path) -> list[Path]:
    """Files of a raster, itself first, those of a mosaic's members included.

    Parameters
    ----------
    path
        The raster.
    root
        Folder in which the members of a mosaic must lie.

    Raises
    ------
    InputError
        One of them is no regular file, or lies elsewhere; a mosaic is not of the plain kind.
    """
    found: dict[Path, None] = {}
    _collect(path, root, found, ())
    return list(found)


def refuse_special_files(path: Path) -> None:
    """Raise an InputError where something beside `path` that a reader may look at is a pipe, a socket or a device."""
    for one in _siblings(path):
        try:
            mode = one.stat().st_mode
        except OSError:  # a broken link is as good as nothing
            continue
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            regular(one)


def _collect(path: Path, root: Path, found: dict[Path, None], above: tuple[Path, ...]) -> None:
    regular(path)
    if path in above or len(above) > DEEPEST_MOSAIC:
        raise InputError(f"{above[0]} names itself through its members, or too many mosaics in mosaics; build it anew.")
    if path in found:
        return
    refuse_special_files(path)
    found[path] = None
    found.update(dict.fromkeys(_whole(one) for one in _siblings(path) if _belongs(one.name.casefold(), path)))
    if is_mosaic(path):
        for member in members(path, root):
            _collect(member, root, found, (*above, path))


def _whole(companion: Path) -> Path:
    """Return a companion that can be read; a folder of such a name is none."""
    return regular(companion) if companion.is_file() else companion


def _belongs(name: str, raster: Path) -> bool:
    """Whether a file of that name, in small letters, says something about a raster."""
    stem, whole, suffix = raster.stem.casefold(), raster.name.casefold(), raster.suffix.casefold()
    world = (f"{suffix}w", f"{suffix[:2]}{suffix[-1:]}w") if len(suffix) > 1 else ()
    while name != whole and (ending := next((one for one in AFTER_RASTER if name.endswith(one)), "")):
        name = name.removesuffix(ending)
    return name in (whole, whole + HEADER) or name in {stem + ending for ending in (*BESIDE_RASTER, *world)}


def _siblings(path: Path) -> list[Path]:
    """Everything in the folder whose name begins with the stem and a full stop, or goes on after the name."""
    stem, whole = f"{path.stem}.".casefold(), path.name.casefold()
    try:
        names = sorted(entry.name for entry in os.scandir(path.parent))
    except OSError as error:
        raise InputError(f"{path.parent} cannot be read: {reason_of(error)}.") from None
    found = [name for name in names if name.casefold().startswith((stem, whole)) and name.casefold() != whole]
    return [path.with_name(name) for name in found]
