"""Rehearsals: the compiled parts of a tile called on a few made-up surfaces, while the city is still being read.

What numba compiles it keeps on disk, so the tiles find it ready in whatever process they run. Rehearsals of
about equal length let idle workers share the work, where each would else compile all of it for its first tile.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.directions import N_AZ, N_EL
from pvmap.energy.kernel import simulate
from pvmap.energy.sky import Sky, build_sky
from pvmap.planning.risk.height_chain import Neighbours
from pvmap.planning.risk.height_draws import draw_heights, line_up
from pvmap.planning.risk.height_model import Observed, height_density
from pvmap.planning.risk.keyed import keys_of, normals
from pvmap.settings.city import Settings
from pvmap.shade.obstruction import obstruction, pairs_of, views_of
from pvmap.shade.points import sample_points
from pvmap.shade.rings import Boxes
from pvmap.shade.skyline import shade_surfaces
from pvmap.shade.terrain import Terrain
from pvmap.shade.walls import point_skylines
from pvmap.sites.setback import set_back
from pvmap.sources.grid import Grid
from pvmap.sources.weather import WeatherPoint
from pvmap.sources.weather.hours import year_index
from pvmap.stages.draws import wanted
from pvmap.stages.skies import sun_weights
from pvmap.tables.vocabulary import MOUNTINGS

SIDE_M = 20.0
MOUNTED = {"buildings": ("flush", "rack"), "mines": ("ground",), "fishponds": ("pond",)}  # by layer


def rehearse_walls(settings: Settings) -> None:
    """Keep clear of the edges of roofs, and look for skylines among buildings."""
    surfaces = _surfaces()
    set_back(surfaces.geometry.to_numpy(), np.ones(len(surfaces)))
    if not settings.shade.enabled:
        return
    boxes = Boxes.of(surfaces.geometry.to_numpy(), np.linspace(10.0, 40.0, len(surfaces)))
    points = sample_points(surfaces.geometry.to_numpy(), settings.shade)
    point_skylines(points, np.zeros(len(points.xy)), np.arange(len(surfaces)), boxes, settings.shade)


def rehearse_light(settings: Settings) -> None:
    """Look at terrain, and reduce skylines to what they leave of the light."""
    if not settings.shade.enabled:
        return
    hills = Grid(np.add.outer(np.arange(64.0), np.arange(64.0)), west=-1000.0, north=1000.0, cell_m=30.0)
    shade_surfaces(_surfaces(), None, Terrain.of(hills), None, sun_weights(_sky(settings)), settings.shade)


def rehearse_energy(settings: Settings) -> None:
    """Simulate the year: under an open sky, behind obstacles, and behind rows."""
    mountings = [name for layer, names in MOUNTED.items() if getattr(settings.inputs, layer) for name in names]
    surfaces, sky = _surfaces().assign(capacity_kwp=1.0), _sky(settings)
    surfaces = surfaces[surfaces["mounting"].isin(mountings)]
    n = len(surfaces)
    shade = pd.DataFrame({"sky_view_factor": np.ones(n), "horizon_band_share": np.ones(n)})
    shaded = np.ones((n, N_AZ, N_EL), np.float32) if settings.shade.enabled else None
    group = np.zeros(n, np.int64)
    for sunlit, rows_shade in ((None, False), (shaded, False), (shaded, True)):
        for tilt in (0.0, 5.0):  # rows on level ground and on slopes differ
            ground = surfaces.assign(ground_tilt=tilt)
            simulate(sky, ground, shade, sunlit, group, 0, settings.energy, rows_shade=rows_shade)


def rehearse_heights(settings: Settings) -> None:
    """Draw heights, and see what they hide."""
    if not wanted(settings):
        return
    surfaces = _surfaces()
    polygons, keys = surfaces.geometry.to_numpy(), keys_of(surfaces["site_id"])
    n = len(surfaces)
    pairs = pairs_of(polygons)
    seen = Observed(np.full(n, 10.0), np.full(n, 3.0), np.zeros(n), np.zeros(n, np.int64))
    heights = draw_heights(seen, line_up(keys, Neighbours(*pairs)), height_density(seen))
    obstruction(views_of(polygons, pairs, np.ones(n, bool)), heights, 30.0)
    normals(keys, 0)


REHEARSALS = (rehearse_energy, rehearse_walls, rehearse_light, rehearse_heights)


def _sky(settings: Settings) -> Sky:
    hours = settings.city.utc_offset_hours
    weather = WeatherPoint(
        weather_id="rehearsal",
        longitude=hours * 15.0,
        latitude=30.0,
        altitude_m=0.0,
        data=pd.DataFrame(
            {"ghi": 300.0, "dni": 300.0, "dhi": 150.0, "temp_air": 20.0, "wind_speed": 1.0},
            index=year_index(settings.weather.nominal_year, hours),
        ),
        sun_offset_minutes=30.0,
        interval_minutes=60.0,
        source="made up",
        corrected=False,
    )
    return build_sky(weather, settings.energy, hours)


def _surfaces() -> gpd.GeoDataFrame:
    """One surface of every mounting, in a row."""
    west = np.arange(len(MOUNTINGS)) * 3 * SIDE_M
    names = [f"rehearsal-{mounting}" for mounting in MOUNTINGS]
    return gpd.GeoDataFrame(
        {
            "surface_id": names,
            "site_id": names,
            "surface_tilt": 20.0,
            "surface_azimuth": 180.0,
            "gcr": 0.5,
            "albedo": 0.2,
            "mounting": list(MOUNTINGS),
            "height_m": 10.0,
            "ground_tilt": 0.0,
            "ground_azimuth": 180.0,
            "row_length_m": 4.58,
            "edge_height_m": 1.0,
        },
        geometry=shapely.box(west, 0.0, west + SIDE_M, SIDE_M),
        crs="EPSG:3857",
    )
