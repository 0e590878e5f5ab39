"""Shade of many surfaces: their points, and the skylines that buildings, a surface model and terrain raise."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from pvmap.directions import N_AZ, on_the_grid
from pvmap.settings.shade import ShadeSettings
from pvmap.shade.nearby import by_height
from pvmap.shade.plane import Planes
from pvmap.shade.points import Points, sample_points
from pvmap.shade.rings import Boxes, Floats, Ints
from pvmap.shade.shaded import Shade, Table, planes_of, shade_left
from pvmap.shade.sun import SunWeights
from pvmap.shade.terrain import Terrain, far_horizon
from pvmap.shade.walls import Measured, point_skylines


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
    planes = Planes(*(np.tile(one, n_sets) for one in planes_of(surfaces).arrays))
    looked = skyline.reshape(-1, N_AZ)
    return shade_left(every, planes, points.repeated(n_sets), z.ravel(), looked, far, far_row, sun, settings, threads)


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
