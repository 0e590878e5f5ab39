"""Whether the ground model lies under the city, and the surface model above the ground."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from scipy.spatial import cKDTree

from pvmap.errors import InputError
from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.settings.city import Inputs, RasterInput, SurfaceInput
from pvmap.settings.mine import MineSettings
from pvmap.sites.mine_terrain import BLIND_ABOVE_CELL_M, hidden_wall_m, unknown_share
from pvmap.sources.grid import Grid
from pvmap.sources.raster import Raster, read_aligned
from pvmap.sources.surface_model import squares
from pvmap.sources.tiles import units
from pvmap.sources.weather import WeatherSet

LEAST_SQUARE_M, SQUARE_CELLS = 1_000.0, 2_000  # to open a file once more takes longer than so many cells
LOOKS = 9  # squares of a kilometre, spread over the city, in which surface and ground are compared
LOOK_M, LOOK_CELLS = 500.0, 500
# judgement: models of one datum differ by decimetres where nothing stands; geoids and ellipsoids by 10 m and more
BELOW_M = 2.0
BELOW_SHARE = 0.5
# judgement: a city nearly all of which lies above 20 m has no roofs at exactly 0 m; a city on a coast has low ground
LOW_QUANTILE, HIGH_GROUND_M = 0.05, 20.0
LEAST_TOLD = 1e-6  # share of a mine: less is the rounding of its outline
# judgement: a model of heights above ground is 0 in its streets, also where the ground is hardly above the sea
STREETS_ZERO_M, LOW_GROUND_M = 0.3, 0.8
VOID_SHARE, ONE_VALUE = 0.005, 0.9  # of all cells; of those below the ground: pits and errors differ by their decimals
# judgement: a storey stands out by 3 m; of a survey older than a quarter some buildings are there all the same
STANDS_M, SUNK_M, SUNK_SHARE, LEAST_SUNK = 3.0, 1.0, 0.8, 5
GROUND_ZERO_M = 3.0  # judgement: a model of heights above ground has most of its ground within 3 m of 0
# judgement: even the densest quarters have streets; without them, a model of roofs alone, no height of a house tells
STREETS_QUANTILE, ABOVE_M = 0.05, 5.0
ROOFS_ONLY_SHARE, ABOVE_ROOFS_M = 0.9, 100.0
TOWERS_QUANTILE, TOWERS_M = 0.99, 300.0  # judgement: nowhere is a hundredth of a city's surface as high as towers
# judgement: walls of rock in the Karakoram rise 830 m within two cells of 90 m
JUMP_M, JUMP_CELLS, JUMP_NEAR_M = 100.0, 10.0, 1_000.0
OTHER_ALTITUDE_M = 500.0  # judgement: 3 K, a hundredth of the yield


def doubt_ground(
    sites: gpd.GeoDataFrame,
    points: np.ndarray,
    inputs: Inputs,
    mines: MineSettings,
    weather: WeatherSet,
    raw: Path,
    crs: CRS,
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
    weather
        Points whose altitude should be about the city's.
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
        found += _doubt_dem(points, sites, dem, weather, raw, crs)
        found += _doubt_mines(sites[sites["site_type"] == "mine"], dem, mines, raw, crs)
    if dsm is not None and (gap_km := _gap_km(Raster(raw, dsm), sites, crs)):
        found.append(finding("dsm-elsewhere", layer=dsm.path, count=len(sites), total=len(sites), gap_km=gap_km))
    elif dem is not None and dsm is not None:
        found += _doubt_dsm(sites, points, dem, dsm, raw, crs)
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


def _doubt_dem(
    points: np.ndarray, sites: gpd.GeoDataFrame, dem: RasterInput, weather: WeatherSet, raw: Path, crs: CRS
) -> list[Finding]:
    """Count the sites under which the ground model has no height, or one that no ground has."""
    raster = Raster(raw, dem)
    if gap_km := _gap_km(raster, sites, crs):
        return [finding("dem-elsewhere", layer=dem.path, count=len(sites), total=len(sites), gap_km=gap_km)]
    cell_m = raster.cell_m(crs)
    heights_m, jumps, highest_m = np.full(len(points), np.nan), np.zeros(len(points), bool), 0.0
    for square, rows in squares(points, max(LEAST_SQUARE_M, SQUARE_CELLS * cell_m)):
        grid = raster.window(crs, square, cell_m)
        if grid is not None:
            heights_m[rows] = grid.sample(*points[rows].T)
            jumps[rows], jump_m = _near_jumps(grid, points[rows])
            highest_m = max(highest_m, jump_m)
    found, ids, total = [], sites["site_id"], len(sites)
    missing, zero = np.isnan(heights_m), heights_m <= 0.0
    if missing.any():
        some, count = ids.iloc[np.flatnonzero(missing)[:EXAMPLES]], int(missing.sum())
        found.append(finding("ground-missing", layer=dem.path, count=count, total=total, sites=some))
    others = heights_m[~missing & ~zero]
    if zero.any() and len(others) and np.quantile(others, LOW_QUANTILE) > HIGH_GROUND_M:
        some, count = ids.iloc[np.flatnonzero(zero)[:EXAMPLES]], int(zero.sum())
        lowest_m = round(float(np.quantile(others, LOW_QUANTILE)))
        found.append(finding("ground-zero", layer=dem.path, count=count, total=total, sites=some, lowest_m=lowest_m))
    if jumps.any():
        some, count = ids.iloc[np.flatnonzero(jumps)[:EXAMPLES]], int(jumps.sum())
        jump_m, across_m = round(highest_m), round(2 * cell_m)
        told = finding(
            "ground-jumps", layer=dem.path, count=count, total=total, sites=some, jump_m=jump_m, across_m=across_m
        )
        found.append(told)
    if not missing.all():
        found += _doubt_altitude(dem, weather, float(np.nanmedian(heights_m)))
    return found


def _gap_km(raster: Raster, sites: gpd.GeoDataFrame, crs: CRS) -> float:
    """Distance between the extents of a model and of all sites, 0 where they meet."""
    return (
        float(shapely.distance(shapely.box(*raster.extent(crs)), shapely.box(*sites.geometry.array.total_bounds))) / 1e3
    )


def _near_jumps(grid: Grid, points: np.ndarray) -> tuple[np.ndarray, float]:
    """Find points near ground that rises within two cells as none does, (n,); the highest such rise [m]."""
    values, least_m = grid.values, max(JUMP_M, JUMP_CELLS * grid.cell_m)
    with np.errstate(invalid="ignore"):
        down, across = np.abs(values[2:] - values[:-2]), np.abs(values[:, 2:] - values[:, :-2])
        steep = [np.argwhere(rise > least_m) for rise in (down, across)]
    cells = np.concatenate([steep[0] + [1, 0], steep[1] + [0, 1]])
    if not len(cells):
        return np.zeros(len(points), bool), 0.0
    x, y = grid.west + (cells[:, 1] + 0.5) * grid.cell_m, grid.north - (cells[:, 0] + 0.5) * grid.cell_m
    near_m, _ = cKDTree(np.column_stack([x, y])).query(points, distance_upper_bound=JUMP_NEAR_M)
    return np.isfinite(near_m), float(max(np.nanmax(rise, initial=0.0) for rise in (down, across)))


def _doubt_altitude(dem: RasterInput, weather: WeatherSet, ground_m: float) -> list[Finding]:
    """Compare the ground of the city with the altitude of its weather, of several points with the nearest."""
    nearest = min(weather.points, key=lambda point: abs(point.altitude_m - ground_m))
    if abs(nearest.altitude_m - ground_m) <= OTHER_ALTITUDE_M:
        return []
    altitude_m, code = round(nearest.altitude_m), "weather-other-altitude"
    return [finding(code, layer=nearest.weather_id, altitude_m=altitude_m, ground_m=round(ground_m), other=dem.path)]


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


def _doubt_dsm(
    sites: gpd.GeoDataFrame, points: np.ndarray, dem: RasterInput, dsm: SurfaceInput, raw: Path, crs: CRS
) -> list[Finding]:
    """Compare surface and ground around a few sites; the ground is 0 where the surface holds heights above it."""
    surface, ground, cells = [np.empty(0)], [np.empty(0)], 0
    stands = points[_of_known_height(sites)]
    rise_m = np.full(len(stands), np.nan)
    cell_m = min(Raster(raw, one).cell_m(crs) for one in (dem, dsm))
    for row in np.unique(np.linspace(0, len(points) - 1, LOOKS).round().astype(int)):
        x, y = points[row]
        look_m = min(LOOK_M, LOOK_CELLS * cell_m)
        window = (x - look_m, y - look_m, x + look_m, y + look_m)
        grids = read_aligned((dsm, dem), raw, crs, window, cell_m)
        if grids is not None:
            both = np.isfinite(grids[0].values) & np.isfinite(grids[1].values)
            cells += _box_cells(np.isfinite(grids[0].values))
            surface.append(grids[0].values[both])
            base = replace(grids[1], values=np.zeros_like(grids[1].values)) if dsm.above_ground else grids[1]
            ground.append(base.values[both])
            here = ((stands >= window[:2]) & (stands <= window[2:])).all(axis=1)
            rise_m[here] = grids[0].nearest(*stands[here].T) - base.nearest(*stands[here].T)
    top, foot = np.concatenate(surface), np.concatenate(ground)
    if not len(top):
        return []
    below = top < foot - BELOW_M
    of_streets = (not dsm.above_ground) & (np.abs(top) <= STREETS_ZERO_M) & (foot >= LOW_GROUND_M)
    above_ground = not dsm.above_ground and np.mean(np.abs(top) <= GROUND_ZERO_M) >= BELOW_SHARE
    above_ground = (above_ground and below.mean() > BELOW_SHARE) or of_streets.mean() >= BELOW_SHARE
    if not above_ground and below.mean() <= BELOW_SHARE:
        voids = _doubt_voids(dsm, dem, top, below)
        return [*_doubt_above(dsm, dem, top - foot, len(top) / cells), *_doubt_rise(dsm, dem, rise_m), *voids]
    depth_m = float(np.median((foot - top)[below | of_streets]))
    if above_ground:
        raise InputError(
            f"{dsm.path} lies {depth_m:,.0f} m below the ground of {dem.path}: the surface model seems to hold heights "
            "above ground; say so with above_ground = true under inputs.dsm."
        )
    count, total = int(below.sum()), len(top)
    return [finding("surface-below-ground", layer=dsm.path, count=count, total=total, other=dem.path, depth_m=depth_m)]


def _box_cells(known: np.ndarray) -> int:
    """Count the cells of the box around all that are known."""
    rows, columns = (np.flatnonzero(known.any(axis=axis)) for axis in (1, 0))
    return int(np.ptp(rows) + 1) * int(np.ptp(columns) + 1) if len(rows) else 0


def _doubt_above(dsm: SurfaceInput, dem: RasterInput, above_m: np.ndarray, share: float) -> list[Finding]:
    """Tell a surface that is nowhere at the ground, or of towers; `share` of the cells in its own box have one."""
    low_m, high_m = (float(one) for one in np.quantile(above_m, (STREETS_QUANTILE, TOWERS_QUANTILE)))
    if low_m <= (ABOVE_M if share >= ROOFS_ONLY_SHARE else ABOVE_ROOFS_M) and high_m <= TOWERS_M:
        return []
    code = "surface-above-ground"
    return [finding(code, layer=dsm.path, low_m=round(low_m), high_m=round(high_m), other=dem.path)]


def _of_known_height(sites: gpd.GeoDataFrame) -> np.ndarray:
    """Find buildings that their source knows to be a storey high and more, (n,) bool."""
    told = sites["height_source"].isin(("column", "floors")) & sites["height_m"].ge(STANDS_M)
    return (told & sites["site_type"].eq("rooftop")).to_numpy(bool)


def _doubt_rise(dsm: SurfaceInput, dem: RasterInput, rise_m: np.ndarray) -> list[Finding]:
    """Tell a surface that does not rise above the ground where buildings stand, (n,) NaN where nobody looked."""
    seen = np.isfinite(rise_m)
    sunk = int((rise_m[seen] < SUNK_M).sum())
    if sunk < max(LEAST_SUNK, SUNK_SHARE * seen.sum()):
        return []
    code = "surface-without-buildings"
    return [finding(code, layer=dsm.path, count=sunk, total=int(seen.sum()), other=dem.path)]


def _doubt_voids(dsm: SurfaceInput, dem: RasterInput, top: np.ndarray, below: np.ndarray) -> list[Finding]:
    """Tell one value that all cells below the ground have: voids that are not said to be."""
    if below.mean() < VOID_SHARE:
        return []
    value = float(np.median(top[below]))
    same = below & (top == value)
    if same.sum() < ONE_VALUE * below.sum():
        return []
    count, total = int(same.sum()), len(top)
    return [finding("surface-voids", layer=dsm.path, count=count, total=total, value=value, other=dem.path)]
