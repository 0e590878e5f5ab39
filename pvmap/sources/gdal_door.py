"""How GDAL is let at a file: the drivers our formats need, no network, no helpers of its own beside the data.

A data file may name others: an address in a mosaic, a service's description, a link to a coordinate system. GDAL
follows such names by itself, so it is shut in: drivers that fetch are not there, and who still asks gets no answer.
rasterio and pyogrio each carry a GDAL of their own, and both are shut.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

import pyogrio
import rasterio
from pyogrio import _ogr
from rasterio._err import CPLE_BaseError
from rasterio.errors import CRSError, RasterioError
from rasterio.io import DatasetReader

from pvmap.errors import InputError
from pvmap.opening import reason_of
from pvmap.sources import archive
from pvmap.sources.companions import raster_files
from pvmap.sources.mosaic import is_mosaic
from pvmap.sources.text_grid import require_whole

VECTOR_DRIVERS = (
    *("ESRI Shapefile", "GeoJSON", "GeoJSONSeq", "TopoJSON", "ESRIJSON", "GPKG", "FlatGeobuf", "GML", "KML", "LIBKML"),
    *("MapInfo File", "OpenFileGDB", "DXF", "OSM", "MEM"),
)
RASTER_DRIVERS = ("GTiff", "AAIGrid", "HFA", "EHdr", "ENVI", "SRTMHGT", "DTED", "GSAG", "GSBG", "GS7BG", "SAGA", "XYZ")
NOWHERE = "closed://offline"  # a proxy of a kind that no library knows: every request fails before it leaves
OFFLINE = {
    "GDAL_HTTP_PROXY": NOWHERE,
    "GDAL_HTTPS_PROXY": NOWHERE,
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GDAL_HTTP_MAX_RETRY": "0",
}
# What GDAL does by itself, said aloud: a configuration file of the machine's, which it has read by now, may say other
# things. None is "as if nobody had said anything".
AS_EVERYWHERE = {
    "GML_SKIP_RESOLVE_ELEMS": "ALL",  # else it writes what it resolved beside the data, or over them
    "GML_SAVE_RESOLVED_TO": None,
    "GML_GFS_TEMPLATE": None,
    "GML_INVERT_AXIS_ORDER_IF_LAT_LONG": None,
    "SHAPE_RESTORE_SHX": "NO",  # else it writes an index beside the data
    "SHAPE_ENCODING": None,
}
PLACES_OF_RASTERS = "PAM,INTERNAL,TABFILE,WORLDFILE"  # what says where a raster lies, first come first served
# Of the user's environment: hosts to which a proxy does not apply, and options of GDAL's, by which the same file would
# be read in another way on another machine, or written to
PAST_THE_PROXY = ("no_proxy", "NO_PROXY")
OPTIONS: tuple[str, ...] = (
    "GDAL_",
    "OGR_",
    "OSR_",
    "CPL_",
    "VSI_",
    "VRT_",
    "GML_",
    "GPKG_",
    "SHAPE_",
    "KML_",
    "LIBKML_",
    "GTIFF_",
)
OPTIONS += ("OSM_", "DXF_", "MITAB_", "AAIGRID_", "HFA_", "ENVI_", "SQLITE_", "OPENFILEGDB_", "PROJ_NETWORK")
KEPT = ("GDAL_DATA",)  # where GDAL's own tables lie
STREAM = "stream.tif"  # what GDAL calls a file of Python's
BROKEN = (RasterioError, CRSError, CPLE_BaseError, UnicodeDecodeError)
BESIDE = ":::BASE:::"  # how GDAL says: in the folder of the raster
OPENED_TOO = (".ovr", ".msk")  # beside a raster: GDAL opens them by any driver it has
CACHE_BYTES = 128 << 20  # of GDAL's blocks; its own choice is a share of the machine, too much for several workers


class _Kept(io.RawIOBase):
    """A file that whoever lent it closes, not GDAL; each opening has a place of its own in it."""

    def __init__(self, source: io.RawIOBase | BinaryIO):
        super().__init__()
        self._source, self._at = source, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = self._at if whence == os.SEEK_CUR else 0
        self._at = self._source.seek(start + offset, os.SEEK_END if whence == os.SEEK_END else os.SEEK_SET)
        return self._at

    def read(self, size: int = -1) -> bytes:
        self._source.seek(self._at)
        content = self._source.read(size) or b""
        self._at += len(content)
        return content


class _FirstElement(Exception):
    """No document type can follow."""


@contextmanager
def vectors() -> Iterator[None]:
    """Shut the GDAL that reads vectors for as long as a ``with`` lasts; its drivers stay reduced."""
    with _nothing_of_the_environment():
        _reduce_vector_drivers()
        yield


@contextmanager
def opened_raster(path: Path, root: Path, name: str) -> Iterator[DatasetReader]:
    """Open a raster.

    Parameters
    ----------
    path
        The file.
    root
        Folder in which the members of a mosaic must lie.
    name
        What sentences call it.

    Raises
    ------
    InputError
        It is no regular file, of no format we read, a mosaic with members elsewhere, or broken.
    """
    known = raster_files(path, root)
    mosaic = is_mosaic(path)
    drivers = ("VRT",) if mosaic else RASTER_DRIVERS
    with _nothing_of_the_environment(), _env():
        for beside in (one for one in known if one.suffix.lower() in OPENED_TOO):
            _require_plain_beside(beside, known)
        try:
            with DatasetReader(str(path.absolute()), driver=list(drivers)) as file:
                unknown = {Path(one).resolve() for one in file.files} - {one.resolve() for one in known}
                elsewhere = {one for one in unknown if not one.is_relative_to(root.resolve())}
                if unknown if mosaic else elsewhere:
                    raise InputError(f"{name} names {min(unknown)} in a way pvmap does not follow; build it anew.")
                _require_own_overviews(file, path, known, name)
                require_whole(path, file, name)
                yield file
        except BROKEN as error:
            raise InputError(_unreadable(name, reason_of(error))) from None


@contextmanager
def opened_tiles(listed: str, name: str) -> Iterator[DatasetReader]:
    """Open a list of tiles that pvmap has written itself, each of which has come through `opened_raster`.

    Parameters
    ----------
    listed
        XML of a mosaic.
    name
        What sentences call it.

    Raises
    ------
    InputError
        A tile is broken.
    """
    with _nothing_of_the_environment(), _env():
        try:
            with DatasetReader(listed, driver=["VRT"]) as file:
                yield file
        except BROKEN as error:
            raise InputError(_unreadable(name, reason_of(error))) from None


@contextmanager
def opened_stream(source: io.RawIOBase | BinaryIO) -> Iterator[DatasetReader]:
    """Open a GeoTIFF that is read through a file of Python's: what GDAL wants of it goes by whoever made that file.

    Parameters
    ----------
    source
        Can be read anywhere.

    Raises
    ------
    RasterioError
        It is no GeoTIFF, or broken.
    """

    def opener(name: str, mode: str = "rb") -> _Kept:
        if Path(name).name != STREAM or set(mode) - set("rb"):
            raise FileNotFoundError(name)  # a companion, of which it has none
        return _Kept(source)

    with (
        _nothing_of_the_environment(),
        _env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"),
        rasterio.open(STREAM, driver="GTiff", sharing=False, opener=opener) as file,
    ):
        yield file


def refuse_doctype(path: Path, inner: str, name: str) -> None:
    """Raise an InputError where a file in XML declares a document type: its entities may grow without end, or fetch.

    Parameters
    ----------
    path, inner
        The file; its member that is meant where it is a zip, else empty.
    name
        What sentences call it.
    """
    if path.is_dir():  # a geodatabase holds no XML that GDAL would read
        return

    def refuse(*_: object) -> None:
        raise InputError(f"{name} declares a document type, which no map data need; export it again.")

    def first_element(*_: object) -> None:
        raise _FirstElement

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, first_element
    with (
        # no XML, XML in an encoding that nobody knows, or nothing before its first element
        contextlib.suppress(expat.ExpatError, LookupError, ValueError, _FirstElement),
        archive.opened(path, inner) if inner else open(path, "rb") as file,
    ):
        parser.ParseFile(file)


def open_options(place: str) -> dict[str, str]:
    """Options of GDAL's for a vector file: GML leaves no file of its own beside the data."""
    return {"WRITE_GFS": "NO"} if place.lower().endswith(".gml") else {}


def _require_plain_beside(path: Path, known: list[Path]) -> None:
    """Make sure that overviews or a mask beside a raster are a GeoTIFF, as GDAL writes them, and fetch nothing."""
    try:
        with DatasetReader(str(path.absolute()), driver=["GTiff"]) as file:
            _require_own_overviews(file, path, known, str(path))
    except BROKEN:
        raise InputError(
            f"{path} is no GeoTIFF, as overviews and masks beside a raster are; remove it or build it anew."
        ) from None


def _require_own_overviews(file: DatasetReader, path: Path, known: list[Path], name: str) -> None:
    """Make sure that no file elsewhere stands for a raster coarser: GDAL opens whatever it is named, unasked."""
    if named := file.tags(ns="OVERVIEWS").get("OVERVIEW_FILE", ""):
        place = path.parent / named.removeprefix(BESIDE)
        if place.resolve() not in {one.resolve() for one in known}:
            raise InputError(f"{name} takes its overviews from {named!r}; export it anew as GeoTIFF.")


def _unreadable(name: str, reason: str) -> str:
    """Say that a raster cannot be read, what helps, and last what the library says of it."""
    if "not recognized" in reason or "not a supported" in reason:
        return f"{name} cannot be read: it is in no raster format that pvmap knows; export it as GeoTIFF."
    return f"{name} cannot be read; copy it again, or export it anew as GeoTIFF ({reason})."


def _env(**more: str) -> rasterio.Env:
    return rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES, GDAL_GEOREF_SOURCES=PLACES_OF_RASTERS, **OFFLINE, **more)


@contextmanager
def _nothing_of_the_environment() -> Iterator[None]:
    """Take out of the environment what would open a way past the proxy, or change how a file is read."""
    named = [key for key in os.environ if key in PAST_THE_PROXY or key.upper().startswith(OPTIONS)]
    kept = {key: os.environ.pop(key) for key in named if key not in KEPT}
    try:
        yield
    finally:
        os.environ.update(kept)


@cache
def _reduce_vector_drivers() -> None:
    """Take every driver we do not need from pyogrio's GDAL, once in a process: it has no list to allow by call."""
    others = sorted(set(pyogrio.list_drivers()) - set(VECTOR_DRIVERS))
    pyogrio.set_gdal_config_options(
        {**OFFLINE, **AS_EVERYWHERE, "GDAL_SKIP": ",".join(others), "GDAL_DRIVER_PATH": "disable"}
    )
    _ogr._register_drivers()  # registers what is missing and drops what is to be skipped; pyogrio has no public name
    pyogrio.set_gdal_config_options({"GDAL_SKIP": None})
