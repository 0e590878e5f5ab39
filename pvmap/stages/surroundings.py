"""What stands around a tile: buildings within reach as boxes, and the terrain out to the horizon."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from pvmap import store
from pvmap.crs import grid_north
from pvmap.settings.city import RasterInput, Settings
from pvmap.settings.shade import ShadeSettings
from pvmap.shade.rings import Boxes
from pvmap.shade.skyline import Shade, shade_surfaces
from pvmap.shade.sun import SunWeights
from pvmap.shade.terrain import Terrain
from pvmap.shade.walls import reach_m
from pvmap.sites.base import Bounds
from pvmap.sources.raster import Grid, Raster, read_window
from pvmap.stages.job import TileJob
from pvmap.stages.surface_blocks import SurfaceBlocks

GRID_NORTH_STEP = 0.25  # deg; bins are 5.6 wide, the sun half a degree
MOST_CELLS = 20_000_000  # of the terrain: 160 MB, and a third more for its coarser levels


@dataclass(frozen=True)
class Surroundings:
    """Everything that may shade the surfaces of a tile.

    Attributes
    ----------
    boxes
        Buildings whose outline comes within reach of the tile and that rise above its lowest point.
    terrain
        Elevation model out to the reach of the terrain; None where the city has none.
    surface
        Measured surface model; None where the city has none.
    grid_north
        Azimuth of grid north, by steps of `GRID_NORTH_STEP`. [deg]
    """

    boxes: Boxes
    terrain: Terrain | None
    surface: SurfaceBlocks | None
    grid_north: float = 0.0

    def turned(self, grid_north: float) -> Surroundings:
        """Return the same for surfaces where grid north lies otherwise."""
        return replace(self, grid_north=float(grid_north))

    def shade(self, surfaces: gpd.GeoDataFrame, sun: SunWeights, settings: ShadeSettings) -> Shade:
        """Find what of all this stands in the way of surfaces."""
        return shade_surfaces(
            surfaces, self.boxes, self.terrain, self.surface, sun, settings, grid_north=self.grid_north
        )

    @classmethod
    def around(cls, surfaces: gpd.GeoDataFrame, job: TileJob) -> Surroundings:
        """Read what stands around surfaces, as far as the rule of reach asks: tiling changes no number."""
        settings = job.settings.shade
        bounds: Bounds = tuple(surfaces.total_bounds)  # type: ignore[assignment]
        terrain = terrain_around(job, widened(bounds, settings.terrain_reach_m))
        near = store.read_table(
            job.prepared,
            "sites",
            columns=["site_id", "site_type", "height_m", "geometry"],
            bbox=widened(bounds, settings.max_reach_m),
        )
        near = near[(near["site_type"] == "rooftop") & (near["height_m"] > 0)]
        base = base_z(near, terrain)
        own = near["site_id"].isin(surfaces["site_id"]).to_numpy()
        lowest = base[own].min() if own.any() else 0.0
        if terrain is not None:
            middle = surfaces.geometry.representative_point()
            lowest = min(lowest, float(terrain.ground(middle.x, middle.y).min()))
        rise = base + near["height_m"].to_numpy(float) + settings.parapet_height_m - lowest
        distance = shapely.distance(near.geometry.to_numpy(), shapely.box(*bounds))
        keep = own | (distance <= reach_m(rise, settings))
        near, base = near[keep], base[keep]
        boxes = Boxes.of(near.geometry.to_numpy(), near["height_m"].to_numpy(float), base, near["site_id"])
        return cls(boxes, terrain, SurfaceBlocks.of(job))


def grid_north_steps(job: TileJob, longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> np.ndarray:
    """Azimuth of grid north at places [deg], in steps, so that surfaces share their directions and no tile decides."""
    return np.round(grid_north(CRS(job.crs), longitude, latitude) / GRID_NORTH_STEP) * GRID_NORTH_STEP


def terrain_around(job: TileJob, bounds: Bounds) -> Terrain | None:
    """Elevation model that covers `bounds` at least; neighbouring tiles share it."""
    if job.settings.inputs.dem is None:
        return None
    west, south, east, north = bounds
    block = job.settings.shade.terrain_reach_m
    snapped = *np.floor(np.array([west, south]) / block) * block, *np.ceil(np.array([east, north]) / block) * block
    return _terrain(job.settings.inputs.dem.model_dump_json(), job.raw, job.crs, snapped, block, job.stamp)


@lru_cache(maxsize=4)
def _terrain(dem: str, raw: Path, crs: str, bounds: Bounds, reach_m: float, stamp: str) -> Terrain | None:
    """Levels of the elevation model, built once a worker and block; the stamp tells runs apart.

    A model so fine that it does not fit in memory out to the reach is read in larger cells, the same all over the city.
    """
    source = RasterInput.model_validate_json(dem)
    raster = Raster(raw, source)
    west, south, east, north = raster.extent(CRS(crs))
    window = max(bounds[0], west), max(bounds[1], south), min(bounds[2], east), min(bounds[3], north)
    if window[0] >= window[2] or window[1] >= window[3]:
        return None
    cell_m = raster.cell_m(CRS(crs))
    widest = 4 * reach_m  # of a block and its margins
    cells = min(east - west, widest) * min(north - south, widest) / cell_m**2
    grid = read_window(source, raw, CRS(crs), window, cell_m * math.ceil(max(1.0, math.sqrt(cells / MOST_CELLS))))
    return Terrain.of(grid) if grid is not None else None


def elevation(job: TileJob, bounds: Bounds) -> Grid | None:
    """Window of the city's elevation model, None where it has no data or the city no model."""
    settings: Settings = job.settings
    if settings.inputs.dem is None:
        return None
    return read_window(settings.inputs.dem, job.raw, CRS(job.crs), bounds)


def base_z(buildings: gpd.GeoDataFrame, terrain: Terrain | None) -> np.ndarray:
    """Foot of each building above the datum of the terrain [m]: on the nearest known ground, 0 where there is none."""
    if terrain is None or not len(buildings):
        return np.zeros(len(buildings))
    middle = buildings.geometry.representative_point()
    return terrain.ground(middle.x.to_numpy(), middle.y.to_numpy())


def widened(bounds: Bounds, by_m: float) -> Bounds:
    """Bounds with a margin on every side."""
    west, south, east, north = bounds
    return west - by_m, south - by_m, east + by_m, north + by_m
