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
from pyproj import CRS
from rasterio.features import shapes
from scipy import ndimage

from pvmap.settings.roof_planes import RoofPlaneSettings
from pvmap.sites.masks import polygonal
from pvmap.sites.plane_edges import cut_where_planes_meet, straightened, without_small_holes
from pvmap.sites.region_growing import (
    FIT,
    fill_up,
    fit_again,
    grow,
    local_slopes,
    plane_height,
    settle,
    take_in_edges,
)
from pvmap.sources.grid import Grid
from pvmap.sources.surface_model import labels_of

EXPLAINED = 0.9  # share of a plane's cells from which on its larger neighbours make it superfluous


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
    labels = labels_of(np.asarray(footprints, object), dsm)
    labels[np.isnan(dsm.values)] = 0
    height = np.nan_to_num(dsm.values)
    slopes, rough = local_slopes(height, labels, dsm.cell_m, max(round(settings.slope_radius_m / dsm.cell_m), 1))
    ready = np.flatnonzero(np.isfinite(rough))
    seeds = ready[np.argsort(rough.ravel()[ready], kind="stable")]
    lean = math.cos(math.radians(settings.max_lean_deg))
    least = max(math.ceil(settings.min_area_m2 / dsm.cell_m**2), settings.min_cells)
    regions, fits = grow(height, labels, slopes, seeds, dsm.cell_m, settings.tolerance_m, lean, least)
    kept = np.hypot(*fits[:, :2].T) <= math.tan(math.radians(settings.max_tilt_deg))
    kept = _planes_of_their_own(regions, height, labels, fits, kept, dsm.cell_m, settings.tolerance_m)
    regions, fits = np.concatenate([[0], np.where(kept, np.cumsum(kept), 0)])[regions].astype(np.int32), fits[kept]
    fill_up(regions, height, labels, fits, dsm.cell_m, settings.tolerance_m)
    settle(regions, height, labels, fits, dsm.cell_m)
    return PlaneCells(regions, labels, fit_again(regions, height, fits, dsm.cell_m))


def _planes_of_their_own(
    regions: np.ndarray,
    height: np.ndarray,
    labels: np.ndarray,
    fits: np.ndarray,
    flat_enough: np.ndarray,
    cell_m: float,
    tolerance_m: float,
) -> np.ndarray:
    """Whether each plane that is flat enough is more than a strip that larger planes beside it explain.

    Such are the blur along a ridge, and the cells along an eave that are half wall: where cells lie along the eave
    these all have the same height.
    """
    rim = (ndimage.minimum_filter(labels, 3, mode="constant") != labels) | (ndimage.maximum_filter(labels, 3) != labels)
    kept, size = flat_enough.copy(), fits[:, FIT.index("cells")]
    order = np.argsort(regions, axis=None, kind="stable")
    first = np.searchsorted(regions.ravel()[order], np.arange(1, len(fits) + 2))
    beside = _neighbours(regions, fits)
    for plane in np.flatnonzero(kept)[np.argsort(size[kept], kind="stable")]:
        cells = order[first[plane] : first[plane + 1]]
        row, column = np.unravel_index(cells, regions.shape)
        explained = np.zeros(len(cells), bool)
        for other in beside.get(plane, ()):
            if kept[other] and size[other] > size[plane]:
                off = np.abs(height[row, column] - plane_height(fits[other], row, column, cell_m))
                explained |= (off <= tolerance_m) | rim[row, column]
        kept[plane] = explained.mean() < EXPLAINED
    return kept


def _neighbours(regions: np.ndarray, fits: np.ndarray) -> dict[int, list[int]]:
    """Planes of the same roof whose cells touch, by position in the fits."""
    touching = [
        np.stack([regions[a].ravel(), regions[b].ravel()])
        for a, b in (
            (np.s_[:, :-1], np.s_[:, 1:]),
            (np.s_[:-1, :], np.s_[1:, :]),
            (np.s_[:-1, :-1], np.s_[1:, 1:]),
            (np.s_[:-1, 1:], np.s_[1:, :-1]),
        )
    ]
    pairs = np.concatenate(touching, axis=1) - 1
    pairs = np.unique(pairs[:, (pairs[0] != pairs[1]) & (pairs.min(axis=0) >= 0)], axis=1)
    label = fits[:, FIT.index("label")]
    beside: dict[int, list[int]] = {}
    for one, other in pairs[:, label[pairs[0]] == label[pairs[1]]].T:
        beside.setdefault(int(one), []).append(int(other))
        beside.setdefault(int(other), []).append(int(one))
    return beside


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
        One row a plane: roof (position in `footprints`), surface_tilt and surface_azimuth [deg, downhill], geometry the
        plan polygon: its cells and the edge of the roof beside them, cut to the footprint and to the line where it
        meets its neighbours, without holes smaller than ``least_hole_m2``.
    """
    cells = grow_planes(footprints, dsm, settings)
    fit = pd.DataFrame(cells.fits, columns=list(FIT))
    roof = fit["label"].to_numpy(np.int64) - 1
    steep = np.hypot(fit["slope_east"], fit["slope_north"])
    columns = {
        "roof": roof,
        "surface_tilt": np.degrees(np.arctan(steep)),
        "surface_azimuth": np.degrees(np.arctan2(-fit["slope_east"], -fit["slope_north"])) % 360.0,
    }
    polygons = _outlines(cells, dsm) if len(fit) else np.empty(0, object)
    polygons = cut_where_planes_meet(polygons, roof, _planes_of(cells.fits, dsm), dsm.cell_m, settings.tolerance_m)
    inside = shapely.intersection(polygons, np.asarray(footprints, object)[roof]) if len(fit) else polygons
    inside = without_small_holes(polygonal(inside), settings.least_hole_m2)
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=inside, crs=crs)


def _outlines(cells: PlaneCells, dsm: Grid) -> np.ndarray:
    """Outline each plane, one cell wider where its roof ends."""
    wider = take_in_edges(cells.regions, cells.labels)
    parts: list[list[shapely.Geometry]] = [[] for _ in cells.fits]
    for outline, value in shapes(wider, mask=wider > 0, transform=dsm.transform):
        parts[int(value) - 1].append(shapely.geometry.shape(outline))
    return straightened(np.array([shapely.union_all(some) for some in parts], object), dsm.cell_m)


def _planes_of(fits: np.ndarray, dsm: Grid) -> np.ndarray:
    """Rise to the east, rise to the north and height at the origin of the CRS of each plane."""
    east, north = dsm.west + fits[:, 2], dsm.north - fits[:, 3]
    return np.column_stack([fits[:, 0], fits[:, 1], fits[:, 4] - fits[:, 0] * east - fits[:, 1] * north])


def level_roofs(footprints: np.ndarray, dsm: Grid, settings: RoofPlaneSettings) -> Grid:
    """Put the cells that lie on a roof plane exactly on it, so that no roof is shaded by the noise of its own surface.

    What no plane takes in, chimneys and parapets, stands as measured. Parameters as in `grow_planes`.
    """
    cells = grow_planes(footprints, dsm, settings)
    row, column = np.nonzero(cells.regions)
    values = dsm.values.copy()
    values[row, column] = plane_height(cells.fits[cells.regions[row, column] - 1].T, row, column, dsm.cell_m)
    return replace(dsm, values=values)
