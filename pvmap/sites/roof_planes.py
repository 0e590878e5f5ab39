"""Roof planes from a measured surface model: robust fits on regions grown inside each footprint.

A plane starts where the surface is smoothest, takes in neighbouring cells that lie on it and lean its way, and is
fitted again as it grows. What no plane takes in (chimneys, dormers, plant) is an obstacle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from affine import Affine
from pyproj import CRS
from rasterio.features import rasterize, shapes

from pvmap.settings.roof_planes import RoofPlaneSettings
from pvmap.sites.region_growing import FIT, grow, local_slopes, take_in_edges
from pvmap.sources.raster import Grid


@dataclass(frozen=True)
class PlaneCells:
    """Cells of a surface model that lie on roof planes.

    Attributes
    ----------
    regions, labels : (rows, columns) int32 arrays
        Number of the plane, and of the footprint, each counted from 1; 0 where none.
    fits : (n, 8) array
        The planes; columns as `region_growing.FIT`.
    """

    regions: np.ndarray
    labels: np.ndarray
    fits: np.ndarray


def grow_planes(footprints: np.ndarray, dsm: Grid, settings: RoofPlaneSettings) -> PlaneCells:
    """Grow planes over the cells of each footprint; no footprint depends on another or on the window.

    Parameters
    ----------
    footprints : (n,) array of polygons
        In the grid's CRS.
    dsm
        Measured surface heights [m].
    settings
        Tolerances of the fit.
    """
    labels = np.zeros(dsm.values.shape, np.int32)
    if len(footprints):
        numbered = ((polygon, number + 1) for number, polygon in enumerate(footprints))
        rasterize(numbered, out=labels, transform=_transform(dsm))
    labels[np.isnan(dsm.values)] = 0
    height = np.nan_to_num(dsm.values)
    slope_x, slope_y, rough = local_slopes(height, labels, dsm.cell_m)
    ready = np.flatnonzero(np.isfinite(rough))
    seeds = ready[np.argsort(rough.ravel()[ready], kind="stable")]
    lean = math.cos(math.radians(settings.max_lean_deg))
    least = max(math.ceil(settings.min_area_m2 / dsm.cell_m**2), settings.min_cells)
    regions, fits = grow(height, labels, slope_x, slope_y, seeds, dsm.cell_m, settings.tolerance_m, lean, least)
    return PlaneCells(regions, labels, fits)


def fit_roof_planes(footprints: np.ndarray, dsm: Grid, settings: RoofPlaneSettings, crs: CRS) -> gpd.GeoDataFrame:
    """Find the planes of roofs in a surface model.

    Parameters
    ----------
    footprints : (n,) array of polygons
        In the grid's CRS.
    dsm
        Measured surface heights [m]; 1 m cells or finer.
    settings
        Tolerances of the fit.
    crs
        Metric CRS of both.

    Returns
    -------
    GeoDataFrame
        One row a plane: roof (position in `footprints`), surface_tilt and surface_azimuth [deg, downhill],
        area_m2 along the plane and mean_z_m [m] of its own cells, residual_m (root mean square of the fit), geometry
        the plan polygon: its cells and the edge of the roof beside them, cut to the footprint.
    """
    cells = grow_planes(footprints, dsm, settings)
    polygons: dict[int, list[shapely.Geometry]] = {}
    wider = take_in_edges(cells.regions, cells.labels)
    for outline, value in shapes(wider, mask=wider > 0, transform=_transform(dsm)):
        polygons.setdefault(int(value), []).append(shapely.geometry.shape(outline))
    fit = pd.DataFrame(cells.fits, columns=list(FIT))
    roof = fit["label"].to_numpy(np.int64) - 1
    steep = np.hypot(fit["slope_east"], fit["slope_north"])
    outlines = np.array([shapely.union_all(polygons[number + 1]) for number in range(len(fit))], object)
    columns = {
        "roof": roof,
        "surface_tilt": np.degrees(np.arctan(steep)),
        "surface_azimuth": np.degrees(np.arctan2(-fit["slope_east"], -fit["slope_north"])) % 360.0,
        "area_m2": fit["cells"] * dsm.cell_m**2 * np.sqrt(1.0 + steep**2),
        "mean_z_m": fit["mean_z_m"],
        "residual_m": fit["residual_m"],
    }
    inside = shapely.intersection(outlines, np.asarray(footprints, object)[roof]) if len(fit) else outlines
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=inside, crs=crs)


def level_roofs(footprints: np.ndarray, dsm: Grid, settings: RoofPlaneSettings) -> Grid:
    """Put the cells that lie on a roof plane exactly on it, so that no roof is shaded by the noise of its own surface.

    What no plane takes in, chimneys and parapets, stands as measured. Parameters as in `grow_planes`.
    """
    cells = grow_planes(footprints, dsm, settings)
    row, column = np.nonzero(cells.regions)
    a, b, east, south, mean_z = cells.fits[cells.regions[row, column] - 1, :5].T
    values = dsm.values.copy()
    values[row, column] = mean_z + a * ((column + 0.5) * dsm.cell_m - east) - b * ((row + 0.5) * dsm.cell_m - south)
    return replace(dsm, values=values)


def _transform(grid: Grid) -> Affine:
    return Affine(grid.cell_m, 0.0, grid.west, 0.0, -grid.cell_m, grid.north)
