"""The city as a PyPSA network: a folder of CSV files that ``pypsa.Network(folder)`` reads.

Powers are on the DC side: `p_nom_max` is MWp that may still be built and `p_max_pu` AC power per kWp, so it stays below
one over the DC/AC ratio. Each class keeps its own profile, so that energies match. PyPSA itself is not needed here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pvmap import store
from pvmap.errors import TableError
from pvmap.planning.money import economics
from pvmap.planning.money.tariff import load_of_use
from pvmap.planning.policy.classes import class_key, lookup
from pvmap.planning.profiles import GROUP, Hours, Shapes
from pvmap.settings.city import Settings

FORMAT = "1.4.0"  # version of PyPSA whose CSV layout this is
# What pandas, and so PyPSA, reads as no name at all: the words listed for `na_values` of ``pandas.read_csv``.
NO_NAMES = frozenset(
    [
        *("#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"),
        *("NULL", "NaN", "None", "n/a", "nan", "null"),
    ]
)
CARRIERS = ("AC", "rooftop", "mine", "fishpond", "grid", "shedding", "PHS", "link")


def write_pypsa(
    folder: Path,
    appraisal: pd.DataFrame,
    sites: pd.DataFrame,
    profiles: pd.DataFrame,
    gross: pd.DataFrame,
    settings: Settings,
    loads: pd.DataFrame | None = None,
) -> Path:
    """Write the network.

    Parameters
    ----------
    folder
        Folder to fill.
    appraisal, sites
        Contract tables in the same order.
    profiles
        Contract table, reduced by what stands already (``profiles.reduce_profiles``): the shape of what can be built.
    gross
        Contract table before that: the shape of what stands, which a fully built class has no other trace of.
    settings
        Costs, storage, grid.
    loads
        Load of the bureau (``hourly.read_loads``): time (UTC), district, load_kw; else a load made up from the building
        stock's own shapes, scaled to ``grid.demand_gwh``.

    Returns
    -------
    pathlib.Path
        `folder`.
    """
    shapes = Shapes.of(profiles, settings.city.utc_offset_hours)
    snapshots = pd.DatetimeIndex(shapes.times.tz_convert("UTC").tz_localize(None), name="snapshot")
    hub = settings.city.name
    districts = [d for d in sorted(set(sites["district"])) if d not in ("", hub)]
    buses = [hub, *districts]
    of_standing = Shapes.of(gross, settings.city.utc_offset_hours)
    generators, per_unit = _solar(appraisal, sites, shapes, of_standing, settings, hub)
    demand = _demand(sites, shapes.hours, settings, hub) if loads is None else _given(loads, snapshots, buses)
    grid = settings.planning.grid
    others = pd.DataFrame(
        [
            {
                "name": f"import {hub}",
                "bus": hub,
                "carrier": "grid",
                "p_nom": grid.import_mw,
                "marginal_cost": grid.import_cny_per_mwh,
            },
            {
                "name": f"export {hub}",
                "bus": hub,
                "carrier": "grid",
                "p_nom": grid.export_mw,
                "p_min_pu": -1.0,
                "p_max_pu": 0.0,
                "marginal_cost": grid.export_cny_per_mwh,
            },
            *(
                {
                    "name": f"shedding {b}",
                    "bus": b,
                    "carrier": "shedding",
                    "p_nom": float(demand[b].max()) if b in demand else 0.0,
                    "marginal_cost": grid.shedding_cny_per_mwh,
                }
                for b in buses
            ),
        ]
    )
    everything = pd.concat([generators, others], ignore_index=True)
    everything["p_nom_extendable"] = everything["p_nom_extendable"].fillna(False).astype(bool)
    for column, value in (("p_min_pu", 0.0), ("p_max_pu", 1.0), ("capital_cost", 0.0), ("p_nom", 0.0)):
        everything[column] = everything[column].astype(float).fillna(value)
    everything["p_nom_max"] = everything["p_nom_max"].astype(float).fillna(np.inf)
    links = pd.DataFrame(
        {
            "name": [f"link {d}" for d in districts],
            "bus0": hub,
            "bus1": districts,
            "carrier": "link",
            "p_nom": grid.link_mw,
            "p_min_pu": -1.0,
        }
    )
    tables = {
        "network": pd.DataFrame({"name": [hub], "pypsa_version": [FORMAT]}),
        "snapshots": pd.DataFrame({"snapshot": snapshots, "objective": 1.0, "stores": 1.0, "generators": 1.0}),
        "carriers": pd.DataFrame({"name": list(CARRIERS)}),
        "buses": pd.DataFrame({"name": buses, "carrier": "AC"}),
        "generators": everything,
        "generators-p_max_pu": per_unit,
        "loads": pd.DataFrame({"name": [f"load {b}" for b in demand], "bus": list(demand), "carrier": "AC"}),
        "loads-p_set": demand.rename(columns=lambda b: f"load {b}"),
        "links": links,
        "storage_units": _storage(settings, buses),
    }
    for name, table in tables.items():
        by_hour = name == "snapshots" or "-" in name  # PyPSA numbers the rows of these
        store.write_csv(folder / f"{name}.csv", _readable(table), index=by_hour)
    store.write_json(folder / "meta.json", _meta(settings, loads is not None))
    return folder


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before the names that would be read as none."""
    names = [column for column in ("name", "bus", "bus0", "bus1") if column in table]
    return table.assign(**{c: table[c].map(lambda name: f"'{name}" if name in NO_NAMES else name) for c in names})


def _solar(
    appraisal: pd.DataFrame,
    sites: pd.DataFrame,
    shapes: Shapes,
    of_standing: Shapes,
    settings: Settings,
    hub: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List extendable potential and fixed existing plants per district, kind and use, with their profiles."""
    frame = pd.DataFrame(
        {c: appraisal[c].to_numpy(float) for c in ("capacity_kwp", "energy_kwh", "capex_cny", "opex_cny_per_year")}
    )
    frame["yield_kwh"] = appraisal["specific_yield_kwh_per_kwp"].to_numpy(float)
    frame["existing_kwp"] = np.nan_to_num(sites["existing_pv_kwp"].to_numpy(float))
    frame["existing_kwh"] = frame["existing_kwp"] * frame["yield_kwh"]
    groups = frame.groupby([sites[g].to_numpy(object) for g in GROUP], sort=True).sum()
    groups.index = groups.index.set_names(GROUP)
    plan, life = settings.planning.economics, settings.energy.life_years
    annuity = 1.0 / economics.discount_factors(life, plan.discount_rate).sum()
    rows, columns = [], {}
    for key, row in groups.iterrows():
        district, kind, use = (str(k) for k in key)  # type: ignore[attr-defined]
        for what, kwp, kwh, source in (
            ("potential", row["capacity_kwp"], row["energy_kwh"], shapes),
            ("existing", row["existing_kwp"], row["existing_kwh"], of_standing),
        ):
            power = source.of_group(district, kind, use)
            if kwp <= 0 or kwh <= 0 or not power.any():
                continue
            name = " ".join(x for x in (what, district or "outside", kind, use) if x != "none")
            columns[name] = power * (kwh / power.sum() / kwp)
            fixed = what == "existing"
            rows.append(
                {
                    "name": name,
                    "bus": district or hub,
                    "carrier": kind,
                    "p_nom": kwp / 1e3 if fixed else 0.0,
                    "p_nom_extendable": not fixed,
                    "p_nom_max": kwp / 1e3,
                    "capital_cost": 0.0
                    if fixed
                    else (row["capex_cny"] * annuity + row["opex_cny_per_year"]) / (row["capacity_kwp"] / 1e3),
                    "marginal_cost": settings.planning.grid.marginal_cny_per_mwh,
                }
            )
    names = ("name", "bus", "carrier", "p_nom", "p_nom_extendable", "p_nom_max", "capital_cost", "marginal_cost")
    return pd.DataFrame(rows, columns=list(names)), pd.DataFrame(columns)


def _demand(sites: pd.DataFrame, hours: Hours, settings: Settings, hub: str) -> pd.DataFrame:
    """Load per district in MW, made up from the stock: footprint x load per m2 x shape, scaled to the city's total."""
    keys = class_key(sites)
    amount = sites["footprint_area_m2"].to_numpy(float) * lookup(keys, settings.planning.tariff.load_kwh_per_m2)
    frame = pd.DataFrame({"kwh": amount, "use": keys, "bus": np.where(sites["district"] == "", hub, sites["district"])})
    out = {}
    for bus, rows in frame.groupby("bus", sort=True):
        parts = rows.groupby("use")["kwh"].sum()
        load = sum(v * load_of_use(str(u), hours, settings.planning.tariff) for u, v in parts.items())
        if np.any(load):
            out[str(bus)] = load
    demand = pd.DataFrame(out)
    total = float(demand.to_numpy().sum()) if len(demand.columns) else 0.0
    return demand * (settings.planning.grid.demand_gwh * 1e3 / total) if total else demand


def _given(loads: pd.DataFrame, snapshots: pd.DatetimeIndex, buses: list[str]) -> pd.DataFrame:
    wide = loads.pivot_table(index="time", columns="district", values="load_kw", aggfunc="sum") / 1e3
    wide.index = pd.DatetimeIndex(wide.index).tz_convert("UTC").tz_localize(None)
    demand = wide.reindex(index=snapshots, columns=[b for b in buses if b in wide.columns]).reset_index(drop=True)
    if demand.isna().any(axis=None) or len(demand.columns) < len(wide.columns):
        raise TableError("loads: hours or districts are not those of the profiles; run the city again.")
    return demand


def _storage(settings: Settings, buses: list[str]) -> pd.DataFrame:
    storage = settings.planning.storage
    one_way = float(np.sqrt(storage.round_trip_efficiency))
    return pd.DataFrame(
        [
            {
                "name": storage.name,
                "bus": storage.district if storage.district in buses else buses[0],
                "carrier": "PHS",
                "p_nom": storage.power_mw * storage.city_share,
                "p_nom_extendable": False,
                "max_hours": storage.max_hours,
                "efficiency_store": one_way,
                "efficiency_dispatch": one_way,
                "cyclic_state_of_charge": True,
            }
        ]
    )


def _meta(settings: Settings, loads_given: bool) -> dict[str, str | bool]:
    return {
        "city": settings.city.name,
        "synthetic": settings.city.synthetic,
        "snapshots": "UTC, without zone; interval starts",
        "local_time": f"UTC{settings.city.utc_offset_hours:+g}",
        "power_basis": "DC: p_nom in MWp, p_max_pu = AC power / kWp",
        "money": "CNY, constant prices",
        "loads": "bureau's file" if loads_given else "made up from the building stock's load shapes",
    }
