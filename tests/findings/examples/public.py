"""Examples of the topic public."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from findings.examples import example
from pyproj import CRS
from rasterio.transform import from_origin

from pvmap.findings import Finding, finding
from pvmap.settings.city import Settings, VectorInput
from pvmap.sites.chosen import choose
from pvmap.sites.use_from_land import with_uses_of_land
from pvmap.sources.files import open_layer
from pvmap.sources.remote import record
from pvmap.sources.remote.door import Door
from pvmap.sources.remote.overture import OVERTURE
from pvmap.sources.remote.provider import LAYERS, Given, Window, Wish
from pvmap.sources.vector import read_vector

METRES = CRS("EPSG:32650")
HERE = Window(119.4, 32.2, 119.5, 32.3)


def _overture(folder: Path, **columns: list) -> Iterable[Finding]:
    shapes = gpd.GeoDataFrame({"id": ["a"], **columns}, geometry=[shapely.box(119.4, 32.2, 119.401, 32.201)], crs=4326)
    shapes.to_parquet(folder / "buildings.parquet")
    return open_layer(VectorInput.model_validate({"path": "buildings.parquet", "preset": "overture"}), folder)[
        0
    ].findings


@example("set-terms")
def set_terms(folder: Path, faulty: bool) -> Iterable[Finding]:
    return _overture(folder, height=[9.0], num_floors=[3], **{"class": ["house"]}) if faulty else ()


@example("set-columns-absent")
def set_columns_absent(folder: Path, faulty: bool) -> Iterable[Finding]:
    more = {} if faulty else {"height": [9.0], "num_floors": [3], "class": ["house"]}
    return _overture(folder, **more)


def _layer(folder: Path, name: str, **columns: list) -> None:
    shapes = [shapely.box(119.4, 32.2 + 0.01 * n, 119.402, 32.202 + 0.01 * n) for n in range(2)]
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_parquet(folder / name)


def _chosen(folder: Path, kind: str, of: str, more: dict | None = None, **columns: list) -> Iterable[Finding]:
    _layer(folder, "layer.parquet", **columns)
    source = VectorInput.model_validate({"path": "layer.parquet", "of": of, "columns": {c: c for c in columns}})
    city = {"name": "a", "title_zh": "", "title_en": ""}
    settings = Settings.model_validate({"city": city, "inputs": more or {}})
    return choose(kind, read_vector(source, folder, METRES), source, settings, folder, METRES).findings


@example("ponds-chosen")
def ponds_chosen(folder: Path, faulty: bool) -> Iterable[Finding]:
    return _chosen(folder, "fishpond", "waters" if faulty else "sites", water_type=["pond", "lake"])


@example("mines-chosen-whole")
def mines_chosen_whole(folder: Path, faulty: bool) -> Iterable[Finding]:
    return _chosen(folder, "mine", "land_use" if faulty else "sites", land_use=["quarry", "forest"])


@example("mines-chosen")
def mines_chosen(folder: Path, faulty: bool) -> Iterable[Finding]:
    profile = {"crs": "EPSG:4326", "dtype": "uint8", "transform": from_origin(119.39, 32.23, 1e-4, 1e-4)}
    with rasterio.open(folder / "c.tif", "w", driver="GTiff", width=300, height=400, count=1, **profile) as file:
        file.write(np.full((400, 300), 60, "uint8"), 1)
    more = {"land_cover": {"path": "c.tif"}} if faulty else {}
    return _chosen(folder, "mine", "land_use", more, land_use=["quarry", "forest"])


@example("layer-not-fetched")
def layer_not_fetched(folder: Path, faulty: bool) -> Iterable[Finding]:
    gap = {"file": "water.parquet", "layer": "water", "why": "overture: nobody answers."}
    (folder / "SOURCES.json").write_text(json.dumps({"files": [], "gaps": [gap] if faulty else []}))
    return record.doubt_fetched(folder)


def fetched(folder: Path, layer: str, *found: Finding) -> Iterable[Finding]:
    """What a run finds about a layer that was fetched with these findings."""
    path = folder / LAYERS[layer]
    path.write_bytes(b"x")
    wish = Wish(layer, HERE, path, Door(frozenset()), {})
    record.write(folder, wish, OVERTURE, Given({path: "https://a"}, 1, findings=found))
    return record.doubt_fetched(folder)


@example("fetched-tiles-absent")
def a_coast(folder: Path, faulty: bool) -> Iterable[Finding]:
    absent = finding("fetched-tiles-absent", layer="terrain.tif", count=1, total=2, value="0")
    return fetched(folder, "terrain", *([absent] if faulty else []))


@example("fetched-rings-open")
def a_ring_that_somebody_edits(folder: Path, faulty: bool) -> Iterable[Finding]:
    ring = finding("fetched-rings-open", layer="water.parquet", count=1, total=9)
    return fetched(folder, "water", *([ring] if faulty else []))


@example("fetched-weather-off-sea")
def an_island(folder: Path, faulty: bool) -> Iterable[Finding]:
    moved = finding("fetched-weather-off-sea", layer="weather.json", count=1, total=1)
    return fetched(folder, "weather", *([moved] if faulty else []))


@example("uses-from-land-use")
def uses_from_land_use(folder: Path, faulty: bool) -> Iterable[Finding]:
    return _on_land(folder, ["", "school"] if faulty else ["office", "school"], ["industrial", "residential"])


@example("land-use-tells-nothing")
def land_of_numbers(folder: Path, faulty: bool) -> Iterable[Finding]:
    return _on_land(folder, ["", ""], ["1", "2"] if faulty else ["industrial", "2"])


def _on_land(folder: Path, uses: list[str], land_uses: list[str]) -> list[Finding]:
    _layer(folder, "b.parquet", building_use=uses)
    _layer(folder, "l.parquet", land_use=land_uses)
    sources = [
        VectorInput.model_validate({"path": name, "columns": {column: column}})
        for name, column in (("b.parquet", "building_use"), ("l.parquet", "land_use"))
    ]
    buildings, land = (read_vector(source, folder, METRES) for source in sources)
    return with_uses_of_land([buildings], sources[:1], land, sources[1])[1]
