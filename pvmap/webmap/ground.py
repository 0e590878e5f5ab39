"""What lies around the data: hills from the elevation model, and the city's own water and roads.

However large a city is, both take a few hundred kB of the page at most: hills are as many shades of grey as a screen
has room for, and the smallest waters and roads are left out, which the page says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from pvmap.config import missing_paths
from pvmap.planning.publication import is_public
from pvmap.settings.city import RasterInput, Settings
from pvmap.sources.backdrop import read_backdrop
from pvmap.sources.grid import Bounds, Grid, slope_azimuth, widened
from pvmap.sources.raster import Raster
from pvmap.webmap.tiles import assemble, deflate
from pvmap.webmap.zones import DIGITS

PIXELS = 640  # along the longer side of the hills
MOST_CORNERS = 40_000  # of all waters and roads
SHADES = 32  # on either side of level ground
STEEPER = 4.0  # hills are drawn so many times as high as they are, or cells of a hundred metres would show none
LIGHT = np.radians(45.0), np.radians(315.0)  # height and direction it comes from, as maps are used to
BRIGHTEST = 0.3  # more light than level ground gets: the sine of 45 degrees is 0.71
MARGIN = 0.06  # of the city's size, that hills do not end at its border


class Ground(NamedTuple):
    """Shades of the hills as a block of the page; waters and roads as JSON holds them; how many had no room."""

    hills: bytes | None = None
    lines: tuple[dict[str, Any], ...] = ()
    n_left_out: int = 0

    def meta(self) -> dict[str, Any]:
        """Tell the page what there is."""
        shown = {one["shows"] for one in self.lines}
        there = [*(["hills"] if self.hills else []), *(what for what in ("water", "road") if what in shown)]
        return {"beneath": there, "beneath_left_out": self.n_left_out}

    def blocks(self, level: int) -> Iterator[tuple[str, str, str]]:
        """Give layer, key and payload of each block."""
        if self.hills:
            yield "beneath", "hills", deflate(self.hills, level)
        if self.lines:
            yield "beneath", "lines", deflate(json.dumps(self.lines, separators=(",", ":")).encode(), level)


def keep_lines(settings: Settings, raw: Path, crs: pyproj.CRS, path: Path) -> None:
    """Write waters and roads of a city to a file of which `read_ground` reads those of a place."""
    _every_line(settings, raw, crs).to_parquet(path, write_covering_bbox=True)


def read_ground(
    settings: Settings, raw: Path, crs: pyproj.CRS, bounds: Bounds, lines_kept: Path | None = None
) -> Ground:
    """Read what lies around the data of a city.

    Parameters
    ----------
    settings, raw
        The city and the folder of its input files.
    crs
        Its metric CRS.
    bounds
        Bounds of its sites. [m]
    lines_kept
        What `keep_lines` wrote, where it did.

    Returns
    -------
    Ground
        Without what is not there, as in a run folder that was carried away from its inputs. A map for the public shows
        no hills: it keeps heights to itself.
    """
    west, south, east, north = bounds
    around = widened(bounds, MARGIN * max(east - west, north - south))
    dem = settings.inputs.dem
    drawn = dem is not None and not is_public(settings) and not missing_paths(dem, raw)
    hills = _hills(dem, raw, crs, around) if drawn else None  # type: ignore[arg-type]
    every = gpd.read_parquet(lines_kept, bbox=around) if lines_kept else _every_line(settings, raw, crs)
    lines, n_left_out = _lines(every, crs, around, settings.map.outline_tolerance_m)
    return Ground(hills, tuple(lines), n_left_out)


def _every_line(settings: Settings, raw: Path, crs: pyproj.CRS) -> gpd.GeoDataFrame:
    """Read waters and roads, and what each shows."""
    there = [one for one in settings.inputs.backdrop if not missing_paths(one, raw)]
    shapes = [read_backdrop(one, raw, crs).features.geometry.to_numpy() for one in there]
    shows = np.repeat([one.shows for one in there], [len(some) for some in shapes]).astype(object)
    return gpd.GeoDataFrame({"shows": shows}, geometry=np.concatenate([*shapes, np.empty(0, object)]), crs=crs)


def _hills(dem: RasterInput, raw: Path, crs: pyproj.CRS, around: Bounds) -> bytes | None:
    """Shades of the hills on cells of the web's Mercator projection, level ground in the middle of a byte."""
    raster = Raster(raw, dem)
    west, south, east, north = around
    side = max(east - west, north - south)
    grid = raster.window(crs, around, max(raster.cell_m(crs), side / PIXELS))
    if grid is None:
        return None
    to_web = pyproj.Transformer.from_crs(crs, 3857, always_xy=True)
    left, bottom, right, top = to_web.transform_bounds(*around)
    cell = max(right - left, top - bottom) / PIXELS
    columns, rows = (max(1, round(length / cell)) for length in (right - left, top - bottom))
    x, y = np.meshgrid(
        left + (np.arange(columns) + 0.5) * (right - left) / columns,
        top - (np.arange(rows) + 0.5) * (top - bottom) / rows,
    )
    shade = _shade(grid).sample(*to_web.transform(x.ravel(), y.ravel(), direction="INVERSE"))
    step = np.where(shade < 0, shade / np.sin(LIGHT[0]), shade / BRIGHTEST) * SHADES
    stored = (128 + np.round(np.nan_to_num(step))).astype(np.uint8)
    (west, east), (south, north) = pyproj.Transformer.from_crs(3857, 4326, always_xy=True).transform(
        [left, right], [bottom, top]
    )
    header = {"wide": columns, "high": rows, "shades": SHADES, "bounds": [[south, west], [north, east]]}
    return assemble(header, [stored.tobytes()])


def _shade(grid: Grid) -> Grid:
    """Light on the ground above that on level ground, by Lambert's law; NaN where there is no height."""
    tilt, azimuth = slope_azimuth(Grid(grid.values * STEEPER, grid.west, grid.north, grid.cell_m))
    height, direction = LIGHT
    tilt = np.radians(tilt)
    light = np.cos(tilt) * np.sin(height) + np.sin(tilt) * np.cos(height) * np.cos(direction - np.radians(azimuth))
    return Grid(np.maximum(light, 0.0) - np.sin(height), grid.west, grid.north, grid.cell_m)


def _lines(
    every: gpd.GeoDataFrame, crs: pyproj.CRS, around: Bounds, tolerance_m: float
) -> tuple[list[dict[str, Any]], int]:
    """Waters and roads within the bounds, the largest first, and how many of them had no room."""
    shown = every["shows"].to_numpy()
    clipped = shapely.clip_by_rect(every.geometry.to_numpy(), *around)
    parts, of = shapely.get_parts(shapely.simplify(clipped, tolerance_m), return_index=True)
    kept = np.isin(shapely.get_type_id(parts), (1, 3)) & ~shapely.is_empty(parts)
    parts, shown = parts[kept], shown[of[kept]]
    order = np.argsort(-shapely.length(parts), kind="stable")
    room = np.cumsum(shapely.get_num_coordinates(parts[order])) <= MOST_CORNERS
    n_left_out = int((~room).sum())
    chosen = np.sort(order[room])
    to_wgs84 = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
    lines = []
    for shape, shows in zip(parts[chosen], shown[chosen], strict=True):
        rings = shapely.get_rings(shape) if shape.geom_type == "Polygon" else [shape]
        lines.append(
            {"shows": str(shows), "area": shape.geom_type == "Polygon", "rings": list(_steps(rings, to_wgs84))}
        )
    return lines, n_left_out


def _steps(rings: Any, to_wgs84: pyproj.Transformer) -> Iterator[list[int]]:
    """Corners of rings or lines as latitude, longitude, latitude, ... in 1e-5 degrees, each but the first as a step."""
    for ring in rings:
        longitude, latitude = to_wgs84.transform(*shapely.get_coordinates(ring).T)
        corners = np.rint(np.stack([latitude, longitude], axis=1) * 10**DIGITS).astype(np.int64)
        yield np.concatenate([corners[:1], np.diff(corners, axis=0)]).ravel().tolist()
