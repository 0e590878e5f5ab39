"""What skylines leave of the light of many surfaces: all of them, the terrain's alone, and those without rows."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from pvmap.directions import N_AZ, N_EL
from pvmap.row_geometry import slope_towards
from pvmap.settings.shade import ShadeSettings
from pvmap.shade.plane import Planes, surfaces_in_shade
from pvmap.shade.points import Points
from pvmap.shade.rings import Floats, Ints
from pvmap.shade.sun import SunWeights
from pvmap.shade.threads import in_threads

Table = npt.NDArray[np.float32]


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


def shade_left(
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
    """Merge the skylines of points by maximum and tell what they leave of the light.

    Parameters
    ----------
    surface_id, planes
        Of every surface.
    points : Points
        Of the surfaces; only those that are usable count.
    z : (point,) array
        Their height. [m]
    skyline : (point, N_AZ) array
        Tangents of what buildings and a surface model raise before each.
    far, far_row
        Skylines of the terrain, (row, N_AZ), and the row of each point; no row where there is no terrain.
    sun, settings, threads
        As for `pvmap.shade.skyline.shade_surfaces`.

    Returns
    -------
    Shade
    """
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
        weights.arrays,
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


def planes_of(surfaces: gpd.GeoDataFrame) -> Planes:
    """Planes of the surfaces; only racks, ground and pond arrays stand in rows."""

    def column(name: str) -> Floats:
        return surfaces[name].to_numpy(float)

    rows = (surfaces["mounting"] != "flush").to_numpy()
    azimuth = np.radians(column("surface_azimuth"))
    slope = np.radians(slope_towards(column("surface_azimuth"), column("ground_tilt"), column("ground_azimuth")))
    pitch = np.divide(1.0, column("gcr"), out=np.full(len(surfaces), np.inf), where=rows)
    return Planes(np.radians(column("surface_tilt")), azimuth, pitch, slope, column("albedo"))
