"""What stands around a tile: buildings within reach as boxes, and the terrain out to the horizon."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import CRS

from pvmap.crs import grid_north
from pvmap.settings.city import Settings
from pvmap.settings.shade import ShadeSettings
from pvmap.shade.rings import Boxes, Floats
from pvmap.shade.shaded import Shade
from pvmap.shade.skyline import shade_surfaces, shade_under_heights
from pvmap.shade.sun import SunWeights
from pvmap.shade.terrain import Terrain
from pvmap.shade.walls import reach_m
from pvmap.sources.grid import Bounds, Grid, widened
from pvmap.sources.raster import read_window
from pvmap.stages import backdrop
from pvmap.stages.job import TileJob
from pvmap.stages.surface_blocks import SurfaceBlocks

GRID_NORTH_STEP = 0.25  # deg; bins are 5.6 wide, the sun half a degree


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

    def shade_under_heights(
        self, surfaces: gpd.GeoDataFrame, surface_m: Floats, box_m: Floats, sun: SunWeights, settings: ShadeSettings
    ) -> Shade:
        """Find the same under sets of heights of surfaces, (set, surface), and of buildings, (set, box) [m]."""
        tops = self.boxes.base_z + box_m
        return shade_under_heights(
            surfaces,
            surface_m,
            tops,
            self.boxes,
            self.terrain,
            self.surface,
            sun,
            settings,
            grid_north=self.grid_north,
        )

    @classmethod
    def around(cls, surfaces: gpd.GeoDataFrame, job: TileJob, tallest: pd.Series | None = None) -> Surroundings:
        """Read what stands around surfaces, as far as the rule of reach asks: tiling changes no number.

        Parameters
        ----------
        surfaces, job
            Of a tile.
        tallest
            Heights by site that buildings may yet be given; reach is that of the taller. [m]
        """
        settings, city = job.settings.shade, backdrop.opened(job)
        buildings, terrain = city.buildings, city.terrain
        bounds: Bounds = tuple(surfaces.total_bounds)  # type: ignore[assignment]
        west, south, east, north = bounds
        near = buildings.meeting(widened(bounds, settings.max_reach_m))
        away_x, away_y = (
            np.maximum(np.maximum(low - buildings.bounds[near, k + 2], buildings.bounds[near, k] - high), 0)
            for k, low, high in ((0, west, east), (1, south, north))
        )
        distance = np.hypot(away_x, away_y)  # to the outline's bounds, never more than to the outline
        within = np.flatnonzero(distance == 0)
        names = np.full(len(near), "", object)
        names[within] = buildings.names(near[within])  # of those that may carry these surfaces
        site, sites = pd.factorize(surfaces["site_id"])
        carrier = pd.Index(sites).get_indexer(pd.Index(names[within]))
        own = within[carrier >= 0]
        lowest = buildings.base_z[near[own]].min(initial=np.inf)
        on_ground = surfaces.geometry[~np.isin(site, carrier)]
        if len(on_ground):
            lowest = min(lowest, float(_ground(on_ground, terrain).min()))
        top = buildings.top_z[near]
        if tallest is not None:
            may_be = tallest.reindex(buildings.names(near)).to_numpy(float)
            top = np.fmax(top, buildings.base_z[near] + may_be)
        rise = top + settings.parapet_height_m - lowest
        keep = distance <= reach_m(rise, settings)
        keep[own] = True
        kept = near[keep]
        return cls(buildings.boxes(kept, buildings.names(kept)), terrain, SurfaceBlocks.of(job))


def grid_north_steps(job: TileJob, longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> np.ndarray:
    """Azimuth of grid north at places [deg], in steps, so that surfaces share their directions and no tile decides."""
    return np.round(grid_north(CRS(job.crs), longitude, latitude) / GRID_NORTH_STEP) * GRID_NORTH_STEP


def elevation(job: TileJob, bounds: Bounds) -> Grid | None:
    """Window of the city's elevation model, None where it has no data or the city no model."""
    settings: Settings = job.settings
    if settings.inputs.dem is None:
        return None
    return read_window(settings.inputs.dem, job.raw, CRS(job.crs), bounds)


def _ground(places: gpd.GeoSeries, terrain: Terrain | None) -> np.ndarray:
    """Elevation in the middle of places; 0 without terrain. [m]."""
    if terrain is None:
        return np.zeros(len(places))
    middle = places.representative_point()
    return terrain.ground(middle.x, middle.y)
