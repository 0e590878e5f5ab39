"""A few rectangles near Zhenjiang, for examples that need a city."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import rasterio
from pyproj import Transformer
from rasterio.transform import from_origin

from pvmap import pipeline
from pvmap.findings import Finding

CRS = 4549
TO_METRES = Transformer.from_crs(4326, CRS, always_xy=True)
EAST, NORTH = TO_METRES.transform(119.45, 32.20)
HEAD = '[city]\nname = "x"\ntitle_zh = "小村"\ntitle_en = "Village"\ncrs = "EPSG:4549"\n'
BUILDINGS = '[[inputs.buildings]]\npath = "b.geojson"\ncolumns = { id = "no", height_m = "h" }\n'
TYPICAL = '[[weather.points]]\nformat = "typical"\n'


def rectangle(x: float, y: float, wide: float = 40.0, deep: float = 30.0) -> list[list[float]]:
    """Ring in degrees; x and y metres east and north of the village."""
    corners = [(x, y), (x + wide, y), (x + wide, y + deep), (x, y + deep), (x, y)]
    return [list(TO_METRES.transform(EAST + a, NORTH + b, direction="INVERSE")) for a, b in corners]


def feature(coordinates: list, kind: str = "Polygon", **properties: object) -> dict:
    """Make a GeoJSON feature; a ring becomes a polygon."""
    shape = {"type": kind, "coordinates": [coordinates] if kind == "Polygon" else coordinates}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def rows(n: int = 4, **columns: list) -> list[dict]:
    """List n halls of 40 m by 30 m and 8 m height in a row from west to east; columns replace or add properties."""
    every = [{"no": f"b{i}", "h": 8.0} | {name: values[i] for name, values in columns.items()} for i in range(n)]
    return [feature(rectangle(60.0 * i, 0.0), **own) for i, own in enumerate(every)]


def put(folder: Path, name: str, content: list[dict] | str | bytes) -> Path:
    """Write an input file: features as GeoJSON, text as UTF-8."""
    path = folder / name
    if isinstance(content, list):
        content = json.dumps({"type": "FeatureCollection", "features": content}, ensure_ascii=False)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def put_raster(
    folder: Path, name: str, values: np.ndarray, *, cell: float = 2.0, x: float = -20, y: float = 60
) -> Path:
    """Write a GeoTIFF whose north-west corner lies x and y metres from the village; NaN is no value."""
    shape = {"height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": "float32"}
    where = {"crs": f"EPSG:{CRS}", "transform": from_origin(EAST + x, NORTH + y, cell, cell), "nodata": np.nan}
    with rasterio.open(folder / name, "w", driver="GTiff", **shape, **where) as file:
        file.write(values.astype("float32"), 1)
    return folder / name


def check(folder: Path, body: str = BUILDINGS, *, head: str = HEAD, weather: str = TYPICAL) -> list[Finding]:
    """Check the city of that body, whose files lie in the folder, and return what was found."""
    city = folder / "x.toml"
    city.write_text(head + body + weather, encoding="utf-8")
    return pipeline.check_city(pipeline.open_city(str(city), folder, folder)).findings
