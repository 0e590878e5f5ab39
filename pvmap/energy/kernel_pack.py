"""What the compiled loop reads: the hours all surfaces share, the constants of each surface, the order of the lanes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pvmap.directions import N_AZ, N_EL
from pvmap.energy import glass, rows
from pvmap.energy import kernel_loop as loop
from pvmap.energy.losses import INVERTER_REFERENCE_EFFICIENCY, MountingParameters
from pvmap.energy.rear import rear_ground
from pvmap.energy.sky import Sky
from pvmap.errors import TableError
from pvmap.row_geometry import normal, row_normal, slope_towards
from pvmap.settings.energy import EnergySettings

Array = NDArray[Any]
KEPT = 16  # skies that stay packed for the next surfaces under them


@dataclass(frozen=True, eq=False)
class Hours:
    """The hours of a sky as the loop reads them; `nodes` point into `sunlit_nodes`, these into a table of 64 x 33."""

    columns: Array
    nodes: NDArray[np.uint32]
    sunlit_nodes: NDArray[np.int64]
    month_start: NDArray[np.int64]
    temp_air: Array
    wind_speed: Array

    @lru_cache(maxsize=KEPT)  # noqa: B019 - a handful of skies, each packed for a handful of mountings
    def under(self, uc: float, uv: float, absorbed_share: float, gamma: float, dtype: str) -> Array:
        """Columns with the power per light under a heat loss: ``1 + gamma (T - 25)`` with T linear in the light."""
        columns = self.columns.copy()
        columns[:, loop.POWER_AT_AIR] = 1 + gamma * (self.temp_air - 25)
        columns[:, loop.POWER_PER_LIGHT] = gamma * absorbed_share / (uc + uv * self.wind_speed)
        return columns.astype(dtype)


@lru_cache(maxsize=KEPT)
def pack_hours(sky: Sky) -> Hours:
    """Bring a sky into the loop's columns and find the entries of the sunlit table around each sun position."""
    columns = np.zeros((len(sky.hour), loop.N_HOUR_COLUMNS))
    columns[:, loop.EAST : loop.UP + 1] = sky.sun
    columns[:, loop.NORMAL] = sky.direct_normal + sky.circumsolar_normal
    columns[:, loop.ISOTROPIC] = sky.isotropic
    columns[:, loop.HORIZON] = sky.horizon
    columns[:, loop.GROUND] = sky.ghi
    high = sky.elevation > 90 - rows.LOWEST_GROUND_BEAM
    columns[high, loop.GROUND_SUN] = np.maximum(sky.ghi - sky.isotropic, 0)[high] / sky.sun[high, 2]

    place = sky.azimuth / 360 * N_AZ - 0.5
    left = np.floor(place).astype(np.int64)
    height = np.clip(sky.elevation, 0, 90) / 90 * (N_EL - 1)
    below = np.minimum(height.astype(np.int64), N_EL - 2)
    right_share, above_share = place - left, height - below
    entries, weights = [], []
    for azimuth, azimuth_weight in ((left, 1 - right_share), (left + 1, right_share)):
        for elevation, elevation_weight in ((below, 1 - above_share), (below + 1, above_share)):
            entries.append(azimuth % N_AZ * N_EL + elevation)
            weights.append(azimuth_weight * elevation_weight)
    columns[:, loop.WEIGHT : loop.WEIGHT + 4] = np.stack(weights, axis=1)
    sunlit_nodes, nodes = np.unique(np.stack(entries, axis=1), return_inverse=True)
    return Hours(
        columns,
        nodes.reshape(-1, 4).astype(np.uint32),
        sunlit_nodes,
        np.searchsorted(sky.month, np.arange(13)),
        sky.temp_air,
        sky.wind_speed,
    )


class RowViews(NamedTuple):
    """What the fronts of rows see of sky, ground and horizon band, by ``rows``; (n,) each."""

    sky_share: Array
    ground: Array
    ground_to_sky: Array
    horizon_share: Array


class RearViews(NamedTuple):
    """What their rears see; ``in_the_sun`` (n, 9) and ``to_sky`` as in ``rear.RearGround``."""

    sky: Array
    ground: Array
    in_the_sun: Array
    to_sky: Array


def see_front(tilt: Array, gcr: Array, slope: Array, *, horizon: bool) -> RowViews:
    """Look out of the front of rows, as ``rows.above_rows`` takes them; the band only where it is asked for."""
    (tilt, gcr, slope), which = _alike(tilt, gcr, slope)
    band = rows.horizon_share(tilt, gcr, slope) if horizon else np.ones_like(tilt)
    views = (f(tilt, gcr, slope) for f in (rows.sky_share, rows.ground_view, rows.ground_to_sky))
    return RowViews(*(view[which] for view in (*views, band)))


def see_rear(tilt: Array, gcr: Array, slope: Array, clearance: Array) -> RearViews:
    """Look out of their rear; arguments of ``rear.rear_ground``."""
    (tilt, gcr, slope, clearance), which = _alike(tilt, gcr, slope, clearance)
    back, behind = (180.0 - tilt, gcr, -slope), rear_ground(tilt, gcr, slope, clearance)
    return RearViews(*(view[which] for view in (rows.sky_view(*back), rows.ground_view(*back), *behind)))


def _alike(*columns: Array) -> tuple[Array, NDArray[np.int64]]:
    """Keep one of all equal rows: the columns of what is kept, and which of it each row is."""
    table = np.stack(columns, axis=1)
    whole = table.view(np.dtype((np.void, table.itemsize * table.shape[1]))).ravel()
    _, first, which = np.unique(whole, return_index=True, return_inverse=True)
    return table[first].T, which


def pack_surfaces(
    surfaces: pd.DataFrame,
    shade: pd.DataFrame | None,
    mounting: MountingParameters,
    settings: EnergySettings,
    *,
    rows_shade: bool,
    with_profile: bool,
) -> Array:
    """Compute the constants of surfaces of one mounting.

    Parameters
    ----------
    surfaces, shade
        As for ``kernel.simulate``.
    mounting
        Their mounting.
    settings
        Assumptions of the energy stage.
    rows_shade
        As for ``kernel.simulate``.
    with_profile
        Whether power is summed by the hour, weighed by ``capacity_kwp``.

    Returns
    -------
    array
        (N_LANE_ROWS, n)

    Raises
    ------
    TableError
        If a value is missing, or rows have no ground cover ratio.
    """
    tilt, azimuth, albedo = (_numbers(surfaces, c) for c in ("surface_tilt", "surface_azimuth", "albedo"))
    open_sky = np.ones(len(surfaces))
    sky_view = open_sky if shade is None else _numbers(shade, "sky_view_factor")
    band_share = open_sky if shade is None else _numbers(shade, "horizon_band_share")
    beta = np.radians(tilt)
    ground_light, ground_sky = albedo * (1 - np.cos(beta)) / 2, np.zeros(len(surfaces))
    iam = glass.diffuse_iam(tilt, settings.glass)
    lanes: dict[int, Array] = {}
    lanes[loop.PLANE_EAST], lanes[loop.PLANE_NORTH], lanes[loop.PLANE_UP] = normal(tilt, azimuth)
    if mounting.in_rows:
        gcr = _positive(surfaces, "gcr")
        ground = _numbers(surfaces, "ground_tilt"), _numbers(surfaces, "ground_azimuth")
        front = tilt, gcr, slope_towards(azimuth, *ground)
        views = see_front(*front, horizon=settings.transposition == "perez" and rows_shade)
        around = rows.surroundings_share(sky_view, views.sky_share, rows_shade)
        lanes[loop.ROW_EAST], lanes[loop.ROW_NORTH], lanes[loop.ROW_UP] = normal(*ground) / gcr
        faces = row_normal(tilt, azimuth, *ground)
        lanes[loop.ROW_FACE_EAST], lanes[loop.ROW_FACE_NORTH], lanes[loop.ROW_FACE_UP] = faces
        if mounting.bifacial:
            rear = see_rear(*front, _numbers(surfaces, "edge_height_m") / _positive(surfaces, "row_length_m"))
            felt = settings.bifacial.bifaciality * settings.bifacial.rear_share
            for power, coefficient in enumerate(rear.in_the_sun.T):
                lanes[loop.REAR_GROUND + power * loop.LANES] = felt * albedo * rear.ground * gcr * coefficient
            lanes[loop.REAR_DIFFUSE] = felt * around * (rear.sky + albedo * rear.ground * rear.to_sky)
    if mounting.in_rows and rows_shade:
        # Skyline and row in front hide the same low sky: the smaller share counts, never the product.
        sky_view = np.minimum(sky_view, views.sky_share)
        band_share = np.minimum(band_share, views.horizon_share)
        ground_light = albedo * views.ground
        ground_sky = ground_light * views.ground_to_sky * around
        ground_light = ground_light * gcr
    sky = sky_view * (1 + np.cos(beta)) / 2
    lanes[loop.ISO] = sky + ground_sky
    lanes[loop.ISO_IAM] = sky * iam["sky"] + ground_sky * iam["ground"]
    lanes[loop.GROUND_LIGHT] = ground_light
    lanes[loop.GROUND_LIGHT_IAM] = ground_light * iam["ground"]
    lanes[loop.DARK] = sky_view * np.sin(beta)
    lanes[loop.DARK_IAM] = lanes[loop.DARK] * iam["sky"]
    lanes[loop.BRIGHT] = band_share * np.sin(beta)
    lanes[loop.BRIGHT_IAM] = lanes[loop.BRIGHT] * iam["horizon"]
    soiling = surfaces["soiling"].to_numpy(float) if "soiling" in surfaces else np.full(len(surfaces), np.nan)
    soiling = np.where(np.isnan(soiling), mounting.dc_losses["soiling"], soiling)
    per_light = mounting.dc_factor(0.0) * (1 - soiling) / 1000  # kW/kWp of 1 W/m2
    curve, dc_limit = _inverter_curve(mounting, settings)
    lanes[loop.AC_LINEAR] = curve * 0.9858 * per_light
    lanes[loop.AC_SQUARE] = -curve * 0.0162 / dc_limit * per_light**2
    if with_profile:
        lanes[loop.PROFILE_SHARE] = _numbers(surfaces, "capacity_kwp")
    nothing = np.zeros(len(surfaces))
    return np.stack([lanes.get(row, nothing) for row in loop.LANE_ROWS])


def pack_constants(mounting: MountingParameters, settings: EnergySettings, dtype: str) -> Array:
    """Numbers that all surfaces of a mounting share: PVWatts' inverter curve is a parabola in the DC power."""
    curve, dc_limit = _inverter_curve(mounting, settings)
    constants = np.zeros(10, dtype)
    constants[loop.HALF], constants[loop.ONE] = 0.5, 1.0
    constants[loop.AC_CONSTANT] = -curve * 0.0059 * dc_limit
    constants[loop.AC_LIMIT] = mounting.ac_limit
    blocks = settings.row_blocks
    constants[loop.BLOCKS], constants[loop.PER_BLOCK] = blocks, 1 / (1 + blocks)
    constants[loop.TOUCHED], constants[loop.LEAST] = rows.BLOCK_TOUCHED, np.finfo(dtype).tiny
    constants[loop.REAR_BEAM] = settings.bifacial.bifaciality * settings.bifacial.rear_share
    return constants


def _inverter_curve(mounting: MountingParameters, settings: EnergySettings) -> tuple[float, float]:
    """Scale of the efficiency curve, and the DC power at the inverter's limit [kW/kWp]."""
    efficiency = settings.inverter.efficiency
    return efficiency / INVERTER_REFERENCE_EFFICIENCY, mounting.ac_limit / efficiency


def arrange(group: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sort surfaces into blocks of 64 of one group each.

    Returns
    -------
    blocks
        (block, 64) rows of `group`; -1 where a lane is empty.
    block_group
        (block,) group of each block.
    """
    order = np.argsort(group, kind="stable")
    members = np.unique(group, return_counts=True)
    n_blocks = -(-members[1] // loop.LANES)
    block_group = np.repeat(members[0], n_blocks)
    lane = np.arange(len(order)) - np.repeat(np.cumsum(members[1]) - members[1], members[1])
    first = np.repeat(np.cumsum(n_blocks) - n_blocks, members[1])
    blocks = np.full((len(block_group), loop.LANES), -1, np.int64)
    blocks[first + lane // loop.LANES, lane % loop.LANES] = order
    return blocks, block_group


def _numbers(frame: pd.DataFrame, column: str) -> Array:
    values = frame[column].to_numpy(float)
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise TableError(f"surfaces: {column} must be a number; {values[row]} at {frame.index[row]!r}.")
    return values


def _positive(frame: pd.DataFrame, column: str) -> Array:
    values = _numbers(frame, column)
    if (values <= 0).any():
        row = int(values.argmin())
        raise TableError(f"surfaces: {column} of rows must be > 0; {values[row]} at {frame.index[row]!r}.")
    return values
