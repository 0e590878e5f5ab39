"""Measured roof planes of a tile's buildings: from CityJSON where it knows them, else from the surface model."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from pvmap import store
from pvmap.settings.city import FileInput
from pvmap.settings.roof_planes import RoofPlaneSettings
from pvmap.sites.measured import planes_on
from pvmap.sites.roof_planes import fit_roof_planes
from pvmap.sources.raster import Raster, read_window
from pvmap.sources.roof_faces import read_roof_planes
from pvmap.sources.surface_model import drawn_roofs, footprint_squares, read_surface
from pvmap.stages.job import TileJob
from pvmap.text_columns import positions

COLUMNS = ["roof", "surface_tilt", "surface_azimuth", "obstacles_measured", "geometry"]


def roof_planes(job: TileJob) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame | None] | None:
    """Give `base.Ground` the city's measured roof planes; None where nothing was measured.

    A CityJSON plane knows no chimneys, so the share that obstacles take is still assumed on it, as on a roof that a
    surface model shows as drawn; where it was measured it shows them, so what no plane takes in is booked as an
    obstacle and no share is assumed for them. Access and ownership, which nobody can see, take their shares of either.
    """
    inputs = job.settings.inputs
    if inputs.roofs_cityjson is None and not _is_fine_enough(job):
        return None

    def planes(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
        footprints = sites.geometry.to_numpy()
        found = [_known_planes(footprints, job), _fitted_planes(sites, job)]
        told = found[0]["roof"].unique() if found[0] is not None else []
        if found[1] is not None:
            found[1] = found[1][~found[1]["roof"].isin(told)]
        frames = [frame for frame in found if frame is not None and len(frame)]
        if not frames:
            return None
        every = pd.concat(frames, ignore_index=True)
        return every[every["surface_tilt"] <= job.settings.roof_planes.max_tilt_deg]  # type: ignore[return-value]

    return planes


def _known_planes(footprints: np.ndarray, job: TileJob) -> gpd.GeoDataFrame | None:
    """Planes of the CityJSON file on those of these footprints that they cover: a neighbour's edge tells nothing."""
    source = job.settings.inputs.roofs_cityjson
    if source is None:
        return None
    city = _cityjson(source.model_dump_json(), job.raw, job.crs, job.stamp)
    known = well_covered(planes_on(footprints, city), footprints, job.settings.roof_planes)
    return known.assign(obstacles_measured=False)[COLUMNS]


@lru_cache(maxsize=2)
def _cityjson(source: str, raw: Path, crs: str, stamp: str) -> gpd.GeoDataFrame:
    """Read a CityJSON file once a worker; the stamp tells runs apart."""
    return read_roof_planes(FileInput.model_validate_json(source), raw, CRS(crs))


def _is_fine_enough(job: TileJob) -> bool:
    """Whether the city has a surface model whose cells are small enough for planes."""
    dsm = job.settings.inputs.dsm
    if dsm is None:
        return False
    return Raster(job.raw, dsm).cell_m(CRS(job.crs)) <= job.settings.roof_planes.max_cell_m


def _fitted_planes(sites: gpd.GeoDataFrame, job: TileJob) -> gpd.GeoDataFrame | None:
    """Planes fitted to the surface model inside the footprints of these sites, square by square.

    Neighbours of other tiles are fitted along: a cell on the line between two buildings goes to the one whose footprint
    holds its centre, whatever tile that building is in.
    """
    dsm, settings, crs = job.settings.inputs.dsm, job.settings.roof_planes, CRS(job.crs)
    if dsm is None or not _is_fine_enough(job):
        return None
    cell_m = Raster(job.raw, dsm).cell_m(crs)
    frames = []
    for _, window, rows in footprint_squares(sites.geometry.to_numpy(), cell_m):
        grid = read_surface(dsm, job.settings.inputs.dem, job.raw, crs, window, cell_m)
        if grid is None:
            continue
        near = store.read_table(job.prepared, "sites", columns=["site_id", "site_type", "geometry"], bbox=window)
        near = near[near["site_type"] == "rooftop"]
        footprints = near["geometry"].to_numpy()
        found = well_covered(fit_roof_planes(footprints, grid, settings, crs), footprints, settings)
        as_read = read_window(dsm, job.raw, crs, window, cell_m) if dsm.above_ground else grid
        drawn = drawn_roofs(footprints, as_read or grid)[found["roof"].to_numpy()]
        owner = positions(near["site_id"], sites["site_id"])[found["roof"].to_numpy()]
        found = found.assign(roof=owner, obstacles_measured=~drawn)[COLUMNS]
        frames.append(found[np.isin(owner, rows)])
    return pd.concat(frames, ignore_index=True) if frames else None  # type: ignore[return-value]


def well_covered(planes: gpd.GeoDataFrame, footprints: np.ndarray, settings: RoofPlaneSettings) -> gpd.GeoDataFrame:
    """Keep the planes of roofs that they cover well enough; on others the fit tells too little and the rules stand."""
    area = np.bincount(planes["roof"], weights=planes.geometry.area, minlength=len(footprints))
    enough = area >= settings.least_cover * gpd.GeoSeries(footprints).area.to_numpy()
    return planes[enough[planes["roof"].to_numpy()]].reset_index(drop=True)
