"""The table "hosting": what each transformer and district can take, and what of the potential fits in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, hstack

from pvmap.findings import Finding, finding
from pvmap.planning.grid.allocation import Allocation, Tree, allocate, curtailed
from pvmap.planning.grid.assessed import Calendar, Loads, greatest_output, holiday_load, load_at
from pvmap.planning.grid.devices import Devices
from pvmap.planning.grid.districts import SUMMED, County, bounds, counties, county_rows
from pvmap.planning.grid.given import Grid, Potential
from pvmap.planning.grid.hosting import (
    NOWHERE,
    RED,
    Headroom,
    Interval,
    deliverable_mw,
    headroom_mw,
    hosting_mw,
    own_grades,
    red_superior,
)
from pvmap.settings.hosting import HostingSettings

BLOCK = 730  # hours that all devices are held for at once


class Hosting(NamedTuple):
    """The table, what each site may connect, and what is doubtful."""

    table: pd.DataFrame  # without geometry
    allocation: Allocation  # kW; `limited_by` counts devices, then districts
    alone_kw: np.ndarray  # (n,) that each site could connect were there only sites of its kind
    grade: np.ndarray  # (m,) of the devices
    tree: Tree  # devices, then districts; kW
    findings: list[Finding]


def assess(
    devices: Devices, grid: Grid, potential: Potential, days: Calendar, central: np.ndarray, settings: HostingSettings
) -> Hosting:
    """Assess every device and district and allocate the potential.

    Parameters
    ----------
    devices, grid, potential
        The grid, its loads and shares, and the sites.
    days
        Of the T hours.
    central
        (n,) bool, mines and ponds.
    settings
        How the standard is read.

    Returns
    -------
    Hosting
    """
    frame = devices.frame
    size = len(frame), len(potential.per_kwp)
    mix_kwp, mix_kwac = _mix(devices, potential, size)
    profile = greatest_output(mix_kwp, mix_kwac, potential.per_kwp, days.assessed)
    given = frame["tau"].to_numpy(float)
    tau = np.where(np.isnan(given), np.maximum(profile.tau, 1e-6), given)
    connected = frame["connected_mw"].to_numpy(float)
    behind = np.where(grid.net, connected, 0.0)
    loads = _as_told(grid, frame["load_mw"].to_numpy(float), profile.at, days, settings)
    load = load_at(loads, profile.at, days, settings.load_at) + behind * tau
    off = holiday_load(loads, profile.at, days) + behind * tau
    other, upward, charge = (frame[name].to_numpy(float) for name in ("other_mw", "upward_mw", "charge_mw"))
    new = Interval(frame["new_min_mw"].to_numpy(float), frame["new_max_mw"].to_numpy(float))
    deliverable = deliverable_mw(load, other, upward, charge)
    hosting = hosting_mw(deliverable, new, tau, settings.storage_reading)
    on_holidays = hosting_mw(deliverable_mw(off, other, upward, charge), new, tau, settings.storage_reading)
    registered = frame["registered_mw"].to_numpy(float)
    headroom = headroom_mw(hosting, connected, registered)
    holiday = headroom_mw(on_holidays, connected, registered).registrable.low
    county = counties(devices, grid.share, hosting, grid.system)
    own = own_grades(headroom)
    grade, red_by = _graded(devices, grid, own, county)
    tree = _tree(devices, grid, headroom, grade, county)
    got = allocate(potential.practical_kwac, potential.order, potential.device, tree)
    of_kind = [
        allocate(np.where(rows, potential.practical_kwac, 0.0), potential.order, potential.device, tree).taken
        for rows in (central, ~central)
    ]
    mix = _per_rated(mix_kwp, mix_kwac)
    energy = _energy(devices, potential, mix, loads, deliverable - load, behind)
    has = potential.device != NOWHERE
    n_sites, wanted, taken = (
        devices.up(np.bincount(potential.device[has], values[has], size[0]))
        for values in (
            (potential.practical_kwac > 0).astype(float),
            potential.practical_kwac / 1e3,
            got.taken / 1e3,
        )
    )
    more = np.maximum(wanted - headroom.registrable.low, 0.0)
    power = np.where(more > 0, more * tau + np.maximum(-deliverable, 0.0), 0.0)
    rows = pd.DataFrame(
        {
            "kind": "device",
            **{name: frame[name] for name in ("device_id", "name", "district", "level_kv", "parent_id", "mode")},
            "rating_mva": frame["rating_mva"],
            "upward_mw": upward,
            "downward_mw": frame["rating_mva"] * frame["power_factor"],
            "load_mw": load,
            "load_by": grid.load_by,
            "tau": tau,
            "tau_by": np.where(np.isnan(given), "profiles", "measured"),
            "hosting_by": "",
            **bounds(hosting, headroom),
            "connected_mw": connected,
            "registered_mw": registered,
            "holiday_registrable_mw": holiday,
            "grade_own": own,
            "grid_grade": grade,
            "limited_by": red_by,
            "n_sites": n_sites.astype(int),
            "potential_mw": wanted,
            "allocated_mw": taken,
            "headroom_left_mw": np.maximum(tree.headroom[: size[0]] / 1e3 - taken, 0.0),
            **energy.devices,
            "reinforcement_mva": power / frame["reverse_share"].to_numpy(float),
            "storage_mw": power if settings.storage_reading == "numerator" else more,
        }
    )
    used = tree.used(got.taken, potential.device)[size[0] :] / 1e3
    own_of = {name: devices.own(rows[name].to_numpy(float)) for name in SUMMED}
    own_of |= {"available_gwh": energy.available, "curtailed_gwh": energy.cut}
    sums = pd.DataFrame({name: values @ grid.share for name, values in own_of.items()})
    of_counties = county_rows(rows, grid.districts, county, sums, np.maximum(county.left - used, 0.0))
    table = pd.concat([of_counties, rows], ignore_index=True)
    found = _doubts(grid, county, potential)
    return Hosting(table, got, of_kind[0] + of_kind[1], grade, tree, found)


def _mix(devices: Devices, potential: Potential, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Capacity of each group below each device, DC, and of all groups, AC: what may be built and what stands [kW]."""
    has = potential.device != NOWHERE
    ratio = np.divide(
        potential.practical_kwac,
        potential.practical_kwp,
        out=np.full(len(has), 1.0),
        where=potential.practical_kwp > 0,
    )
    kwp = potential.practical_kwp + potential.existing_kwp
    at = potential.device[has] * size[1] + potential.group[has]
    mix = np.bincount(at, kwp[has], size[0] * size[1]).reshape(size)
    return devices.up(mix), devices.up(np.bincount(potential.device[has], (kwp * ratio)[has], size[0]))


def _graded(devices: Devices, grid: Grid, own: np.ndarray, county: County) -> tuple[np.ndarray, np.ndarray]:
    """Give the final grade of each device, and what makes it red: the highest red superior, else its district."""
    names = devices.frame["district"].to_numpy(object)
    red_of = dict(zip(grid.districts, (county.grade == RED) & county.there, strict=True))
    by_district = np.array([red_of.get(one, False) for one in names], bool)
    ids = np.append(devices.frame["device_id"].to_numpy(object), "")
    above = red_superior(own == RED, devices.parent)
    further = red_superior((own == RED) | by_district, devices.parent)  # red by a district of its own
    red_by = np.where(above != NOWHERE, ids[above], np.where(by_district, names, ids[further]))
    return np.where((further != NOWHERE) | by_district, RED, own).astype(object), red_by


def _tree(devices: Devices, grid: Grid, headroom: Headroom, grade: np.ndarray, county: County) -> Tree:
    """Devices and, above the highest, their districts; headroom in kW."""
    m = len(devices.frame)
    at = pd.Index(grid.districts).get_indexer(pd.Index(devices.frame["district"]))
    there = np.append(county.there, False)[at]  # -1 is a device of no district, and a city may have none at all
    own, none = np.where(there, m + at, NOWHERE), np.full(len(county.left), NOWHERE)
    parent = np.where(devices.parent == NOWHERE, own, devices.parent)
    left = np.where(grade == RED, 0.0, np.maximum(headroom.registrable.low, 0.0))
    return Tree(*(np.concatenate(pair) for pair in ((parent, none), (1e3 * left, 1e3 * county.left), (own, none))))


class _Energy(NamedTuple):
    devices: dict[str, np.ndarray]
    available: np.ndarray  # (m,) of the plants that join each device itself [GWh]
    cut: np.ndarray  # (m,) [GWh]


def _as_told(grid: Grid, told_mw: np.ndarray, at: np.ndarray, days: Calendar, settings: HostingSettings) -> Loads:
    """Scale loads to what the table of devices says of the assessed hour; flat where there is no shape to scale."""
    by_table = grid.load_by == "table"
    now = load_at(grid.loads, at, days, settings.load_at)
    scaled = grid.loads.times(np.where(by_table, np.divide(told_mw, now, out=np.ones(len(now)), where=now != 0), 1.0))
    flat = np.where(by_table & (now == 0), told_mw, 0.0)
    basis = np.vstack([scaled.basis, np.ones(scaled.basis.shape[1])])
    return Loads(csr_array(hstack([scaled.weights, csr_array(flat[:, None])])), basis)


def _per_rated(mix_kwp: np.ndarray, mix_kwac: np.ndarray) -> np.ndarray:
    """DC capacity of each group per AC capacity of the plants below each device, (m, G); without any, of all [1]."""
    every = np.where(mix_kwac[:, None] > 0, mix_kwp, mix_kwp.sum(axis=0))
    return every / np.where(mix_kwac > 0, mix_kwac, max(mix_kwac.sum(), 1e-9))[:, None]


def _energy(
    devices: Devices,
    potential: Potential,
    mix: np.ndarray,
    loads: Loads,
    beside_load: np.ndarray,
    behind: np.ndarray,
) -> _Energy:
    """Energy of all that may be built and stands, and what is cut of it, block by block of hours."""
    size = len(devices.frame), len(potential.per_kwp)
    has = potential.device != NOWHERE
    at = potential.device[has] * size[1] + potential.group[has]
    new = np.bincount(at, potential.practical_kwp[has], size[0] * size[1]).reshape(size) / 1e3
    standing = devices.own((devices.frame["connected_mw"] + devices.frame["registered_mw"]).to_numpy(float))
    own = new + standing[:, None] * mix  # MWp of each group that join the device itself
    bright = np.flatnonzero(potential.per_kwp.any(axis=0))
    available, cut = np.zeros(size[0]), np.zeros(size[0])
    for start in range(0, len(bright), BLOCK):
        hours = bright[start : start + BLOCK]
        light = potential.per_kwp[:, hours]
        power = own @ light
        limit = loads.during(hours) + beside_load[:, None]
        if behind.any():
            limit += behind[:, None] * (mix @ light)
        lost, _ = curtailed(power, limit, devices.parent)
        available += power.sum(axis=1) / 1e3
        cut += lost.sum(axis=1) / 1e3
    below, lost_below = devices.up(available), devices.up(cut)
    rate = np.divide(lost_below, below, out=np.zeros(size[0]), where=below > 0).clip(0.0, 1.0)
    return _Energy({"available_gwh": below, "curtailed_gwh": cut, "curtailment_rate": rate}, available, cut)


def _doubts(grid: Grid, county: County, potential: Potential) -> list[Finding]:
    found = [finding("grid-checks-left", layer="grid_devices")]
    estimated = int((grid.load_by == "estimated").sum())
    if estimated:
        found.append(finding("grid-load-estimated", layer="grid_devices", count=estimated, total=len(grid.load_by)))
    for number in np.flatnonzero(county.anew):
        found.append(
            finding(
                "hosting-to-share-anew",
                layer="county_limits",
                other=grid.districts[number],
                column=grid.districts[number],
                equipment=float(county.hosting.high[number]),
                system=float(grid.system.low[number]),
            )
        )
    lost = (potential.device == NOWHERE) & (potential.practical_kwac > 0)
    if lost.any():
        found.append(
            finding(
                "sites-without-device",
                layer="grid_devices",
                count=int(lost.sum()),
                total=int((potential.practical_kwac > 0).sum()),
                mw=float(potential.practical_kwac[lost].sum() / 1e3),
            )
        )
    return found
