"""Every file an input of the city file is made of, whatever its kind: what is hashed, and what has to be regular."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pvmap.config import FileInput, RasterInput, VectorInput
from pvmap.errors import InputError
from pvmap.settings.weather import WeatherFile
from pvmap.sources.companions import raster_files, root_of, table_files, vector_files
from pvmap.sources.gdal_door import opened_raster


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
        One of them is not there or no regular file.
    """
    path = raw / source.path
    if isinstance(source, VectorInput):
        return vector_files(path)
    if not isinstance(source, RasterInput):
        return table_files(path)
    root = root_of(path, source.path)
    files = dict.fromkeys(raster_files(path, root))
    with contextlib.suppress(InputError), opened_raster(path, root, source.path) as file:  # else told when it is read
        files |= dict.fromkeys(one for name in file.files if (one := Path(name)).is_file() and not _same(one, path))
    return list(files)


def _same(one: Path, other: Path) -> bool:
    return one.absolute() == other.absolute()
