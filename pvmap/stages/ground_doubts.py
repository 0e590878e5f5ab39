"""Whether the ground model lies under the city, and the surface model above the ground."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from pvmap.errors import InputError
from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.settings.city import Inputs, RasterInput, SurfaceInput
from pvmap.settings.mine import MineSettings
from pvmap.sites.mine_terrain import BLIND_ABOVE_CELL_M, hidden_wall_m, unknown_share
from pvmap.sources.raster import Raster, read_aligned
from pvmap.sources.surface_model import squares
from pvmap.sources.tiles import units

LEAST_SQUARE_M, SQUARE_CELLS = 1_000.0, 2_000  # to open a file once more takes longer than so many cells
LOOKS = 9  # squares of a kilometre, spread over the city, in which surface and ground are compared
LOOK_M = 500.0
# judgement: models of one datum differ by decimetres where nothing stands; geoids and ellipsoids by 10 m and more
BELOW_M = 2.0
BELOW_SHARE = 0.5
# judgement: a city nearly all of which lies above 20 m has no roofs at exactly 0 m; a city on a coast has low ground
LOW_QUANTILE, HIGH_GROUND_M = 0.05, 20.0
LEAST_TOLD = 1e-6  # share of a mine: less is the rounding of its outline
GROUND_ZERO_M = 3.0  # judgement: a model of heights above ground has most of its ground within 3 m of 0


def doubt_ground(
    sites: gpd.GeoDataFrame, points: np.ndarray, inputs: Inputs, mines: MineSettings, raw: Path, crs: CRS
) -> list[Finding]:
    """Doubt the models of ground and surface under the sites of the whole city.

    Parameters
    ----------
    sites
        Sites of all kinds.
    points
        A point within each, (n, 2). [m]
    inputs
        Its ``dem`` and ``dsm`` are looked at.
    mines
        How much of a mine's ground may be unknown, and which walls count.
    raw, crs
        Folder of the inputs; metric CRS of the city.

    Raises
    ------
    InputError
        The surface model holds heights above ground and is not said to.
    """
    dem, dsm = inputs.dem, inputs.dsm
    found = [one for model in (dem, dsm) if model is not None for one in _doubt_unit(model, raw)]
    if dem is not None:
        found += _doubt_dem(points, sites, dem, raw, crs)
        found += _doubt_mines(sites[sites["site_type"] == "mine"], dem, mines, raw, crs)
    if dem is not None and dsm is not None and not dsm.above_ground:
        found += _doubt_dsm(points, dem, dsm, raw, crs)
    return found


def _doubt_unit(model: RasterInput, raw: Path) -> list[Finding]:
    """Tell in which unit heights are, where that is not plainly the metre."""
    found = []
    for unit in units(model, raw):
        if unit.stated and unit.metres != 1.0:
            code = "height-unit-unknown" if unit.metres is None else "heights-converted"
            found.append(finding(code, layer=model.path, unit=unit.stated))
        elif not unit.stated and unit.across:
            found.append(finding("heights-perhaps-feet", layer=model.path, unit=unit.across))
    return found


def _doubt_dem(points: np.ndarray, sites: gpd.GeoDataFrame, dem: RasterInput, raw: Path, crs: CRS) -> list[Finding]:
    """Count the sites under which the ground model has no height."""
    raster = Raster(raw, dem)
    box = shapely.box(*raster.extent(crs))
    if not box.intersects(shapely.box(*sites.geometry.array.total_bounds)):
        gap_km = float(shapely.distance(box, shapely.box(*sites.geometry.array.total_bounds))) / 1e3
        return [finding("dem-elsewhere", layer=dem.path, count=len(sites), total=len(sites), gap_km=gap_km)]
    cell_m = raster.cell_m(crs)
    heights_m = np.full(len(points), np.nan)
    for square, rows in squares(points, max(LEAST_SQUARE_M, SQUARE_CELLS * cell_m)):
        grid = raster.window(crs, square, cell_m)
        if grid is not None:
            heights_m[rows] = grid.sample(*points[rows].T)
    found, ids, total = [], sites["site_id"], len(sites)
    missing, zero = np.isnan(heights_m), heights_m == 0.0
    if missing.any():
        some, count = ids.iloc[np.flatnonzero(missing)[:EXAMPLES]], int(missing.sum())
        found.append(finding("ground-missing", layer=dem.path, count=count, total=total, sites=some))
    others = heights_m[~missing & ~zero]
    if zero.any() and len(others) and np.quantile(others, LOW_QUANTILE) > HIGH_GROUND_M:
        some, count = ids.iloc[np.flatnonzero(zero)[:EXAMPLES]], int(zero.sum())
        lowest_m = round(float(np.quantile(others, LOW_QUANTILE)))
        found.append(finding("ground-zero", layer=dem.path, count=count, total=total, sites=some, lowest_m=lowest_m))
    return found


def _doubt_mines(sites: gpd.GeoDataFrame, dem: RasterInput, rules: MineSettings, raw: Path, crs: CRS) -> list[Finding]:
    """Tell which mines stand on ground that was not measured, and whether cells are too coarse to show their walls."""
    if not len(sites):
        return []
    raster = Raster(raw, dem)
    cell_m = raster.cell_m(crs)
    shares = np.array([unknown_share(raster.window(crs, one.bounds, cell_m), one) for one in sites.geometry.to_numpy()])
    found, ids, total = [], sites["site_id"], len(sites)
    filled = np.flatnonzero((shares > LEAST_TOLD) & (shares <= rules.most_unknown_share))
    if len(filled):
        some, most = ids.iloc[filled[:EXAMPLES]], round(100 * float(shares[filled].max()), 1)
        code, count = "mine-ground-continued", len(filled)
        found.append(finding(code, layer=dem.path, count=count, total=total, sites=some, share_percent=most))
    if cell_m > BLIND_ABOVE_CELL_M:
        code, wall_m = "coarse-terrain-hides-walls", round(hidden_wall_m(cell_m, rules))
        some, cell_m = ids.iloc[:EXAMPLES], round(cell_m, 1)
        found.append(finding(code, layer=dem.path, count=total, sites=some, cell_m=cell_m, wall_m=wall_m))
    return found


def _doubt_dsm(points: np.ndarray, dem: RasterInput, dsm: SurfaceInput, raw: Path, crs: CRS) -> list[Finding]:
    """Compare surface and ground around a few sites."""
    surface, ground = [np.empty(0)], [np.empty(0)]
    for row in np.unique(np.linspace(0, len(points) - 1, LOOKS).round().astype(int)):
        x, y = points[row]
        cell_m = max(Raster(raw, one).cell_m(crs) for one in (dem, dsm))
        window = (x - LOOK_M, y - LOOK_M, x + LOOK_M, y + LOOK_M)
        grids = read_aligned((dsm, dem), raw, crs, window, cell_m)
        if grids is not None:
            both = np.isfinite(grids[0].values) & np.isfinite(grids[1].values)
            surface.append(grids[0].values[both])
            ground.append(grids[1].values[both])
    top, foot = np.concatenate(surface), np.concatenate(ground)
    below = top < foot - BELOW_M
    if not len(top) or below.mean() <= BELOW_SHARE:
        return []
    depth_m = float(np.median((foot - top)[below]))
    if np.mean(np.abs(top) <= GROUND_ZERO_M) >= BELOW_SHARE:
        raise InputError(
            f"{dsm.path} lies {depth_m:,.0f} m below the ground of {dem.path}: the surface model seems to hold heights "
            "above ground; say so with above_ground = true under inputs.dsm."
        )
    count, total = int(below.sum()), len(top)
    return [finding("surface-below-ground", layer=dsm.path, count=count, total=total, other=dem.path, depth_m=depth_m)]
