"""What computes: this package's own source files, and the libraries whose numbers end up in ours."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pvmap

LIBRARIES = (
    *("geopandas", "shapely", "pyogrio", "rasterio", "pyproj", "pyarrow"),
    *("pvlib", "pandas", "numpy", "scipy", "numba", "numpy-financial"),
)
CODE = (".py", ".toml")  # endings of our source files; words and terms of public sets are some
GRIDS = (".tif", ".gtx", ".gsb", ".gvb", ".byn", ".ct2")  # files in which PROJ finds the shifts between datums


def digest(parts: Iterable[str]) -> str:
    """One short hash of many strings."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def content_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@cache
def code_hash(members: tuple[str, ...] = ("",)) -> str:
    """Hash of our own source files, or those of some members; once, as a process loads its code once.

    Parameters
    ----------
    members
        Files and folders of the package, ``"stages/assess.py"``; by default all of it.
    """
    root = Path(pvmap.__file__).parent
    files: list[Path] = []
    for member in members:
        path = root / member
        files += sorted(one for one in path.rglob("*") if one.suffix in CODE) if path.is_dir() else [path]
    return digest(f"{p.relative_to(root).as_posix()}:{content_hash(p)}" for p in files)


@cache
def libraries() -> dict[str, str]:
    """Version of every library that computes, and of the C libraries and the data they bring along."""
    import pyogrio
    import pyproj
    import rasterio
    import shapely

    return {
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
        "geos": shapely.geos_version_string,
        "gdal": rasterio.__gdal_version__,
        "gdal of pyogrio": ".".join(map(str, pyogrio.__gdal_version__)),
        "proj": pyproj.proj_version_str,
        "proj data": f"EPSG {pyproj.database.get_database_metadata('EPSG.VERSION')}, grids {_grids()}",
    }


def versions() -> dict[str, str]:
    """Version of this package, of Python and of the libraries, for people."""
    others = {name: importlib.metadata.version(name) for name in ("dask", "folium")}
    return {"pvmap": pvmap.__version__, "python": platform.python_version(), **libraries(), **others}


def _grids() -> str:
    """Tell apart sets of datum grids: they decide which way a transformation takes.

    GDAL, which warps rasters, looks where its user says, of which pyproj's wheels know nothing.
    """
    import pyproj

    told = (os.environ.get(name, "") for name in ("PROJ_DATA", "PROJ_LIB"))
    places = [pyproj.datadir.get_data_dir(), *told]
    folders = [Path(one) for place in places for one in place.split(os.pathsep) if one]
    folders.append(Path(pyproj.datadir.get_user_data_dir()))
    files = [file for folder in folders if folder.is_dir() for file in folder.iterdir()]
    grids = sorted({f"{file.name}:{file.stat().st_size}" for file in files if file.suffix in GRIDS})
    return f"{digest(grids) if grids else 'none'}, network {'on' if pyproj.network.is_network_enabled() else 'off'}"
