"""The model of ``chain.py`` for all surfaces of a tile at once; equal to it to 1e-9.

``kernel_pack`` turns sky and surfaces into plain arrays, ``kernel_loop`` is compiled and runs through them. Surfaces
are sorted by mounting and group into blocks of 64, so that the hourly power of a group is a sum over whole blocks; the
results come back in the order of the surfaces.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pvmap.energy import glass
from pvmap.energy import kernel_loop as loop
from pvmap.energy.kernel_pack import Hours, arrange, pack_constants, pack_hours, pack_surfaces
from pvmap.energy.losses import mounting_parameters
from pvmap.energy.sky import HOURS, Sky
from pvmap.settings.energy import EnergySettings

COLUMNS = (  # of surfaces, that the kernel reads
    *("surface_tilt", "surface_azimuth", "gcr", "albedo", "mounting", "ground_tilt", "ground_azimuth"),
    *("row_length_m", "edge_height_m"),
)
NOBODY_ASKS = np.zeros(0)  # in place of a block's hourly sums
BLOCKS_AT_ONCE = 128  # one call of the loop; bounds the memory of hourly sums by block


@dataclass(frozen=True)
class Simulation:
    """What the surfaces give, first year of operation.

    Attributes
    ----------
    energy_kwh_per_kwp
        (n, 12) AC energy per DC capacity by local month. [kWh/kWp]
    poa_kwh_per_m2
        (n,) yearly light on the front after shade. [kWh/m2]
    power_kw
        (n_groups, 8760) AC power by hour of the local year. [kW]
    """

    energy_kwh_per_kwp: NDArray[np.float64]
    poa_kwh_per_m2: NDArray[np.float64]
    power_kw: NDArray[np.float64]


def simulate(
    sky: Sky,
    surfaces: pd.DataFrame,
    shade: pd.DataFrame | None,
    sunlit: NDArray[np.float32] | None,
    group: NDArray[np.integer],
    n_groups: int,
    settings: EnergySettings,
    *,
    dtype: Literal["float64", "float32"] = "float64",
    threads: int = 1,
    rows_shade: bool = True,
    sunlit_rows: NDArray[np.integer] | None = None,
) -> Simulation:
    """Simulate surfaces under one sky.

    Parameters
    ----------
    sky
        Light over the surfaces' weather point.
    surfaces
        Columns ``surface_tilt``, ``surface_azimuth``, ``gcr``, ``albedo``, ``mounting``, ``ground_tilt``,
        ``ground_azimuth``; ``row_length_m`` and ``edge_height_m`` where the rear gathers light, ``capacity_kwp`` where
        groups are asked for; optionally ``soiling`` (NaN: the setting's).
    shade
        Columns ``sky_view_factor`` and ``horizon_band_share`` in the same order; None: open sky.
    sunlit
        (n, 64, 33) share of each surface that sees the sun, by azimuth bin and elevation node; None: all.
    group
        (n,) number of the group whose hourly power a surface adds to.
    n_groups
        Number of groups; 0 leaves the hourly power out.
    settings
        Assumptions of the energy stage.
    dtype
        Precision of the loop; float32 is within 1e-5 of float64 and about twice as fast.
    threads
        Threads that share the blocks; no number depends on it.
    rows_shade
        False leaves out what the rows in front take of beam, sky and ground light, to tell how much that is; the rear
        and its ground stay those of rows.
    sunlit_rows
        (n,) row of ``sunlit`` of each surface, where the table is one of more surfaces; None: theirs, in order.

    Raises
    ------
    TableError
        If a column holds what cannot be simulated.
    """
    energy = np.zeros((len(surfaces), 12))
    poa = np.zeros(len(surfaces))
    power = np.zeros((n_groups, HOURS))
    hours = pack_hours(sky)
    mounting, names = pd.factorize(surfaces["mounting"], sort=True)
    # Rows on level ground go apart: there the sun on the modules is the sun on the rows, and the loop has less to do.
    sloping = (surfaces["ground_tilt"].to_numpy(float) != 0) & (surfaces["mounting"] != "flush").to_numpy()
    for (number, name), slopes in product(enumerate(names), (False, True)):
        members = np.flatnonzero((mounting == number) & (sloping == slopes))
        if not len(members):
            continue
        tables = None if sunlit is None else (sunlit, members if sunlit_rows is None else sunlit_rows[members])
        run = _Run(
            str(name), slopes, members, hours, surfaces, shade, tables, rows_shade, bool(n_groups), settings, dtype
        )
        blocks, block_group = arrange(np.asarray(group)[members] if n_groups else np.zeros(len(members), int))
        pieces = [blocks[first : first + BLOCKS_AT_ONCE] for first in range(0, len(blocks), BLOCKS_AT_ONCE)]
        with ThreadPoolExecutor(threads) as pool:
            done = (pool.map if threads > 1 else map)(run.blocks, pieces)  # a thread of its own costs a small call much
            for piece, which, (months, light, profile) in zip(
                pieces, np.array_split(block_group, _ends(pieces)), done, strict=True
            ):
                used = piece >= 0
                rows = members[piece[used]]
                energy[rows] = months.transpose(0, 2, 1)[used] * run.ac_factor
                poa[rows] = light[used] / 1000
                for one, hourly in zip(which, profile, strict=False):
                    power[one] += np.bincount(sky.hour, hourly, HOURS) * run.ac_factor
    return Simulation(energy, poa, power)


class _Run:
    """Surfaces of one mounting, packed; ``blocks`` runs some of them."""

    def __init__(
        self,
        name: str,
        slopes: bool,
        members: NDArray[np.int64],
        hours: Hours,
        surfaces: pd.DataFrame,
        shade: pd.DataFrame | None,
        tables: tuple[NDArray[np.float32], NDArray[np.integer]] | None,
        rows_shade: bool,
        with_profile: bool,
        settings: EnergySettings,
        dtype: str,
    ) -> None:
        mounting = mounting_parameters(name, settings)
        some, their_shade = surfaces.iloc[members], None if shade is None else shade.iloc[members]
        self.ac_factor = mounting.ac_factor * settings.first_year_factor
        lanes = pack_surfaces(some, their_shade, mounting, settings, rows_shade=rows_shade, with_profile=with_profile)
        self._lanes = lanes.T.astype(dtype)
        self._hours = hours
        heat = mounting.uc, mounting.uv, mounting.absorbed_share
        self._columns = hours.under(*heat, settings.gamma_pdc_per_k, dtype)
        self._iam = tuple(glass.beam_iam_polynomial(settings.glass, loop.DEGREES[dtype]).astype(dtype))
        self._constants = pack_constants(mounting, settings, dtype)
        self._tables = None if tables is None else (tables[0].reshape(len(tables[0]), -1), tables[1])
        self._with_profile = with_profile
        rows = mounting.in_rows and rows_shade
        self._parts = (
            True if settings.transposition == "perez" else None,
            True if rows else None,
            True if slopes and (rows or mounting.bifacial) else None,  # else nothing asks where the sun is on the rows
            True if rows and settings.electrical_shade == "direct_martinez" else None,
            True if mounting.bifacial else None,
        )

    def blocks(self, blocks: NDArray[np.int64]) -> tuple[NDArray, NDArray, NDArray]:
        """Run (block, 64) surfaces: sums of power by month, of light, and hourly sums of power by block."""
        months = np.zeros((len(blocks), 12, loop.LANES), self._lanes.dtype)
        light = np.zeros((len(blocks), loop.LANES), self._lanes.dtype)
        profile = np.zeros((len(blocks) if self._with_profile else 0, len(self._columns)))
        lanes = _aligned(len(loop.LANE_ROWS) * loop.LANES, self._lanes.dtype)
        table = None if self._tables is None else _aligned(len(self._hours.sunlit_nodes) * loop.LANES, np.float32)
        for block, members in enumerate(blocks):
            filled = np.maximum(members, 0)
            lanes.reshape(-1, loop.LANES)[:] = self._lanes[filled].T
            lanes[loop.PROFILE_SHARE : loop.PROFILE_SHARE + loop.LANES][members < 0] = 0
            if self._tables is not None:
                sunlit, row = self._tables
                loop.lanes_of_sunlit(sunlit, row[filled], self._hours.sunlit_nodes, table)
            loop.simulate_block(
                self._columns,
                self._hours.nodes,
                self._hours.month_start,
                lanes,
                self._iam,
                self._constants,
                *self._parts,
                table,
                profile[block] if self._with_profile else NOBODY_ASKS,
                months[block],
                light[block],
            )
        return months, light, profile


def _ends(pieces: list[NDArray]) -> NDArray[np.int64]:
    return np.cumsum([len(piece) for piece in pieces])[:-1]


def _aligned(size: int, dtype: np.typing.DTypeLike) -> NDArray:
    """Zeros that begin on a cache line, so that no vector of 64 bytes straddles two."""
    dtype = np.dtype(dtype)
    room = np.zeros(size * dtype.itemsize + 64, np.uint8)
    start = -room.ctypes.data % 64
    return room[start : start + size * dtype.itemsize].view(dtype)
