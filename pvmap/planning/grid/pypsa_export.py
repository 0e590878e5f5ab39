"""The city as a PyPSA network: a folder of CSV files that ``pypsa.Network(folder)`` reads.

A hub stands for the city and what it buys and sells by the hour, a bus for each district. Photovoltaics are on the DC
side: `p_nom_max` is MWp that may still be built and `p_max_pu` AC power per kWp, so it stays below one over the DC/AC
ratio. Each class keeps its own profile, so that energies match. PyPSA itself is not needed here.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap import store
from pvmap.currency import in_money
from pvmap.errors import TableError
from pvmap.planning.grid.loads import made_up_load
from pvmap.planning.grid.network_readme import README
from pvmap.planning.grid.potential import buildable_kwp, solar_generators
from pvmap.planning.grid.prices import Prices, border_prices
from pvmap.planning.grid.registered import registered_generators
from pvmap.planning.grid.storage import storage_units
from pvmap.planning.money.given_prices import GivenPrices
from pvmap.planning.profiles import Shapes
from pvmap.settings.city import Settings

FORMAT = "1.4.0"  # version of PyPSA whose CSV layout this is
# What pandas, and so PyPSA, reads as no name at all: the words listed for `na_values` of ``pandas.read_csv``.
NO_NAMES = frozenset(
    [
        *("#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"),
        *("NULL", "NaN", "None", "n/a", "nan", "null"),
    ]
)
CARRIERS = ("AC", "rooftop", "mine", "fishpond", "grid", "shedding", "link")
STORAGE_CARRIERS = ("pumped", "battery", "compressed_air", "hydrogen")
LINK_CNY_PER_MWH = 0.01  # so that power does not circulate between the two links of a district


class Around(NamedTuple):
    """What the bureau knows of the network around the plants, each None where it does not say.

    Attributes
    ----------
    loads
        `time` (UTC), `district`, `load_kw` (``hourly.read_loads``); else a load made up from the building stock's own
        shapes, scaled to ``grid.demand_gwh``.
    prices
        Prices at the border; else those of ``border_prices``.
    limits
        `district`, `down_mw`, `up_mw`: what its transformers carry from the hub and back to it.
    registered
        `district`, `class`, `mw`: projects that will be connected by the last year that is planned, AC. [MW]
    given
        Prices as it brings them; of these, networks of users take what they have agreed with their retailers.
    """

    loads: pd.DataFrame | None = None
    prices: Prices | None = None
    limits: pd.DataFrame | None = None
    registered: pd.DataFrame | None = None
    given: GivenPrices = GivenPrices()


def write_pypsa(
    folder: Path,
    appraisal: pd.DataFrame,
    sites: pd.DataFrame,
    profiles: pd.DataFrame,
    gross: pd.DataFrame,
    settings: Settings,
    around: Around = Around(),
) -> Path:
    """Write the network.

    Parameters
    ----------
    folder
        Folder to fill, empty: a table of an earlier network would be read with those of this one.
    appraisal, sites
        Contract tables in the same order.
    profiles
        Contract table, reduced by what stands already (``profiles.reduce_profiles``): the shape of what can be built.
    gross
        Contract table before that: the shape of what stands, which a fully built class has no other trace of.
    settings
        Costs, storage, grid.
    around
        Loads, prices and limits of the bureau.

    Returns
    -------
    pathlib.Path
        `folder`.

    Raises
    ------
    TableError
        Loads that do not cover every hour.
    InputError
        Exports that earn more than imports cost; storage in a district that there is not.
    """
    shapes = Shapes.of(profiles, settings.city.utc_offset_hours)
    snapshots = pd.DatetimeIndex(shapes.times.tz_convert("UTC").tz_localize(None), name="snapshot")
    hub = settings.city.name
    districts = [d for d in sorted(set(sites["district"])) if d not in ("", hub)]
    buses = [hub, *districts]
    of_standing = Shapes.of(gross, settings.city.utc_offset_hours)
    solar, per_unit = solar_generators(appraisal, sites, shapes, of_standing, settings)
    if around.registered is not None:
        more = registered_generators(around.registered, appraisal, sites, shapes, settings)
        solar = pd.concat([solar, more[0]], ignore_index=True)
        per_unit = pd.concat([per_unit, more[1]], axis=1)
    demand = (
        made_up_load(sites, shapes.hours, settings) if around.loads is None else _given(around.loads, snapshots, buses)
    )
    prices = border_prices(shapes.hours, settings) if around.prices is None else around.prices
    border, cost = _border(hub, prices, settings)
    generators = pd.concat([solar, border, _shedding(buses, demand, settings)], ignore_index=True)
    storage = storage_units(settings, buses)
    tables = {
        "network": pd.DataFrame({"name": [hub], "pypsa_version": [FORMAT]}),
        "snapshots": pd.DataFrame({"snapshot": snapshots, "objective": 1.0, "stores": 1.0, "generators": 1.0}),
        "carriers": pd.DataFrame({"name": [*CARRIERS, *STORAGE_CARRIERS]}),
        "buses": pd.DataFrame({"name": buses, "carrier": "AC"}),
        "generators": whole(generators),
        "generators-p_max_pu": per_unit,
        "generators-marginal_cost": cost,
        "loads": pd.DataFrame({"name": [f"load {b}" for b in demand], "bus": list(demand), "carrier": "AC"}),
        "loads-p_set": demand.rename(columns=lambda b: f"load {b}"),
        "links": _links(hub, districts, around.limits, settings),
    } | ({"storage_units": storage} if len(storage) else {})
    meta = _meta(settings, around, buildable_kwp(appraisal)[1])
    return write_network(folder, tables, meta, in_money(README, settings.city.currency))


def write_network(folder: Path, tables: dict[str, pd.DataFrame], meta: dict[str, str | bool], readme: str) -> Path:
    """Write tables by the name of their file, what they mean, and a page on how to use them into an empty folder."""
    for name, table in tables.items():
        by_hour = name == "snapshots" or "-" in name  # PyPSA numbers the rows of these
        store.write_csv(folder / f"{name}.csv", _readable(table), index=by_hour)
    store.write_json(folder / "meta.json", meta)
    store.write_text(folder / "README.md", readme)
    return folder


def whole(generators: pd.DataFrame) -> pd.DataFrame:
    """Fill what not every generator says with PyPSA's defaults."""
    out = generators.copy()
    out["p_nom_extendable"] = out["p_nom_extendable"].fillna(False).astype(bool)
    for column, value in (
        *(("p_min_pu", 0.0), ("p_max_pu", 1.0), ("capital_cost", 0.0), ("p_nom", 0.0), ("marginal_cost", 0.0)),
        *(("p_nom_max", np.inf), ("p_nom_planned", 0.0)),
    ):
        out[column] = (out[column] if column in out else pd.Series(np.nan, out.index)).astype(float).fillna(value)
    return out


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before the names that would be read as none."""
    names = [column for column in ("name", "bus", "bus0", "bus1") if column in table]
    return table.assign(**{c: table[c].map(lambda name: f"'{name}" if name in NO_NAMES else name) for c in names})


def _border(hub: str, prices: Prices, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List imports and exports at the hub, and their prices by the hour."""
    grid = settings.planning.grid
    rows = [
        {"name": f"import {hub}", "bus": hub, "carrier": "grid", "p_nom": grid.import_mw},
        {"name": f"export {hub}", "bus": hub, "carrier": "grid", "p_nom": grid.export_mw}
        | {"p_min_pu": -1.0, "p_max_pu": 0.0},
    ]
    return pd.DataFrame(rows), pd.DataFrame({f"import {hub}": prices.buy, f"export {hub}": prices.sell})


def _shedding(buses: list[str], demand: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": [f"shedding {b}" for b in buses],
            "bus": buses,
            "carrier": "shedding",
            "p_nom": [float(demand[b].max()) if b in demand else 0.0 for b in buses],
            "marginal_cost": settings.planning.grid.shedding_cny_per_mwh,
        }
    )


def _links(hub: str, districts: list[str], limits: pd.DataFrame | None, settings: Settings) -> pd.DataFrame:
    """Two one-way links a district where its transformers are known, else one that both ways share."""
    known = {} if limits is None else limits.set_index("district").to_dict("index")
    rows = []
    for district in districts:
        common = {"carrier": "link", "efficiency": 1.0, "marginal_cost": LINK_CNY_PER_MWH}
        if district in known:
            down, up = (float(known[district][way]) for way in ("down_mw", "up_mw"))
            rows += [
                {"name": f"down {district}", "bus0": hub, "bus1": district, "p_nom": down, "p_min_pu": 0.0} | common,
                {"name": f"up {district}", "bus0": district, "bus1": hub, "p_nom": up, "p_min_pu": 0.0} | common,
            ]
        else:
            both = {"p_nom": settings.planning.grid.link_mw, "p_min_pu": -1.0, "marginal_cost": 0.0}
            rows.append({"name": f"link {district}", "bus0": hub, "bus1": district} | common | both)
    names = ["name", "bus0", "bus1", "carrier", "p_nom", "p_min_pu", "efficiency", "marginal_cost"]
    return pd.DataFrame(rows, columns=names)


def _given(loads: pd.DataFrame, snapshots: pd.DatetimeIndex, buses: list[str]) -> pd.DataFrame:
    summed = loads.groupby(["time", "district"])["load_kw"].sum(min_count=1).reset_index()
    wide = summed.pivot_table(index="time", columns="district", values="load_kw", dropna=False) / 1e3
    if unknown := [name for name in wide.columns if name not in buses]:
        raise TableError(f"loads: {unknown[0]!r} is no district of this run; run the city again.")
    wide.index = pd.DatetimeIndex(wide.index).tz_convert("UTC").tz_localize(None)
    demand = wide.reindex(index=snapshots, columns=[b for b in buses if b in wide.columns])
    missing = demand.isna().to_numpy()
    if missing.any():
        hour, district = (int(at[0]) for at in np.nonzero(missing))
        raise TableError(
            f"loads: {demand.columns[district]} has no load in the hour {snapshots[hour]:%Y-%m-%d %H:%M} UTC "
            f"({int(missing.sum()):,} hours lack one); give every hour of the profiles."
        )
    return demand.reset_index(drop=True)


def _meta(settings: Settings, around: Around, buildable: str) -> dict[str, str | bool]:
    money = settings.city.currency
    return {
        "city": settings.city.name,
        "synthetic": settings.city.synthetic,
        "snapshots": "UTC, without zone; interval starts",
        "local_time": f"UTC{settings.city.utc_offset_hours:+g}",
        "power_basis": "DC: p_nom in MWp, p_max_pu = AC power / kWp; MW AC = MWp / dc_ac_ratio",
        "p_nom_max": {
            "connectable": "connectable: the practical case within the headroom of the grid",
            "practical": "practical case; the grid's headroom was not checked",
        }[buildable],
        "p_nom_planned": "what of it the build-out by year has built by its last year; 0 without targets",
        "capital_cost": f"{money}/MWp of a year: levelised cost of the group x energy of a megawatt",
        "links": "no nodal limit: one link a district" if around.limits is None else "limits of the transformers",
        "money": f"{money}, constant prices, VAT included",
        "prices": "by the hour: the market's, imports plus grid_adder, exports less export_discount",
        "loads": "bureau's file" if around.loads is not None else "made up from the building stock's load shapes",
    }
