"""Money, risk and zones of the city, a stretch of tiles at a time: nothing here ever holds all sites.

Two passes over the stretches, each a job a stretch, and a small sum after each:

1. `weigh_stretch`: what it adds to the `Whole` that every site must know of the city (hours of its photovoltaics,
   policy floor);
2. `settle_stretch`: its rows of every table, and what it adds to the city's zones, totals, scenarios and checks.

To add a column of a site, extend ``appraise.conclude``; if it needs the rest of the city, let ``appraise.whole_sums``
give what a stretch adds and ``appraise.whole_of`` what all come to. To add a table of the city, let `settle_stretch`
give what a stretch adds to it, and write it from the sum in `settle`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from pvmap import disk, store
from pvmap.crs import WGS84, transformer
from pvmap.errors import InputError
from pvmap.findings import Finding
from pvmap.memory import give_back
from pvmap.planning import totals
from pvmap.planning.aggregate import Places, zone_sums, zones_of
from pvmap.planning.appraise import Beside, Tables, Weighed, Whole, conclude, weigh, whole_of, whole_sums
from pvmap.planning.money.doubts import doubt_amounts
from pvmap.planning.money.given_prices import GivenPrices
from pvmap.planning.money.scenario_table import CityPrices, read_mechanism, table_of
from pvmap.planning.money.tariff import market_price
from pvmap.planning.money.valuation import Valuation
from pvmap.planning.net import kwp_per_kwac, remaining_exclusions
from pvmap.planning.overrides import read_overrides
from pvmap.planning.partial import Partial, add_up
from pvmap.planning.policy.plan_classes import plan_class
from pvmap.planning.profiles import Shapes, reduce_profiles
from pvmap.planning.risk.carry import fit
from pvmap.planning.risk.certainty import height_error_sums, tell_height_errors, tell_left_out
from pvmap.planning.risk.uncertainty import by_site_and_year
from pvmap.settings.city import Settings
from pvmap.stages import parts
from pvmap.stages.assess import read_numbers
from pvmap.stages.bureau import read_bureau_files, read_prices, require_known_names
from pvmap.stages.job import TECHNICAL, TileJob
from pvmap.stages.publish import Publish, assessed, in_lots, join, measured_sites, of_tiles, publish_all, run_all
from pvmap.store.windows import SIDES
from pvmap.tables.plan import told_apart
from pvmap.text_columns import positions

if TYPE_CHECKING:
    from pvmap.engine import Pool

SETTLED = "settled"  # folder below the first part of a stretch: its rows of the tables that settling makes
SITES_AT_ONCE = 32_768  # in a stretch: what hours cost beside the sites that they value is paid once for all of these
AT_ONCE = 512  # stretches whose sums are held before they are added up
ROWS = ("appraisal", "exclusions")  # those tables


@dataclass(frozen=True)
class SettleJob:
    """Tiles to be settled together.

    Attributes
    ----------
    tiles
        A stretch of those that were assessed, along the curve.
    token
        Of this settling: what all have in common is read once a process.
    whole
        What is known of the whole city, from the second pass on.
    """

    tiles: tuple[TileJob, ...]
    token: str
    whole: Whole | None = None

    @property
    def settings(self) -> Settings:
        """Settings of the city."""
        return self.tiles[0].settings

    @property
    def n_sites(self) -> int:
        """Sites of its tiles."""
        return sum(tile.n_sites for tile in self.tiles)


class Settled(NamedTuple):
    """What a city comes to.

    Attributes
    ----------
    totals, bands
        As run.json tells them.
    findings
        What is doubtful about them.
    rows
        Rows of the tables of sites and surfaces that are each stretch's, by its limits on the curve.
    """

    totals: dict[str, dict[str, float | None]]
    bands: list[dict[str, Any]]
    findings: list[Finding]
    rows: pd.DataFrame


class Common(NamedTuple):
    """What all stretches have in common."""

    shapes: Shapes
    overrides: pd.DataFrame | None
    prices: GivenPrices


def settle(settings: Settings, raw: Path, processed: Path, like: TileJob, pool: Pool) -> Settled:
    """Compute money, risk and zones from the stored parts; write appraisal, profiles, exclusions, zones, scenarios.

    Nothing of the physics is computed again, so a changed tariff costs seconds.

    Parameters
    ----------
    settings, raw, processed
        The city, its input files and its run folder.
    like
        Any tile of the run.
    pool
        Who computes.

    Raises
    ------
    InputError
        What the bureau brought cannot be used, or a part is damaged.
    """
    prices = read_bureau_files(settings, raw, processed, processed).prices
    require_known_names(settings, processed, processed)
    tiles = assessed(processed, like)
    token = uuid.uuid4().hex
    jobs = [SettleJob(some, token) for some in stretches(tiles)]
    first = _sum(pool, weigh_stretch, jobs)
    net = reduce_profiles(_shapes(processed, settings), first.sums["months"])
    store.write_table(processed, "profiles", net.table())
    market = market_price(net.hours, settings.planning.tariff, prices.market)
    source = settings.inputs.mechanism
    mechanism = {} if source is None else read_mechanism(source, raw, settings)
    city = CityPrices.of(net.power_kw.sum(axis=0), market, mechanism)
    known = whole_of(first, settings, city)
    if "draws" in first.sums:
        drawn, own = first.sums["draws"].reset_index(), settings.certainty.effort == "full"
        known = known._replace(carried=fit(drawn, own=own))
    last = _sum(pool, settle_stretch, [replace(job, whole=known) for job in jobs])
    first_of = [job.tiles[0] for job in jobs]
    order, n_sites = tuple((tile, True) for tile in first_of), [job.n_sites for job in jobs]
    publish_all([Publish(join, order, name, SETTLED) for name in ROWS], n_sites, pool)
    for tile in first_of:  # nobody reads them again
        disk.remove_ours(tile.part / SETTLED, parts.OURS)
    scenarios = table_of(last.sums.get("scenarios"), city, settings)
    if len(scenarios):
        store.write_table(processed, "scenarios", scenarios, settings.city.currency)
    else:
        disk.remove(processed / "scenarios.parquet")
    districts, townships = (_outline(processed, level) for level in ("districts", "townships"))
    zones = zones_of(last, districts, townships, settings, like.crs)
    store.write_table(processed, "zones", zones, settings.city.currency)
    return _told(last, settings)


def stretches(tiles: Sequence[TileJob]) -> Iterator[tuple[TileJob, ...]]:
    """Share tiles out over stretches along the curve, alike in sites and with some `SITES_AT_ONCE` each at most."""
    return in_lots(tiles, [tile.n_sites for tile in tiles], SITES_AT_ONCE)


def _sum(pool: Pool, function: Callable[[SettleJob], Partial], jobs: list[SettleJob]) -> Partial:
    """Add up what stretches give, some of them at a time, in the order of the curve."""
    some = (run_all(pool, function, jobs[first : first + AT_ONCE]) for first in range(0, len(jobs), AT_ONCE))
    return add_up(part for parts_of_some in some for part in parts_of_some)


def weigh_stretch(job: SettleJob) -> Partial:
    """Give what a stretch adds to what every site must know of the city."""
    for tile in job.tiles:
        if not parts.is_current(tile):
            name = job.settings.city.name
            raise InputError(f"{tile.part} is damaged or not of this run; run `pvmap map {name}` again.")
    tables, _, weighed = _weighed(job)
    sums = whole_sums(weighed, tables.sites, tables.yields)
    draws = parts.read(job.tiles, "draws")
    return sums | Partial({"draws": draws[draws["weight"] > 0].set_index(["site_id", "world"])}) if len(draws) else sums


def settle_stretch(job: SettleJob) -> Partial:
    """Write a stretch's rows of appraisal and exclusions, and give what it adds to the city's other tables."""
    if job.whole is None or job.whole.prices is None:
        raise TypeError("the whole city is known before its parts are settled")
    settings, folder = job.settings, job.tiles[0].part / SETTLED
    tables, beside, weighed = _weighed(job)
    sites = tables.sites
    appraisal = conclude(weighed, sites, settings, beside, job.whole)
    appraisal, scenarios = _valued(appraisal, sites, job.whole.prices, settings)
    more = remaining_exclusions(appraisal, sites, weighed.gross.used_area_m2)
    exclusions = pd.concat([tables.exclusions, more], ignore_index=True)
    of_site = positions(exclusions["site_id"], sites["site_id"])
    exclusions = exclusions.iloc[np.argsort(of_site, kind="stable")]  # as sites lie, however they were cut into tiles
    for name, rows in (("appraisal", appraisal), ("exclusions", exclusions)):
        parts.write_rows(folder, name, rows)
    limits = pd.MultiIndex.from_tuples([(job.tiles[0].low, job.tiles[-1].high)], names=["low", "high"])
    n_rows = {"appraisal": len(appraisal), "exclusions": len(exclusions), "yields": len(tables.yields)}
    sums = {
        "rows": pd.DataFrame(n_rows, index=limits),
        "kinds": totals.kind_sums(appraisal, sites, settings.planning.policy.bands),
        "heights": totals.height_sums(appraisal, sites),
        "height_errors": height_error_sums(appraisal, sites, settings),
    }
    if scenarios is not None:
        sums["scenarios"] = scenarios
    return Partial(sums) | zone_sums(appraisal, sites, _places(sites, job.tiles[0].crs), settings)


def _valued(
    appraisal: pd.DataFrame, sites: pd.DataFrame, prices: CityPrices, settings: Settings
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Add class and scenarios to the appraisal of a stretch; what it adds to the table "scenarios"."""
    classes = plan_class(appraisal, settings)
    valuation = Valuation(appraisal, sites["footprint_area_m2"].to_numpy(float), classes, prices, settings)
    district = appraisal["district"].map(told_apart).to_numpy(object)
    capacity, practical = (appraisal[name].to_numpy(float) for name in ("capacity_kwp", "capacity_practical_kwp"))
    share = np.divide(practical, capacity, out=np.zeros(len(capacity)), where=capacity > 0)
    mwac = practical / kwp_per_kwac(appraisal, settings.energy.inverter) / 1e3
    columns = {"plan_class": classes, **valuation.columns()}
    return appraisal.assign(**columns), valuation.sums(district, mwac, share)


def _told(city: Partial, settings: Settings) -> Settled:
    bands, missed = totals.check_bands(city.sums["kinds"], settings.planning.policy.bands)
    findings = [*missed, *doubt_amounts(settings), *totals.cost_of_assumed_heights(city.sums["heights"], settings)]
    findings += [*tell_height_errors(city.sums["height_errors"]), *tell_left_out(settings)]
    return Settled(totals.totals(city.sums["kinds"]), bands, findings, city.sums["rows"])


def _weighed(job: SettleJob) -> tuple[Tables, Beside, Weighed]:
    tiles, common = job.tiles, _common(job)
    stretch = replace(tiles[0], high=tiles[-1].high)
    sites = of_tiles(
        read_numbers(stretch), [(tile.low, tile.high) for tile in tiles]
    )  # one that failed may lie between them
    # outlines and directions are the tiles' business, and half of the file
    surfaces = parts.read(tiles, "surfaces", ["surface_id", "site_id", "mounting", "plan_area_m2", "measured"])
    known = sites["site_id"].isin(measured_sites(surfaces))
    sites = sites.assign(confidence=sites["confidence"].where(~known, "A"))
    tables = Tables(sites, surfaces, *(parts.read(tiles, name) for name in ("yields", "shade", "exclusions")))
    overrides = common.overrides
    if overrides is not None:  # a decision on a site of another stretch is that one's business
        overrides = overrides[overrides["site_id"].isin(sites["site_id"])].reset_index(drop=True)
    years = by_site_and_year(parts.read(tiles, "years"), sites["site_id"])
    draws = parts.read(tiles, "draws")
    beside = Beside(common.shapes, overrides, years, common.prices, draws[draws["world"] == 0])
    return tables, beside, weigh(tables, job.settings, overrides)


def _places(sites: pd.DataFrame, crs: str) -> Places:
    """Where sites lie, by their longitude and latitude and the bounds of their outlines, which nobody decodes here."""
    place = transformer(WGS84, CRS(crs)).transform(sites["longitude"].to_numpy(), sites["latitude"].to_numpy())
    low, high = (sites[list(sides)].to_numpy(float) for sides in (SIDES[:2], SIDES[2:]))
    return Places(np.stack(place, axis=1), np.concatenate([low.min(axis=0), high.max(axis=0)]))


_COMMON: dict[str, Common] = {}  # of the settling that this process last took part in


def _common(job: SettleJob) -> Common:
    if job.token not in _COMMON:
        give_back()  # this process has assessed its last tile
        settings, raw = job.settings, job.tiles[0].raw
        files, shapes = settings.inputs, _shapes(job.tiles[0].processed, settings)
        overrides = None
        if files.overrides is not None:
            overrides = read_overrides(raw / files.overrides.path, set)
        prices, _ = read_prices(settings, raw, shapes.times)
        _COMMON.clear()
        _COMMON[job.token] = Common(shapes, overrides, prices)
    return _COMMON[job.token]


def _shapes(processed: Path, settings: Settings) -> Shapes:
    return Shapes.of(store.read_table(processed / TECHNICAL, "profiles"), settings.city.utc_offset_hours)


def _outline(processed: Path, level: str) -> gpd.GeoDataFrame | None:
    path = processed / f"{level}.parquet"
    return store.read_outlines(path) if path.exists() else None
