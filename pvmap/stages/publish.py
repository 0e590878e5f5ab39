"""What is published: the parts of all tiles become the city's tables, and money, risk and zones are added."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap import disk, store
from pvmap.energy.sky import HOURS
from pvmap.errors import InputError
from pvmap.findings import Finding, add_up, from_record
from pvmap.planning.aggregate import aggregate
from pvmap.planning.appraise import appraise
from pvmap.planning.grid.hourly import read_loads, read_market_prices
from pvmap.planning.grid.prices import border_prices
from pvmap.planning.grid.pypsa_export import Around
from pvmap.planning.net import remaining_exclusions
from pvmap.planning.overrides import read_overrides
from pvmap.planning.policy.targets import require_known_targets
from pvmap.planning.profiles import Hours, reduce_profiles
from pvmap.planning.risk.uncertainty import by_site_and_year
from pvmap.settings.city import Settings
from pvmap.stages import parts
from pvmap.stages.assess import GROUP
from pvmap.stages.job import PREPARED, TECHNICAL, TileJob
from pvmap.stages.parts import PART_TABLES
from pvmap.stages.skies import profile_hours

TILES = "tiles.json"  # in that folder: which stretches of the curve were assessed


def gather(processed: Path, done: Sequence[TileJob]) -> list[Finding]:
    """Join the parts of the tiles, in the order of the curve, into the city's tables before plants and decisions.

    Returns
    -------
    list of Finding
        What the tiles found doubtful, added up.

    Raises
    ------
    InputError
        A part is not of this run.
    """
    records = [parts.require_record(job) for job in done]
    known = list(zip(done, records, strict=True))
    store.write_json(processed / TECHNICAL / TILES, [[job.low, job.high] for job in done])
    for name in PART_TABLES:
        folder = processed / TECHNICAL if name == "exclusions" else processed
        store.join_tables(parts.files_of(name, known), folder, name, done[0].crs)
    store.write_table(processed / TECHNICAL, "profiles", _profiles(processed, done))
    _publish_sites(processed)
    return add_up(from_record(one) for record in records for one in record["findings"])


def _publish_sites(processed: Path) -> None:
    """Give grade A to the sites whose every surface lies on a measured plane: only tiles know the planes."""
    surfaces = store.read_table(processed, "surfaces", columns=["site_id", "measured"])
    measured = surfaces.groupby("site_id")["measured"].all()
    read, out = processed / PREPARED / "sites.parquet", processed / "sites.parquet"
    if measured.any():
        sites = store.read_table(read.parent, "sites")
        known = sites["site_id"].isin(measured.index[measured])
        store.write_table(processed, "sites", sites.assign(confidence=sites["confidence"].where(~known, "A")))
    elif not (out.is_file() and filecmp.cmp(read, out, shallow=False)):
        store.write_atomically(out, lambda path: shutil.copyfile(read, path))


def remove_other_parts(processed: Path, jobs: Sequence[TileJob]) -> None:
    """Remove the parts of earlier tilings: nothing reads them any more."""
    names = {job.name for job in jobs}
    for part in (processed / "parts").iterdir():
        if part.name not in names:
            with disk.errors(part):
                shutil.rmtree(part) if part.is_dir() else part.unlink()


def assessed_sites(processed: Path) -> pd.DataFrame:
    """Sites of the tiles that were assessed: all of the city unless a tile failed."""
    sites = store.read_table(processed, "sites")
    stretches = np.array(store.read_json(processed / TECHNICAL / TILES), "int64").reshape(-1, 2)
    stretch = np.searchsorted(stretches[:, 0], sites["hilbert"], side="right") - 1
    assessed = (stretch >= 0) & (sites["hilbert"].to_numpy() < stretches[stretch, 1])
    return sites if assessed.all() else sites[assessed].reset_index(drop=True)


def require_known_masked(sites: pd.DataFrame, masked: tuple[str, ...]) -> None:
    """Raise an InputError for the first site to be masked that no id or name of the run is: it would be shown."""
    known = set(sites["site_id"]) | set(sites["name"])
    if unknown := [name for name in masked if name not in known]:
        raise InputError(
            f"map.masked_sites: {unknown[0]!r} is no site_id and no name of this run ({len(unknown)} unknown); "
            "correct it, or the site would be shown."
        )


class BureauFiles(NamedTuple):
    """The bureau's own decisions, market prices and loads, None for what the city file does not name; findings."""

    overrides: pd.DataFrame | None
    market_prices: np.ndarray | None
    loads: pd.DataFrame | None
    findings: tuple[Finding, ...]


def read_bureau_files(settings: Settings, raw: Path, processed: Path, sites: pd.DataFrame) -> BureauFiles:
    """Read what the bureau brings and lay it on the hours of the profiles.

    Parameters
    ----------
    settings, raw, processed
        The city, its input files and its run folder, which says the year of the weather.
    sites
        site_id and district of all sites of the run.

    Raises
    ------
    InputError
        One sentence on the first of them that cannot be used.
    """
    files, offset = settings.inputs, settings.city.utc_offset_hours
    hours = profile_hours(processed, offset)
    overrides = read_overrides(raw / files.overrides.path, sites["site_id"]) if files.overrides is not None else None
    prices = loads = None
    findings: tuple[Finding, ...] = ()
    if files.market_prices is not None:
        prices, findings = read_market_prices(raw / files.market_prices.path, hours, offset)
    if files.load is not None:
        districts = set(sites["district"]) - {""}
        loads, more = read_loads(raw / files.load.path, hours, offset, districts, settings.city.name)
        findings += more
    return BureauFiles(overrides, prices, loads, findings)


def around(settings: Settings, raw: Path, processed: Path, sites: pd.DataFrame) -> Around:
    """Say what the bureau knows of the network around the plants; arguments as for `read_bureau_files`."""
    bureau = read_bureau_files(settings, raw, processed, sites)
    hours = Hours.of(profile_hours(processed, settings.city.utc_offset_hours), settings.city.utc_offset_hours)
    return Around(bureau.loads, border_prices(hours, settings, bureau.market_prices))


def settle(settings: Settings, raw: Path, processed: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compute money, risk and zones from the stored tables; write appraisal, profiles, exclusions and zones.

    Nothing of the physics is computed again, so a changed tariff costs seconds.

    Returns
    -------
    sites, appraisal
        In the same order.
    """
    sites = assessed_sites(processed)
    every = store.read_table(processed, "sites", columns=["site_id", "district"])
    overrides, market, _, _ = read_bureau_files(settings, raw, processed, every)
    require_known_targets(sites, settings.planning.policy, settings.city.name)
    require_known_masked(sites, settings.map.masked_sites)
    if overrides is not None:  # a decision on a site whose tile failed waits for that tile
        overrides = overrides[overrides["site_id"].isin(sites["site_id"])].reset_index(drop=True)
    yields, shade = (store.read_table(processed, name) for name in ("yields", "shade"))
    # outlines and directions are the tiles' business, and half of the file
    surfaces = store.read_table(processed, "surfaces", columns=["surface_id", "site_id", "mounting", "plan_area_m2"])
    exclusions, gross = (store.read_table(processed / TECHNICAL, name) for name in ("exclusions", "profiles"))
    appraisal = appraise(
        sites,
        surfaces,
        yields,
        shade,
        exclusions,
        settings,
        gross,
        overrides=overrides,
        years_kwh=by_site_and_year(store.read_table(processed, "years"), sites["site_id"]),
        market_price=market,
    )
    profiles = reduce_profiles(gross, appraisal, sites, yields, settings.city.utc_offset_hours)
    zones = aggregate(appraisal, sites, _outline(processed, "districts"), _outline(processed, "townships"), settings)
    more = remaining_exclusions(appraisal, sites, _used_area(sites, surfaces, shade))
    store.write_table(processed, "appraisal", appraisal)
    store.write_table(processed, "profiles", profiles)
    store.write_table(processed, "exclusions", pd.concat([exclusions, more], ignore_index=True))
    store.write_table(processed, "zones", zones)
    return sites, appraisal


def _profiles(processed: Path, done: Sequence[TileJob]) -> pd.DataFrame:
    """Hourly power of all tiles, summed in the order of the curve, as the contract table "profiles"."""
    power: dict[tuple[str, ...], np.ndarray] = {}
    for job in done:
        groups, hourly = parts.read_profiles(job.part)
        for key, row in zip(groups[GROUP].itertuples(index=False, name=None), hourly, strict=True):
            power[key] = power[key] + row if key in power else row
    if not power:  # nothing may be built in the whole city: no power in any hour, for every group of its sites
        sites = store.read_table(processed / PREPARED, "sites", columns=GROUP)
        power = dict.fromkeys(sites.itertuples(index=False, name=None), np.zeros(HOURS))
    keys = sorted(power)
    times = profile_hours(processed, done[0].settings.city.utc_offset_hours)
    frame = pd.DataFrame(keys, columns=GROUP, dtype="str")
    frame = frame.loc[frame.index.repeat(HOURS)].reset_index(drop=True)
    frame.insert(0, "time", times[np.tile(np.arange(HOURS), len(keys))])
    return frame.assign(power_kw=np.concatenate([power[key] for key in keys]))


def _used_area(sites: pd.DataFrame, surfaces: pd.DataFrame, shade: pd.DataFrame) -> np.ndarray:
    used = surfaces["plan_area_m2"].to_numpy() * shade["usable_share"].to_numpy()
    return np.bincount(pd.Index(sites["site_id"]).get_indexer(surfaces["site_id"]), used, len(sites))


def _outline(processed: Path, level: str) -> gpd.GeoDataFrame | None:
    path = processed / f"{level}.parquet"
    return store.read_outlines(path) if path.exists() else None
