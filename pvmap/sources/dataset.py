"""Every file an input of the city file is made of, whatever its kind: what is hashed, and what has to be regular."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pvmap.errors import InputError
from pvmap.settings.city import FileInput, RasterInput, VectorInput
from pvmap.settings.weather import WeatherFile
from pvmap.sources.companions import raster_files, root_of, table_files, vector_files
from pvmap.sources.gdal_door import opened_raster
from pvmap.sources.tiles import raster_paths


def files_of(source: FileInput | WeatherFile, raw: Path) -> list[Path]:
    """Return the files of one input, the one the city file names first.

    Parameters
    ----------
    source
        The input.
    raw
        Folder its path is relative to.

    Raises
    ------
    InputError
        One of them is not there or no regular file, or nothing matches a pattern.
    """
    if isinstance(source, RasterInput):
        return list(dict.fromkeys(one for path in raster_paths(source, raw) for one in _of_raster(path, raw)))
    path = raw / source.path
    return vector_files(path) if isinstance(source, VectorInput) else table_files(path)


def _of_raster(path: Path, raw: Path) -> list[Path]:
    root = root_of(path, raw)
    files = dict.fromkeys(raster_files(path, root))
    with contextlib.suppress(InputError), opened_raster(path, root, str(path)) as file:  # else told when it is read
        files |= dict.fromkeys(one for name in file.files if (one := Path(name)).is_file() and not _same(one, path))
    return list(files)


def _same(one: Path, other: Path) -> bool:
    return one.absolute() == other.absolute()
