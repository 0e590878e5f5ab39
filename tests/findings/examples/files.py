"""Examples of `pvmap/findings/catalogue/files.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import shapely
from findings.examples import example
from findings.examples.village import CRS, EAST, NORTH, put, rows

from pvmap.crs import require_metric
from pvmap.findings import Finding
from pvmap.settings.city import VectorInput
from pvmap.sources.vector import read_vector


def layer(folder: Path, path: str, **source: object) -> Iterable[Finding]:
    """Read a layer as a run does."""
    return read_vector(VectorInput.model_validate({"path": path, **source}), folder, require_metric(CRS)).findings


@example("values-not-numbers")
def heights_in_words(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(h=[8.0, "tall" if faulty else 9.0, 8.5, None]))
    return layer(folder, "b.geojson", columns={"height_m": "h"})


@example("values-implausible")
def heights_below_ground(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(h=[8.0, -7.5 if faulty else 7.5, 8.5, None]))
    return layer(folder, "b.geojson", columns={"height_m": "h"})


@example("crs-overruled")
def city_file_against_file(folder: Path, faulty: bool) -> Iterable[Finding]:
    hall = shapely.box(EAST, NORTH, EAST + 40.0, NORTH + 30.0)
    gpd.GeoDataFrame(geometry=[hall], crs=4548 if faulty else CRS).to_file(folder / "b.gpkg")
    return layer(folder, "b.gpkg", crs=f"EPSG:{CRS}")


@example("encoding-guessed")
def chinese_windows(folder: Path, faulty: bool) -> Iterable[Finding]:
    text = "名称,lon,lat\n镇江光伏电站,119.45,32.2\n"
    put(folder, "p.csv", text.encode("gb18030" if faulty else "utf-8"))
    source = VectorInput(path="p.csv", crs="EPSG:4326", columns={"name": "名称"})
    return read_vector(source, folder, require_metric(CRS), kinds=("Point",)).findings


@example("rows-cut-short")
def broken_export(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "p.csv", f"lon,lat,name\n119.45,32.2,a\n119.46,32.2{'' if faulty else ',b'}\n")
    source = VectorInput(path="p.csv", crs="EPSG:4326", columns={"name": "name"})
    return read_vector(source, folder, require_metric(CRS), kinds=("Point",)).findings


@example("decimal-commas")
def european_spreadsheet(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "p.csv", "lon;lat;name\n119,450;32,200;a\n" if faulty else "lon;lat;name\n119.450;32.200;a\n")
    source = VectorInput(path="p.csv", crs="EPSG:4326", columns={"name": "name"})
    return read_vector(source, folder, require_metric(CRS), kinds=("Point",)).findings


@example("reader-remark")
def one_id_for_two_features(folder: Path, faulty: bool) -> Iterable[Finding]:
    halls = rows(2)
    for number, hall in enumerate(halls):
        hall["id"] = 7 if faulty else number
    put(folder, "b.geojson", halls)
    return layer(folder, "b.geojson")
