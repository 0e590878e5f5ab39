"""Geofabrik: whole regions of OpenStreetMap as one file each, kept for a month, of which the window is read."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from pvmap import disk
from pvmap.errors import FetchError
from pvmap.opening import reason_of
from pvmap.sources import gdal_door
from pvmap.sources.remote import geo_file
from pvmap.sources.remote.osm_tags import ATTRIBUTION, FILTERS, LICENCE, LINES, POINTS, Thing, table
from pvmap.sources.remote.provider import Given, Provider, Wish, nothing_here
from pvmap.sources.remote.transfer import download, get, get_json

MOST_BYTES = 8 << 30
INDEX_BYTES = 1 << 26
KEPT_DAYS = 30.0
PREFIXES = {"multipolygons": "r", "lines": "l", "points": "p"}  # of ids, by layers of GDAL's
TAG = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')


def give(wish: Wish) -> Given:
    """Give a layer; see `provider.Provider.give`."""
    regions = _regions(get_json(wish.door, f"{wish.bases['files']}/index-v1.json", most_bytes=INDEX_BYTES), wish)
    found: list[Thing] = []
    for url in regions:
        found += _things(_region(wish, url), wish)
    made = table(wish.layer, found)
    if not made.num_rows:
        raise nothing_here(wish, "OpenStreetMap")
    rows = geo_file.write(wish.layer, [made], wish.path)
    return Given({wish.path: regions[0]}, rows, geo_file.CRS)


def _regions(index: Any, wish: Wish) -> list[str]:
    """Addresses of the smallest regions that meet the window: several where the city lies on a border."""
    try:
        met = [one for one in index["features"] if shapely.intersects(_shape(one), shapely.box(*wish.window))]
        parents = {one["properties"].get("parent") for one in met}
        urls = [
            one["properties"]["urls"]["pbf"]
            for one in met
            if one["properties"]["id"] not in parents and "pbf" in one["properties"].get("urls", {})
        ]
    except (KeyError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
        raise FetchError(f"Geofabrik's index is not the one pvmap knows ({error}); see for a newer pvmap.") from None
    if not urls:
        raise nothing_here(wish, "Geofabrik")
    return [f"{wish.bases['files']}{urlsplit(url).path}" for url in urls]


def _shape(feature: Any) -> shapely.Geometry:
    return shapely.from_geojson(json.dumps(feature["geometry"]))


def _region(wish: Wish, url: str) -> Path:
    """File of a region, fetched unless it lies there and is not a month old; its checksum must be the one published."""
    path = wish.path.with_name(url.rsplit("/", 1)[1])
    if path.exists() and time.time() - path.stat().st_mtime < KEPT_DAYS * 86400.0:
        return path
    download(wish.door, url, path, most_bytes=MOST_BYTES, progress=wish.progress)
    published = get(wish.door, f"{url}.md5", most_bytes=1 << 16).split()[:1]
    with open(path, "rb") as file:
        ours = hashlib.file_digest(file, "md5").hexdigest()
    if published != [ours.encode()]:
        disk.remove(path)
        raise FetchError(f"{url} is not what its checksum says; run again.")
    return path


def _things(path: Path, wish: Wish) -> Iterator[Thing]:
    """Objects of a region's file in the window."""
    for layer in _layers(wish.layer):
        with gdal_door.vectors():
            try:
                frame = pyogrio.read_dataframe(path, layer=layer, bbox=tuple(wish.window), use_arrow=True)
            except (DataSourceError, DataLayerError, OSError, ValueError, RuntimeError) as error:
                raise FetchError(f"{path} cannot be read: {reason_of(error)}; remove it and run again.") from None
        for row in frame.to_dict("records"):
            told = {key: value for key, value in row.items() if isinstance(value, str)}
            way, number = told.pop("osm_way_id", ""), told.pop("osm_id", "")
            identifier = f"w{way}" if way else f"{PREFIXES[layer]}{number}"
            yield Thing(identifier, {**_other_tags(told.pop("other_tags", "")), **told}, row["geometry"])


def _layers(layer: str) -> Iterator[str]:
    """Layers of GDAL's that hold shapes of one of ours."""
    if layer != "roads":
        yield "multipolygons"
    if layer in LINES:
        yield "lines"
    if layer in POINTS:
        yield "points"


def _other_tags(text: str) -> dict[str, str]:
    r"""Read tags that GDAL puts into one text.

    Examples
    --------
    >>> _other_tags('"building:levels"=>"3","name"=>"a \\"b\\""')
    {'building:levels': '3', 'name': 'a "b"'}
    """
    return {key: re.sub(r"\\(.)", r"\1", value) for key, value in TAG.findall(text)}


GEOFABRIK = Provider(
    "geofabrik", tuple(FILTERS), LICENCE, ATTRIBUTION, {"files": "https://download.geofabrik.de"}, give
)  # fmt: skip
