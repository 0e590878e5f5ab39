"""Shade of many surfaces: points, skylines of all sources merged by maximum, and what they leave of the light."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from pvmap.directions import N_AZ, N_EL, on_the_grid
from pvmap.row_geometry import slope_towards
from pvmap.settings.shade import ShadeSettings
from pvmap.shade.nearby import by_height
from pvmap.shade.plane import Planes, surfaces_in_shade
from pvmap.shade.points import Points, sample_points
from pvmap.shade.rings import Boxes, Floats, Ints
from pvmap.shade.sun import SunWeights
from pvmap.shade.terrain import Terrain, far_horizon
from pvmap.shade.threads import in_threads
from pvmap.shade.walls import Measured, point_skylines

Table = npt.NDArray[np.float32]


class Skylines(Protocol):
    """What can tell the skylines of points, as `SurfaceModel` does."""

    @property
    def reach_m(self) -> float:
        """Least distance that a point looks over, in metres."""
        ...

    def has_measured(self, xy: Floats) -> npt.NDArray[np.bool_]:
        """Whether heights were measured at places, (n, 2)."""
        ...

    def skylines(self, points: Points, *, azimuth: Floats | None = None, threads: int = 1) -> Table:
        """Tangents of elevation, (point, N_AZ)."""
        ...


@dataclass(frozen=True)
class Blocked:
    """What some of the sources leave, over the same points as the whole.

    Attributes
    ----------
    sunlit : (surface, N_AZ, N_EL) float32 array
        Share of the usable points that see the sun.
    sky_view_factor, horizon_band_share : (surface,) arrays
        As in the contract, without rows.
    adds : (surface,) bool array
        Whether these sources hide anything from the usable points that those before them did not.
    """

    sunlit: Table
    sky_view_factor: Floats
    horizon_band_share: Floats
    adds: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Shade:
    """Shade of every surface, in the order of the surfaces.

    Attributes
    ----------
    table : DataFrame
        surface_id, usable_share, sky_view_factor, horizon_band_share: everything, rows included.
    sunlit : (surface, N_AZ, N_EL) float32 array
        Share of the usable points that see the sun, bin centres of azimuth by nodes of elevation; rows are not in it
        (they are closed form in the energy kernel). Where no point is usable, of all points.
    terrain : Blocked or None
        Terrain alone; None where there is no terrain: open sky.
    neighbours : Blocked
        Terrain and neighbours, without rows; its ``sunlit`` is the same array as above.
    points : DataFrame
        x, y, z [m], surface (position), poa_kwh_per_m2, open_sky_share, usable: one row a sample point, without rows.
    """

    table: pd.DataFrame
    sunlit: Table
    terrain: Blocked | None
    neighbours: Blocked
    points: pd.DataFrame


def shade_surfaces(
    surfaces: gpd.GeoDataFrame,
    buildings: Boxes | None = None,
    terrain: Terrain | None = None,
    dsm: Skylines | None = None,
    sun: SunWeights | None = None,
    settings: ShadeSettings | None = None,
    threads: int = 1,
    *,
    grid_north: float = 0.0,
) -> Shade:
    """Find what stands in the way of surfaces.

    Parameters
    ----------
    surfaces : GeoDataFrame
        Contract table "surfaces" in a metric CRS.
    buildings : Boxes, optional
        Buildings within `walls.reach_m` of the surfaces; a surface finds its own by ``site_id``.
    terrain : Terrain, optional
        Elevation model around the surfaces.
    dsm : SurfaceModel, optional
        Measured surface model, whole or in blocks; its skylines are seen from its own cells, at its own heights. Where
        it has measured a surface and a building, the building's box does not count beside it.
    sun : SunWeights, optional
        Decides which points are usable; without it all are.
    settings : ShadeSettings, optional
        Assumptions.
    threads : int
        Threads that share the surfaces. No number depends on it.
    grid_north : float
        Azimuth of grid north where the surfaces are (`pvmap.crs.grid_north`): tables are by true azimuth. [deg]

    Returns
    -------
    Shade
    """
    height_m = surfaces["height_m"].to_numpy(float)[None]
    top_z = None if buildings is None else buildings.top_z[None]
    return shade_under_heights(
        surfaces, height_m, top_z, buildings, terrain, dsm, sun, settings, threads, grid_north=grid_north
    )


def shade_under_heights(
    surfaces: gpd.GeoDataFrame,
    height_m: Floats,
    top_z: Floats | None,
    buildings: Boxes | None = None,
    terrain: Terrain | None = None,
    dsm: Skylines | None = None,
    sun: SunWeights | None = None,
    settings: ShadeSettings | None = None,
    threads: int = 1,
    *,
    grid_north: float = 0.0,
) -> Shade:
    """Find what stands in the way of surfaces under several sets of heights: what outlines tell is found once.

    Parameters
    ----------
    surfaces, buildings, terrain, dsm, sun, settings, threads, grid_north
        As for `shade_surfaces`; the heights in `surfaces` and `buildings` play no part.
    height_m : (set, surface) array
        Height of the surfaces above the foot of their building, or above the ground. [m]
    top_z : (set, box) array or None
        Tops of the buildings; None where there are none. [m]

    Returns
    -------
    Shade
        Of all surfaces under the first set, then of all under the second, and so on.
    """
    settings = settings or ShadeSettings()
    n_sets = len(height_m)
    points = sample_points(surfaces.geometry.to_numpy(), settings)
    own_box = _own_boxes(surfaces, buildings)
    z = _foot(points, own_box, buildings, terrain) + height_m[:, points.surface]
    towards = on_the_grid(grid_north)
    skyline = np.zeros((n_sets, len(points.xy), N_AZ), np.float32)
    if buildings is not None and top_z is not None:
        measured = _measured(points, buildings, dsm) if dsm is not None else None
        index = by_height(buildings, top_z.max(axis=0) + settings.parapet_height_m) if len(buildings) else None
        for number, tops in enumerate(top_z):
            skyline[number] = point_skylines(
                points,
                z[number],
                own_box,
                replace(buildings, top_z=tops),
                settings,
                measured=measured,
                index=index,
                azimuth=towards,
                threads=threads,
            )
    if dsm is not None:
        np.maximum(skyline, dsm.skylines(points, azimuth=towards, threads=threads), out=skyline)
    level = (own_box >= 0) | (surfaces["mounting"] == "pond").to_numpy()
    far, far_row = _terrain_skylines(points, z, own_box >= 0, level, terrain, towards, settings, threads)
    every = np.tile(surfaces["surface_id"].to_numpy(), n_sets)
    planes = Planes(*(np.tile(one, n_sets) for one in _planes(surfaces).arrays))
    looked = skyline.reshape(-1, N_AZ)
    return _reduce(every, planes, points.repeated(n_sets), z.ravel(), looked, far, far_row, sun, settings, threads)


def _measured(points: Points, buildings: Boxes, dsm: Skylines) -> Measured:
    """Tell the buildings that lie in a surface model whole, and the surfaces that do."""

    def whole(xy: Floats, start: Ints) -> npt.NDArray[np.bool_]:
        return np.logical_and.reduceat(dsm.has_measured(xy), start) if len(start) else np.zeros(0, bool)

    corners = buildings.rings.ring_start[buildings.rings.first_ring[:-1]]
    inside = whole(points.xy, points.start[:-1])
    return Measured(whole(buildings.rings.xy, corners), np.where(inside, dsm.reach_m, -1.0))


def _own_boxes(surfaces: gpd.GeoDataFrame, buildings: Boxes | None) -> Ints:
    """Find the building that carries each surface, -1 for none."""
    if buildings is None or not len(buildings):
        return np.full(len(surfaces), -1, np.int64)
    number = {name: box for box, name in reversed(list(enumerate(buildings.site_id))) if name}
    return np.array([number.get(name, -1) for name in surfaces["site_id"].to_numpy(object)], np.int64)


def _foot(points: Points, own_box: Ints, buildings: Boxes | None, terrain: Terrain | None) -> Floats:
    """Height above the datum of what sample points stand over: the foot of their own building, else the terrain."""
    ground = np.zeros(len(points.xy))
    if terrain is not None:
        ground = terrain.ground(points.xy[:, 0], points.xy[:, 1])
    if buildings is not None and len(buildings):
        own = own_box[points.surface]
        ground = np.where(own >= 0, buildings.base_z[own], ground)
    return ground


def _terrain_skylines(
    points: Points,
    z: Floats,
    on_roof: npt.NDArray[np.bool_],
    level: npt.NDArray[np.bool_],
    terrain: Terrain | None,
    towards: Floats,
    settings: ShadeSettings,
    threads: int,
) -> tuple[Table, Ints]:
    """Skylines of terrain and the row of each point under each set of its heights ``z``, (set, point).

    A row serves all points of a level surface, and all sets in which it is as high.
    """
    surface = points.surface
    if terrain is None:
        return np.zeros((0, N_AZ), np.float32), np.zeros(z.size, np.int64)
    row_of_first = np.where(level[surface], np.isin(np.arange(len(surface)), points.start[:-1]), True)
    eye_of = np.cumsum(row_of_first) - 1
    size = np.diff(points.start)
    middle = np.add.reduceat(points.xy, points.start[:-1]) / size[:, None]
    eye = np.where(level[surface, None], middle[surface], points.xy)[row_of_first]
    near = np.where(on_roof, settings.terrain_near_m, 0.0)[surface][row_of_first]
    height = z[:, row_of_first]
    in_order = np.argsort(height, axis=0, kind="stable")
    sorted_m = np.take_along_axis(height, in_order, axis=0)
    other = np.ones(height.shape, bool)
    other[1:] = sorted_m[1:] != sorted_m[:-1]
    number = np.empty(height.shape, np.int64)
    np.put_along_axis(number, in_order, np.cumsum(other, axis=0) - 1, axis=0)
    n_rows = other.sum(axis=0)
    first = np.cumsum(n_rows) - n_rows
    of_eye = np.repeat(np.arange(len(eye)), n_rows)
    looks = far_horizon(
        terrain,
        eye[of_eye, 0],
        eye[of_eye, 1],
        sorted_m.T[other.T],
        settings,
        near_m=near[of_eye],
        azimuth=towards,
        threads=threads,
    )
    return looks, (first + number)[:, eye_of].ravel()


def _reduce(
    surface_id: npt.NDArray[np.object_],
    planes: Planes,
    points: Points,
    z: Floats,
    skyline: Table,
    far: Table,
    far_row: Ints,
    sun: SunWeights | None,
    settings: ShadeSettings,
    threads: int,
) -> Shade:
    n = len(surface_id)
    has_terrain = len(far) > 0
    sunlit = np.empty((n, N_AZ, N_EL), np.float32)
    terrain_sunlit = np.empty((n if has_terrain else 0, N_AZ, N_EL), np.float32)
    factors, poa = np.empty((n, 9)), np.empty((len(points.xy), 2))
    share = settings.min_irradiance_share if sun is not None else 0.0
    weights = sun or SunWeights(np.zeros((N_AZ, N_EL - 1)), np.zeros((N_AZ, N_EL - 1, 3)), 0.0, 0.0)
    arguments = (
        points.start,
        planes.arrays,
        skyline,
        far,
        far_row,
        (weights.direct_kwh_per_m2, weights.vector),
        (float(weights.isotropic_kwh_per_m2), float(weights.ground_kwh_per_m2)),
        share,
        sunlit,
        factors,
        terrain_sunlit,
        poa,
    )
    if n:
        in_threads(lambda first, last: surfaces_in_shade(first, last, *arguments), n, threads)
    table = pd.DataFrame(
        {
            "surface_id": surface_id,
            "usable_share": factors[:, 0],
            "sky_view_factor": factors[:, 1],
            "horizon_band_share": factors[:, 2],
        }
    )
    sampled = pd.DataFrame(
        {
            "x": points.xy[:, 0],
            "y": points.xy[:, 1],
            "z": z,
            "surface": points.surface,
            "poa_kwh_per_m2": poa[:, 0],
            "open_sky_share": poa[:, 1],
            "usable": poa[:, 1] >= share,
        }
    )
    behind = Blocked(terrain_sunlit, factors[:, 5], factors[:, 6], factors[:, 7] > 0) if has_terrain else None
    return Shade(table, sunlit, behind, Blocked(sunlit, factors[:, 3], factors[:, 4], factors[:, 8] > 0), sampled)


def _planes(surfaces: gpd.GeoDataFrame) -> Planes:
    """Planes of the surfaces; only racks, ground and pond arrays stand in rows."""

    def column(name: str) -> Floats:
        return surfaces[name].to_numpy(float)

    rows = (surfaces["mounting"] != "flush").to_numpy()
    azimuth = np.radians(column("surface_azimuth"))
    slope = np.radians(slope_towards(column("surface_azimuth"), column("ground_tilt"), column("ground_azimuth")))
    pitch = np.divide(1.0, column("gcr"), out=np.full(len(surfaces), np.inf), where=rows)
    return Planes(np.radians(column("surface_tilt")), azimuth, pitch, slope, column("albedo"))
