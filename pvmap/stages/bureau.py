"""What the bureau brings: its decisions, market prices and loads, and names that must be those of the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from pvmap import store
from pvmap.errors import InputError
from pvmap.findings import EXAMPLES, Finding, add_up, finding
from pvmap.planning.grid.devices import read_registered
from pvmap.planning.grid.hourly import read_loads, read_market_prices
from pvmap.planning.grid.prices import border_prices
from pvmap.planning.grid.pypsa_export import Around
from pvmap.planning.money.doubts import doubt_hours, doubt_prices
from pvmap.planning.money.given_prices import GivenPrices, read_contracts
from pvmap.planning.money.tariff import market_price
from pvmap.planning.overrides import read_overrides
from pvmap.planning.policy.targets import require_known_targets
from pvmap.planning.profiles import Hours
from pvmap.planning.publication import is_public
from pvmap.settings.city import Settings
from pvmap.settings.module import ModuleSettings
from pvmap.sites.sensitive import REASON
from pvmap.stages.skies import profile_hours
from pvmap.store import row_groups

NAMED = ["district", "township", "site_type", "building_use"]  # what places and classes of sites follow from
MOST_TIMES = 2.0  # judgement: steep roofs and walls of pits have more surface than ground, none has twice as much


class BureauFiles(NamedTuple):
    """The bureau's own market prices and loads, None for what the city file does not name; findings."""

    prices: GivenPrices
    loads: pd.DataFrame | None
    findings: tuple[Finding, ...]


def read_bureau_files(settings: Settings, raw: Path, processed: Path, sites: Path) -> BureauFiles:
    """Read what the bureau brings and lay it on the hours of the profiles.

    Parameters
    ----------
    settings, raw, processed
        The city, its input files and its run folder, which says the year of the weather.
    sites
        Folder of the table of all sites of the run, whose ids and districts are those that may be named.

    Raises
    ------
    InputError
        One sentence on the first of them that cannot be used.
    """
    files, offset = settings.inputs, settings.city.utc_offset_hours
    hours = profile_hours(processed, offset)
    loads = None
    prices, findings = read_prices(settings, raw, hours)
    if files.overrides is not None:
        findings += _try_decisions(settings, raw / files.overrides.path, sites, _n_left_out(settings, processed))
    if files.load is not None:
        districts = row_groups.distinct(sites, "sites", "district") - {""}
        loads, more = read_loads(raw / files.load.path, hours, offset, districts, settings.city.name)
        findings += more
    return BureauFiles(prices, loads, findings)


def _try_decisions(settings: Settings, path: Path, sites: Path, n_left_out: int) -> tuple[Finding, ...]:
    """Read decisions as they will be used; how many are on sites that are not for the public is told, never which."""
    known: set[str] = set()

    def there(ids: pd.Series) -> set[str]:
        known.update(_there(sites, "site_id", ids))
        return known

    decided = read_overrides(path, there, n_left_out)
    odd = _odd_corrections(decided, sites, settings.module)
    unknown = int((~decided["site_id"].isin(known)).sum())
    told = finding("decisions-on-sites-left-out", layer="overrides", count=unknown, total=len(decided))
    return (*odd, told) if unknown else odd


def _odd_corrections(decided: pd.DataFrame, sites: Path, module: ModuleSettings) -> tuple[Finding, ...]:
    """Tell corrected capacities that are no kilowatts: more than modules cover of a site, or less than one."""
    corrected = decided[(decided["decision"] == "correct") & (decided["value_kwp"] > 0.0)]
    if not len(corrected):
        return ()
    grounds = store.read_table(
        sites, "sites", columns=["site_id", "footprint_area_m2"], filters=[("site_id", "in", set(corrected["site_id"]))]
    )
    ground_m2 = corrected["site_id"].map(grounds.set_index("site_id")["footprint_area_m2"])
    most_kwp = MOST_TIMES * ground_m2 * module.power_kwp / module.area_m2
    odd = corrected[(corrected["value_kwp"] > most_kwp) | (corrected["value_kwp"] < module.power_kwp)]
    if not len(odd):
        return ()
    first, count = odd.iloc[0], len(odd)
    value, ids = float(first["value_kwp"]), odd["site_id"].iloc[:EXAMPLES]
    return (finding("corrections-odd", layer="overrides", count=count, total=len(corrected), sites=ids, value=value),)


def _n_left_out(settings: Settings, processed: Path) -> int:
    """How many sites a public build leaves out; which ones is written nowhere."""
    if not is_public(settings):
        return 0
    return int((store.read_table(processed, "rejects", columns=["reason"])["reason"] == REASON).sum())


def read_prices(settings: Settings, raw: Path, times: pd.DatetimeIndex) -> tuple[GivenPrices, tuple[Finding, ...]]:
    """Read the prices that the bureau brings, for the hours of the profiles (UTC).

    Raises
    ------
    InputError
        One sentence on the first file or row that cannot be used.
    """
    files, market = settings.inputs, None
    contracts: dict[str, np.ndarray] = {}
    findings: tuple[Finding, ...] = ()
    if files.market_prices is not None:
        market, findings = read_market_prices(raw / files.market_prices.path, times, settings.city.utc_offset_hours)
    if files.retail_contract is not None:
        contracts, _ = read_contracts(files.retail_contract, raw)  # what was assumed is told when it is tried
    given = GivenPrices(market, contracts)
    return given, (*findings, *_doubted_prices(settings, given, Hours.of(times, settings.city.utc_offset_hours)))


def _doubted_prices(settings: Settings, given: GivenPrices, hours: Hours) -> list[Finding]:
    """Tell prices so far from the city file's own that their unit is another."""
    own = float(market_price(hours, settings.planning.tariff).mean())
    found: list[Finding] = []
    files = settings.inputs
    if given.market is not None and files.market_prices is not None:
        found += _far_off(Path(files.market_prices.path).name, "market", given.market, own)
    if files.retail_contract is not None:
        name = Path(files.retail_contract.path).name
        for prices in given.contracts.values():
            found += _far_off(name, "contract", prices, own)
    return add_up(found)


def _far_off(layer: str, kind: str, prices: np.ndarray, own: float) -> list[Finding]:
    told = doubt_prices(layer, kind, float(prices.mean()), own) or doubt_hours(layer, kind, prices, own)
    return [] if told is None else [told]


def around(settings: Settings, raw: Path, processed: Path) -> Around:
    """Say what the bureau knows of the network around the plants; arguments as for `read_bureau_files`."""
    bureau = read_bureau_files(settings, raw, processed, processed)
    hours = Hours.of(profile_hours(processed, settings.city.utc_offset_hours), settings.city.utc_offset_hours)
    prices = border_prices(hours, settings, bureau.prices.market)
    registered = _registered(settings, raw, processed)
    return Around(bureau.loads, prices, _limits(processed), registered, bureau.prices)


def _registered(settings: Settings, raw: Path, processed: Path) -> pd.DataFrame | None:
    """Tell what of registered projects is connected by the last year that is planned: `district`, `class`, `mw`."""
    source, plan = settings.inputs.registered, settings.planning.build_out
    if source is None:
        return None
    districts = sorted(row_groups.distinct(processed, "sites", "district") - {""})
    projects, _ = read_registered(source, raw, None, districts, settings.planning.hosting.as_of)  # told by the run
    if (processed / "hosting.parquet").is_file():
        table = store.read_table(processed, "hosting", columns=["kind", "device_id", "district"])
        of = table[table["kind"] == "device"].set_index("device_id")["district"]  # a district may be called like one
        inherited = projects["device_id"].map(of).fillna("")
        projects["district"] = projects["district"].where(projects["district"] != "", inherited)
    realised = projects[projects["year"] <= plan.last_year]
    return realised.assign(mw=realised["mw"] * plan.realised_share)[["district", "class", "mw"]]


def _limits(processed: Path) -> pd.DataFrame | None:
    """Tell what the highest transformers of each district carry down and back up, where the city names them [MW]."""
    if not (processed / "hosting.parquet").is_file():
        return None
    table = store.read_table(processed, "hosting", columns=["kind", "district", "downward_mw", "upward_mw"])
    of = table[table["kind"] == "district"].drop(columns="kind")
    return of.rename(columns={"downward_mw": "down_mw", "upward_mw": "up_mw"}).reset_index(drop=True)


def require_known_names(settings: Settings, processed: Path, sites: Path) -> None:
    """Make sure that what the city file names is of the run: sites to be masked, places and classes with targets.

    Parameters
    ----------
    settings, processed, sites
        As for `read_bureau_files`.

    Raises
    ------
    InputError
        The first that is not, or no site is left to be shown.
    """
    _require_known_masked(settings, processed, sites)
    if settings.planning.policy.targets:
        few = [rows.group_by(NAMED).aggregate([]) for rows in row_groups.batches(sites, "sites", NAMED)]
        named = pa.concat_tables(few).group_by(NAMED).aggregate([]).to_pandas()
        require_known_targets(named, settings.planning.policy, settings.city.name)


def _require_known_masked(settings: Settings, processed: Path, sites: Path) -> None:
    """Raise an InputError for the first site to be masked that no id or name of the run is: it would be shown."""
    masked = settings.map.masked_sites
    if not masked:
        return
    ways: Any = [[(column, "in", set(masked))] for column in ("site_id", "name")]
    found = store.read_table(sites, "sites", columns=["site_id", "name"], filters=ways)
    known = {*found["site_id"], *found["name"]}
    unknown = [name for name in masked if name not in known]
    if len(unknown) > _n_left_out(settings, processed):
        raise InputError(
            f"map.masked_sites: {unknown[0]!r} is no site_id and no name of this run ({len(unknown)} unknown); "
            "correct it, or the site would be shown."
        )
    if settings.map.mask_mode == "hide" and len(found) == row_groups.count(sites, "sites"):
        raise InputError("No site may be shown: see map.masked_sites and, in a public build, inputs.sensitive.")


def _there(folder: Path, column: str, wanted: pd.Series) -> set[str]:
    """Those of some texts that stand in a column of the table of sites."""
    if not len(wanted):
        return set()
    return set(store.read_table(folder, "sites", columns=[column], filters=[(column, "in", set(wanted))])[column])
