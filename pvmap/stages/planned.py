"""After money is settled: what the grid can take, what is built when, and areas of the city's own.

Reads columns of the tables of sites and appraisal, adds columns to the appraisal and rows to the zones, and writes the
tables hosting and build_out. What a city brings no inputs for stays as it is, and is not read.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from pvmap import disk, store
from pvmap.findings import Finding, add_up, finding
from pvmap.planning.areas import Areas, AreaSites, doubt_areas, zones_of_areas
from pvmap.planning.grid.assessment import Hosting, assess
from pvmap.planning.grid.devices import read_registered
from pvmap.planning.grid.given import Potential
from pvmap.planning.grid.hosting import NOWHERE
from pvmap.planning.grid.hourly import read_loads
from pvmap.planning.grid.joining import Joined, join, level_needed, places_of
from pvmap.planning.grid.room import Room, room_of
from pvmap.planning.grid.standing import connected_otherwise, far_away, without_devices
from pvmap.planning.money.account import is_person
from pvmap.planning.money.scenario_table import of_flat_prices, of_nobody
from pvmap.planning.policy.plan_classes import CENTRAL, parts
from pvmap.planning.policy.plan_inputs import asked_of
from pvmap.planning.policy.plan_table import Plan, plan
from pvmap.planning.policy.tranches import Sites
from pvmap.settings.city import AreaInput, Settings
from pvmap.sites.existing import plants_kwp
from pvmap.stages.areas import names_at, read_named
from pvmap.stages.grid_inputs import GridFiles, read_grid
from pvmap.stages.job import TileJob
from pvmap.stages.other_layers import read_plants
from pvmap.stages.planned_city import PlannedCity
from pvmap.tables.plan import told_apart

WRITTEN = ("hosting", "build_out")
NO_DEVICE = "no device"


class _Connected(NamedTuple):
    """The grid of a city, and which device each of its sites joins."""

    files: GridFiles
    joined: Joined
    places: np.ndarray  # (m, 2) [m]
    hosting: Hosting


def plan_city(job: TileJob) -> list[Finding]:
    """Plan ahead for the city of any of its tiles: what a worker is asked to do, for columns of all sites are large."""
    return plan_ahead(job.settings, job.raw, job.processed, job.crs)


def plan_ahead(settings: Settings, raw: Path, processed: Path, crs: str) -> list[Finding]:
    """Add to a settled run what a plan needs beyond the potential.

    Parameters
    ----------
    settings, raw, processed
        The city, its input files and its run folder, in which money is settled.
    crs
        Its metric CRS.

    Returns
    -------
    list of Finding
        What is doubtful about grid and plan.

    Raises
    ------
    InputError
        One sentence on the first input that cannot be used.
    """
    city = PlannedCity(settings, raw, processed, CRS(crs))
    columns: dict[str, np.ndarray] = {}
    tables: dict[str, pd.DataFrame] = {}
    findings: list[Finding] = [*of_nobody(settings), *of_flat_prices(settings, city.capture_cny_per_kwh)]
    findings += city.doubt_load()
    connected = _connected(city) if settings.inputs.grid_devices is not None else None
    if connected is not None:
        columns = _connection(city, connected)
        tables["hosting"] = _with_outlines(city, connected)
        findings += [*connected.files.findings, *connected.hosting.findings, *_standing(city, connected.hosting)]
        nobody = connected.files.grid.unchecked(city.district, connected.joined.device)
        findings += without_devices(city.told_district, city.practical_kwac, nobody)
        findings += far_away(connected.files.devices.frame["device_id"].to_numpy(object), connected.places, city.points)
    planned, more = _planned(city, connected)
    findings += more
    if planned is not None:
        tables["build_out"] = planned.table
        columns["planned_kwac"] = planned.built_share * city.practical_kwac
    for name in WRITTEN:
        if len(tables.get(name, ())):
            store.write_table(processed, name, tables[name], settings.city.currency)
        else:
            disk.remove(processed / f"{name}.parquet")
    if columns:
        store.add_columns(processed, "appraisal", columns, settings.city.currency)
    if settings.inputs.areas:
        amounts = city.appraisal.rename(columns={"used_area_m2": "area_m2"})
        amounts["practical_kwac"] = city.practical_kwac
        if connected is not None:
            amounts["connectable_kwac"] = columns["connectable_kwac"]
        if planned is not None:
            amounts["planned_kwac"] = columns["planned_kwac"]
        findings += _add_areas(city, amounts)
    return add_up(findings)


def _connected(city: PlannedCity) -> _Connected:
    settings = city.settings
    plan = settings.planning.hosting
    files = read_grid(settings, city.raw, city.crs, city.districts, city.days, city.load_mw)
    frame = files.devices.frame
    xy = city.metric(frame["longitude"].to_numpy(float), frame["latitude"].to_numpy(float))
    places = places_of(files.devices, xy, files.areas)
    needed = level_needed(city.classes, city.practical_kwac, plan.connect_kv)
    joined = join(city.points, needed, files.devices, places, files.areas, plan.max_km)
    worth = city.of("lcoe_cny_per_kwh")
    if plan.first == "most_valuable":
        kwac = city.of("capacity_kwac")
        worth = -np.divide(city.of("npv_cny"), kwac, out=np.full(len(kwac), np.nan), where=kwac > 0)
    order = np.lexsort((city.appraisal["site_id"].to_numpy(str), np.nan_to_num(worth, nan=np.inf)))
    potential = Potential(
        joined.device,
        city.group,
        city.of("capacity_practical_kwp"),
        city.practical_kwac,
        city.existing_kwp,
        order,
        city.per_kwp,
    )
    central = np.isin(city.classes, CENTRAL)
    return _Connected(files, joined, places, assess(files.devices, files.grid, potential, city.days, central, plan))


def _standing(city: PlannedCity, hosting: Hosting) -> list[Finding]:
    """Compare what transformers have connected with the plants of the layer, by district."""
    of = hosting.table[hosting.table["kind"] == "district"].set_index("district")["connected_mw"]
    if not len(of):  # a city without districts
        devices = hosting.table[hosting.table["parent_id"] == ""]
        of = pd.Series({"": float(devices["connected_mw"].sum())})
    plants, path = read_plants(city.settings, city.raw, city.crs), city.processed / "districts.parquet"
    layer = pd.Series(dtype=float)
    if plants is not None and len(plants.features):
        points, outlines = plants.features.representative_point(), None
        if path.exists():
            outlines = store.read_outlines(path)
        names = names_at(points.to_numpy(), outlines) if outlines is not None else np.full(len(points), "", object)
        layer = pd.Series(np.nan_to_num(plants_kwp(plants.features)) / 1e3).groupby(names).sum()
    return connected_otherwise(of, layer, city.settings.energy.inverter.dc_ac_ratio_ground)


def _connection(city: PlannedCity, connected: _Connected) -> dict[str, np.ndarray]:
    """Columns of the appraisal that say what each site may connect."""
    device, got = connected.joined.device, connected.hosting.allocation
    ids = np.array([*connected.files.devices.frame["device_id"], *connected.files.grid.districts, ""], object)
    grades = np.array([*connected.hosting.grade, ""], object)
    lost = (device == NOWHERE) & (city.practical_kwac > 0)
    return {
        "device_id": np.where(device == NOWHERE, "", ids[device]).astype(object),
        "device_by": connected.joined.by,
        "grid_grade": grades[device],
        "connect_rank": got.rank,
        "connectable_kwac": got.taken,
        "limited_by": np.where(lost, NO_DEVICE, ids[got.limited_by]).astype(object),
    }


def _with_outlines(city: PlannedCity, connected: _Connected) -> gpd.GeoDataFrame:
    """Give devices their supply area, else the point they stand at, and districts their outline."""
    table, areas = connected.hosting.table, connected.files.areas
    frame = connected.files.devices.frame
    shapes: dict[tuple[str, str], object] = {
        ("device", one): shapely.Point(x, y)
        for one, (x, y) in zip(frame["device_id"], connected.places, strict=True)
        if np.isfinite(x) and np.isfinite(y)
    }
    if areas is not None:
        whole = areas.dissolve("device_id")["geometry"]
        shapes |= {("device", one): outline for one, outline in whole.items()}
    path = city.processed / "districts.parquet"
    if path.exists():
        outlines = store.read_outlines(path)
        shapes |= {("district", name): one for name, one in zip(outlines["name"], outlines.geometry, strict=True)}
    keys = zip(table["kind"], table["device_id"], strict=True)
    return gpd.GeoDataFrame(table, geometry=[shapes.get(key) for key in keys], crs=city.crs)


def _planned(city: PlannedCity, connected: _Connected | None) -> tuple[Plan | None, list[Finding]]:
    """Plan the build-out where there are targets."""
    settings = city.settings
    registered, findings = pd.DataFrame(columns=["district", "class", "mw", "year"]), []
    if settings.inputs.registered is not None:
        devices = None if connected is None else connected.files.devices
        as_of = settings.planning.hosting.as_of
        registered, more = read_registered(settings.inputs.registered, city.raw, devices, city.districts, as_of)
        findings += more if connected is None else []  # told with the grid already
        registered["district"] = registered["district"].map(told_apart)
    asked = asked_of(settings, city.raw, city.districts, registered, lambda: _room(city, connected))
    if asked is None:
        return None, findings
    share = city.practical_share
    sites = Sites(
        city.told_district,
        city.practical_kwac / 1e3,
        city.of("capacity_practical_kwp") / 1e3,
        city.of("capex_cny") * share,
        city.of("opex_cny_per_year") * share,
        np.nan_to_num(city.of("npv_cny")) * share,
        city.of("energy_kwh") * share / 1e6,
        city.of("lcoe_cny_per_kwh"),
        city.existing_kwp / city.kwp_per_kwac / 1e3,
        city.existing_kwp / 1e3,
    )
    rate, money = settings.planning.economics.discount_rate, settings.city.currency
    classes = parts(city.classes, is_person(city.appraisal, settings.planning.economics), settings)
    planned = plan(sites, classes, asked, settings.planning.build_out, rate, settings.energy.life_years, money)
    return planned, [*findings, *planned.findings]


def _room(city: PlannedCity, connected: _Connected | None) -> Room:
    """Room of each site; all of it where neither the site nor its district has a device, so that nobody checked."""
    if connected is None:
        return Room.unlimited(len(city.practical_kwac))
    hosting, districts = connected.hosting, connected.files.grid.districts
    device, wanted = connected.joined.device, city.practical_kwac
    taken = np.where(connected.files.grid.unchecked(city.district, device), np.inf, hosting.alone_kw)
    names = np.array([told_apart(one) for one in (*connected.files.devices.frame["district"], *districts)], object)
    return room_of(taken, wanted, device, hosting.tree, names)


def _add_areas(city: PlannedCity, amounts: pd.DataFrame) -> list[Finding]:
    """Add rows of the city's own areas to the zones."""
    kwp = city.of("capacity_practical_kwp") + city.existing_kwp
    sites = AreaSites(city.points, amounts, city.group, kwp, city.per_kwp)
    own = {source.level for source in city.settings.inputs.areas}
    before = store.read_table(city.processed, "zones")
    zones, findings = [before[~before["level"].isin(own)]], []
    for source in city.settings.inputs.areas:
        areas, more = read_areas(source, city.settings, city.raw, city.crs, city.times)
        zones.append(gpd.GeoDataFrame(zones_of_areas(areas, sites, city.settings.planning.carbon), crs=city.crs))
        findings += [*more, *doubt_areas(areas, city.points, source.path)]
    store.write_table(city.processed, "zones", pd.concat(zones, ignore_index=True), city.settings.city.currency)
    return findings


def read_areas(
    source: AreaInput, settings: Settings, raw: Path, crs: CRS, times: pd.DatetimeIndex
) -> tuple[Areas, list[Finding]]:
    """Read areas of one level and their loads; what is doubtful about them.

    Raises
    ------
    InputError
        A layer without names, or a load that cannot be used.
    """
    layer = read_named(source, raw, crs, "areas")
    outlines, loads, findings = layer.features[["name", "geometry"]], {}, list(layer.findings)
    named = outlines["name"].fillna("").str.strip() != ""
    if not named.all():
        count, total = int((~named).sum()), len(outlines)
        findings.append(finding("areas-unnamed", layer=source.path, count=count, total=total))
        outlines = outlines[named].reset_index(drop=True)
    if source.load is not None:
        long, more = read_loads(raw / source.load.path, times, settings.city.utc_offset_hours, set(outlines["name"]))
        wide = long.pivot_table(index="time", columns="district", values="load_kw").reindex(times)
        loads = {str(name): wide[name].to_numpy(float) for name in wide}
        # an area without load has no self-sufficiency, and nobody draws a duck curve of it
        findings += [one for one in more if one.code != "districts-without-load"]
    return Areas(source.level, outlines, loads), findings
