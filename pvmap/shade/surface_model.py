"""A measured surface model as a source of skylines, and the year's light on its cells."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pvmap.compiled import njit
from pvmap.directions import EL_STEP, N_AZ, N_EL, azimuths, on_the_grid
from pvmap.shade.plane import direct_above, elevation_of, sky_above
from pvmap.shade.points import Points
from pvmap.shade.rings import Boxes, Floats, contains
from pvmap.shade.sun import SunWeights
from pvmap.shade.sweep import Plane, Sweep
from pvmap.sources.grid import Grid


@dataclass(frozen=True)
class SurfaceModel:
    """Heights of everything, roofs and trees included, in square metric cells without gaps.

    Attributes
    ----------
    grid : Grid
        Heights. [m]
    sweep : Sweep
        The same, ready to be looked over.
    n_filled : int
        Cells that had no measurement and were filled.
    """

    grid: Grid
    sweep: Sweep
    n_filled: int

    @classmethod
    def of(cls, dsm: Grid, dem: Grid | None = None, buildings: Boxes | None = None) -> SurfaceModel:
        """Fill the gaps of a measured model and prepare it.

        Parameters
        ----------
        dsm : Grid
            Measured heights, NaN where missing. [m]
        dem : Grid, optional
            Terrain: missing cells lie on it (bilinear at the cell's centre); without it, or where it has a gap too,
            they take the height of the nearest known cell.
        buildings : Boxes, optional
            Missing cells whose centre lies in a footprint take the top of the tallest building there.
        """
        missing = ~np.isfinite(dsm.values)
        if not missing.any():
            return cls(dsm, Sweep.of(dsm.values, dsm.cell_m), 0)
        values = dsm.values.copy()
        row, column = np.nonzero(missing)
        x, y = dsm.x[column], dsm.y[row]
        values[missing] = dem.sample(x, y) if dem is not None else np.nan
        if buildings is not None:
            boxes = np.full(values.shape, np.nan)
            rings = (buildings.rings.xy, buildings.rings.ring_start, buildings.rings.first_ring)
            circles = (buildings.centre, buildings.radius, buildings.top_z)
            _burn_tops(dsm.west, dsm.north, dsm.cell_m, rings, circles, boxes)
            values[missing] = np.fmax(values[missing], boxes[missing])
        unknown = ~np.isfinite(values)
        if unknown.any() and not unknown.all():
            nearest = ndimage.distance_transform_edt(unknown, return_distances=False, return_indices=True)
            values = values[tuple(nearest)]
        return cls(replace(dsm, values=values), Sweep.of(values, dsm.cell_m), int(missing.sum()))

    @property
    def reach_m(self) -> float:
        """Distance that a point looks over, in metres: all of the model."""
        return math.inf

    def has_measured(self, xy: Floats) -> npt.NDArray[np.bool_]:
        """Whether places, (n, 2), lie in the model."""
        west, south, east, north = self.grid.bounds
        return (xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north)

    def skylines(self, points: Points, *, azimuth: Floats | None = None, threads: int = 1) -> Plane:
        """Look from the cells that hold the points, each at its own measured height.

        Parameters
        ----------
        points : Points
            Where to look from.
        azimuth : (direction,) array, optional
            Azimuths on the grid, by default the centres of the bins. [deg]
        threads : int
            Threads that share the lines of a direction.

        Returns
        -------
        (point, direction) float32 array
            Tangent of the elevation of the skyline, 0 for points outside the model.
        """
        azimuth = azimuths() if azimuth is None else azimuth
        rows, columns = self.grid.values.shape
        column = np.floor((points.xy[:, 0] - self.grid.west) / self.grid.cell_m).astype(int)
        row = np.floor((self.grid.north - points.xy[:, 1]) / self.grid.cell_m).astype(int)
        inside = np.flatnonzero((column >= 0) & (column < columns) & (row >= 0) & (row < rows))
        out = np.zeros((len(points.xy), len(azimuth)), np.float32)
        if len(inside):
            for k, direction in enumerate(azimuth):
                out[inside, k] = self.sweep.towards(direction, threads=threads)[row[inside], column[inside]]
        return out


def yearly_irradiance(
    model: SurfaceModel,
    sun: SunWeights,
    *,
    surface_tilt: float = 0.0,
    surface_azimuth: float = 180.0,
    albedo: float = 0.2,
    grid_north: float = 0.0,
    threads: int = 1,
) -> npt.NDArray[np.float32]:
    """Yearly irradiance on a plane at every cell of a surface model, for a GeoTIFF.

    Parameters
    ----------
    model : SurfaceModel
        What shades.
    sun : SunWeights
        The year's light by direction.
    surface_tilt, surface_azimuth : float
        The plane, by default horizontal. [deg]
    albedo : float
        Reflectance of the ground in front of the plane.
    grid_north : float
        Azimuth of grid north (`pvmap.crs.grid_north`). [deg]
    threads : int
        Threads that share the rows.

    Returns
    -------
    (row, column) float32 array
        Beam, circumsolar, isotropic and ground-reflected energy. [kWh/m2]
    """
    tilt, facing = math.radians(surface_tilt), math.radians(surface_azimuth)
    above = np.empty(N_EL * N_AZ)
    direct_above(sun.arrays, tilt, facing, above)
    above = np.ascontiguousarray(above.reshape(N_EL, N_AZ).T)
    up, ahead = math.cos(tilt), math.sin(tilt) * np.cos(np.radians(azimuths()) - facing)
    limit = np.maximum(0.0, -ahead / max(up, 1e-9))
    open_sky = np.array([sky_above(t, math.atan(t), up, a) for t, a in zip(limit, ahead, strict=True)])
    light = np.zeros(model.grid.values.shape)
    isotropic = sun.isotropic_kwh_per_m2 * (1 + up) / 2 / open_sky.sum()
    for k, azimuth in enumerate(on_the_grid(grid_north)):
        tangent = model.sweep.towards(azimuth, threads=threads)
        _add_light(np.ascontiguousarray(tangent), above[k], up, ahead[k], limit[k], open_sky[k], isotropic, light)
    return (light + sun.ground_kwh_per_m2 * albedo * (1 - up) / 2).astype(np.float32)


@njit(cache=True, error_model="numpy")
def _add_light(tangent, above, up, ahead, limit, open_sky, isotropic, light):
    """Add what comes from one azimuth to every cell."""
    for row in range(light.shape[0]):
        for column in range(light.shape[1]):
            t = float(tangent[row, column])
            e = elevation_of(t)
            j = min(int(e / EL_STEP), N_EL - 2)
            direct = above[j] + (e / EL_STEP - j) * (above[j + 1] - above[j])
            light[row, column] += direct + isotropic * (sky_above(t, e, up, ahead) if t > limit else open_sky)


@njit(cache=True, error_model="numpy")
def _burn_tops(west, north, cell_m, rings, circles, out):
    """Raise cells whose centre lies in a footprint to the top of the building; NaN counts as lowest."""
    xy, ring_start, first_ring = rings
    centre, radius, top = circles
    rows, columns = out.shape
    for b in range(top.size):
        r0 = max(math.floor((north - centre[b, 1] - radius[b]) / cell_m), 0)
        r1 = min(math.floor((north - centre[b, 1] + radius[b]) / cell_m) + 1, rows)
        c0 = max(math.floor((centre[b, 0] - radius[b] - west) / cell_m), 0)
        c1 = min(math.floor((centre[b, 0] + radius[b] - west) / cell_m) + 1, columns)
        for r in range(r0, r1):
            for c in range(c0, c1):
                x, y = west + (c + 0.5) * cell_m, north - (r + 0.5) * cell_m
                if not out[r, c] >= top[b] and contains(xy, ring_start, first_ring[b], first_ring[b + 1], x, y):
                    out[r, c] = top[b]
