"""What the bureau brings of the grid, read and laid on the districts and hours of a run."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from scipy.sparse import csr_array, hstack

from pvmap.errors import InputError
from pvmap.findings import Finding, finding
from pvmap.planning.grid.assessed import Calendar, Loads
from pvmap.planning.grid.devices import Devices, read_devices, read_limits, read_registered, read_shares
from pvmap.planning.grid.given import Grid
from pvmap.planning.grid.hosting import NOWHERE, Interval
from pvmap.planning.grid.hourly import read_device_hours
from pvmap.planning.grid.standing import doubt_areas, doubt_sizes
from pvmap.settings.city import Settings
from pvmap.sources.vector import read_vector

APART = 0.01  # of registered capacity, by which a list and the table of devices may differ


class GridFiles(NamedTuple):
    """The grid of a city.

    Attributes
    ----------
    devices, grid
        Transformers; their loads, shares and published limits.
    areas
        Supply areas with `device_id`, None where none were given.
    findings
        What had to be assumed.
    """

    devices: Devices
    grid: Grid
    areas: gpd.GeoDataFrame | None
    findings: list[Finding]


def read_grid(
    settings: Settings, raw: Path, crs: CRS, districts: list[str], days: Calendar, load_mw: pd.DataFrame
) -> GridFiles:
    """Read transformers and all that stands beside them.

    Parameters
    ----------
    settings, raw, crs
        The city, its input files and its metric CRS.
    districts
        Names of its districts.
    days
        Calendar of the T hours.
    load_mw
        (T, ...) load by district; the city's short name stands for what lies outside all of them. [MW]

    Raises
    ------
    InputError
        One sentence on the first row or file that cannot be used.
    """
    inputs, plan = settings.inputs, settings.planning.hosting
    if inputs.grid_devices is None:
        raise TypeError("a city without transformers has no grid to read")
    devices = read_devices(inputs.grid_devices, raw, districts, plan)
    findings = [*devices.findings, *doubt_sizes(devices.frame, inputs.grid_devices.path)]
    share = (devices.frame["district"].to_numpy(object)[:, None] == np.array([districts], object)).astype(float)
    if inputs.supply_shares is not None:
        told = read_shares(inputs.supply_shares, raw, devices, districts)
        share = np.where(np.isnan(told), share, told)
    if inputs.registered is not None:
        projects, more = read_registered(inputs.registered, raw, devices, districts, plan.as_of)
        devices, of_list = _with_registered(devices, projects, inputs.registered.path)
        findings += [*more, *of_list]
    devices.frame["registered_mw"] = devices.frame["registered_mw"].fillna(0.0)
    infinite = np.full(len(districts), np.inf)
    system = Interval(infinite, infinite)
    if inputs.county_limits is not None:
        system = read_limits(inputs.county_limits, raw, districts)
    loads, load_by, net, more = _loads(settings, raw, devices, share, districts, days, load_mw)
    areas = None
    if inputs.supply_areas is not None:
        layer = read_vector(inputs.supply_areas, raw, crs)
        areas = _areas(layer.features, inputs.supply_areas.path, devices)
        more = [*more, *layer.findings, *doubt_areas(areas, inputs.supply_areas.path, devices.frame)]
    return GridFiles(devices, Grid(districts, share, loads, load_by, net, system), areas, [*findings, *more])


def _areas(features: gpd.GeoDataFrame, path: str, devices: Devices) -> gpd.GeoDataFrame:
    if "name" not in features:
        raise InputError(
            f"inputs.supply_areas ({path}): say which column holds the transformer's id: columns = {{ name = ... }}."
        )
    known = set(devices.frame["device_id"])
    if unknown := [one for one in features["name"].fillna("") if one not in known]:
        raise InputError(f"{path}: no transformer is called {unknown[0]!r} ({len(unknown)} unknown); correct its id.")
    return features[["name", "geometry"]].rename(columns={"name": "device_id"})


def _with_registered(devices: Devices, projects: pd.DataFrame, path: str) -> tuple[Devices, list[Finding]]:
    """Put what the list of projects comes to in the place of the table's sums."""
    row = pd.Index(devices.frame["device_id"]).get_indexer(projects["device_id"])
    joins = row >= 0
    own = np.bincount(row[joins], projects["mw"].to_numpy(float)[joins], len(devices.frame))
    total, table = devices.up(own), devices.frame["registered_mw"].to_numpy(float)
    top = (devices.parent == NOWHERE) & np.isfinite(table)
    findings = []
    if abs(table[top].sum() - total[top].sum()) > APART * max(table[top].sum(), total[top].sum()):
        findings.append(
            finding("registered-otherwise", layer=path, file=float(total[top].sum()), table=float(table[top].sum()))
        )
    return Devices(devices.frame.assign(registered_mw=total), devices.parent, devices.findings), findings


def _loads(
    settings: Settings,
    raw: Path,
    devices: Devices,
    share: np.ndarray,
    districts: list[str],
    days: Calendar,
    load_mw: pd.DataFrame,
) -> tuple[Loads, np.ndarray, np.ndarray, list[Finding]]:
    """Load of each device by the hour: its own, or its share by rating of its district's at its level."""
    frame, outside = devices.frame, settings.city.name
    hours = len(days.hour)
    county = np.array([load_mw[name] if name in load_mw else np.zeros(hours) for name in (*districts, outside)])
    nowhere = 1.0 - share.sum(axis=1, keepdims=True)
    rated = np.hstack([share, nowhere]) * frame["rating_mva"].to_numpy(float)[:, None]
    of_level = pd.DataFrame(rated).groupby(frame["level_kv"].to_numpy(float)).transform("sum").to_numpy()
    weights = np.divide(rated, of_level, out=np.zeros_like(rated), where=of_level > 0)
    load_by = np.where(frame["load_mw"].notna(), "table", "estimated").astype(object)
    net = frame["net"].to_numpy(bool) & (load_by == "table")
    source = settings.inputs.device_loads
    if source is None:
        return Loads(csr_array(weights), county), load_by, net, []
    times = load_mw.index
    own = read_device_hours(source, raw, pd.DatetimeIndex(times), settings.city.utc_offset_hours)
    row = pd.Index(frame["device_id"]).get_indexer(own.load_kw.columns)
    if (row < 0).any():
        raise InputError(
            f"{source.path}: no transformer is called {own.load_kw.columns[row < 0][0]!r}; correct its id."
        )
    series = own.load_kw.to_numpy(float).T / 1e3
    if own.pv_kw is not None:
        power = own.pv_kw.to_numpy(float).T / 1e3
        series = series + np.where(frame["net"].to_numpy(bool)[row][:, None], power, 0.0)
        rating = frame["connected_mw"].to_numpy(float)[row]
        measured = np.divide(
            power[:, days.assessed].max(axis=1), rating, out=np.full(len(row), np.nan), where=rating > 0
        )
        known = frame["tau"].to_numpy(float).copy()
        known[row] = np.where(np.isnan(known[row]) & (measured > 0), measured, known[row])
        frame["tau"] = known
    weights[row] = 0.0
    picked = csr_array((np.ones(len(row)), (row, np.arange(len(row)))), shape=(len(frame), len(row)))
    load_by[row], net[row] = "hours", frame["net"].to_numpy(bool)[row] & (own.pv_kw is None)
    return (
        Loads(csr_array(hstack([csr_array(weights), picked])), np.vstack([county, series])),
        load_by,
        net,
        list(own.findings),
    )
