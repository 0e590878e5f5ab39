"""The tables of the report, as frames in the units of our own tables; the workbook only dresses them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pvmap import chinese
from pvmap.deliver.words import KINDS, LEVELS, POLICY_CLASSES, USES
from pvmap.planning.grid.duck import Duck
from pvmap.planning.grid.solve import Solution
from pvmap.planning.money import returns
from pvmap.planning.money.account import flows_of_groups
from pvmap.planning.policy.classes import class_key
from pvmap.planning.risk.tornado import SWINGS, tornado, unverified
from pvmap.settings.city import Settings
from pvmap.settings.references import spelled_out
from pvmap.tables.vocabulary import ENERGY_MONTHS, SITE_TYPES

MOVING = [
    "meaning_zh",
    "low",
    "value",
    "high",
    *(f"{n}_{end}" for n in ("lcoe", "gwh", "npv") for end in ("low", "high")),
]


@dataclass(frozen=True)
class Run:
    """What a report is made of."""

    settings: Settings
    appraisal: pd.DataFrame
    sites: pd.DataFrame
    exclusions: pd.DataFrame
    manifest: dict[str, Any] = field(default_factory=dict)  # keys of run.json
    duck: Duck | None = None  # where the bureau gave its load
    years_kwh: np.ndarray | None = None  # (n, n_years) energy per weather year, where several were simulated
    solution: Solution | None = None  # of the network, where it was solved
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)  # zones, hosting, build_out, scenarios: what there is

    @cached_property
    def swings(self) -> pd.DataFrame:
        """What each assumption alone moves (`tornado`), with its meaning in Chinese; the largest first."""
        found = tornado(self.appraisal, self.sites, self.settings, count=SWINGS)
        if len(found):
            found = found.dropna(axis=1, how="all")  # no present value where hours were not valued
        return found.assign(meaning_zh=found["key"].map(chinese.meaning), verified=found["mark"])

    @property
    def unverified_swings(self) -> pd.DataFrame:
        """Ten unverified assumptions that move cost, energy or worth most: what a reader must know first."""
        return unverified(self.swings)


SUMMED = (
    "capacity_kwp",
    "capacity_kwac",
    "energy_kwh",
    "energy_kwh_mean_25_years",
    "capex_cny",
    "co2_t_per_year",
    "co2_fossil_t_per_year",
    "standard_coal_t_per_year",
    "standard_coal_fossil_t_per_year",
    "capacity_practical_kwp",
    "capacity_policy_floor_kwp",
)


def only(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Those of the columns that the frame has, in their order."""
    return frame[[c for c in columns if c in frame.columns]]


def sums_by(
    appraisal: pd.DataFrame, sites: pd.DataFrame, groups: np.ndarray, name: str, settings: Settings
) -> pd.DataFrame:
    """Sum sites by a label and form ratios of sums.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.
    groups
        (n,) label of each site.
    name
        Column that holds the label in the result.
    settings
        Taxes and discount rate, for the return of all sites of a label together.

    Returns
    -------
    pandas.DataFrame
        One row per label: sums, hours (DC, AC, 25-year mean), CNY/W, levelised cost of all energy together, shares of
        capacity at parity, mu of land per MW on land, mean irradiation weighted by capacity.
    """
    capacity = appraisal["capacity_kwp"].to_numpy(float)
    energy = appraisal["energy_kwh"].to_numpy(float)
    built = capacity > 0
    frame = pd.DataFrame({c: appraisal[c].to_numpy(float) for c in SUMMED if c in appraisal})
    frame["n_sites"] = built.astype(int)
    frame["area_m2"] = appraisal["used_area_m2"].to_numpy(float)
    frame["footprint_total_m2"] = np.where(built, sites["footprint_area_m2"].to_numpy(float), 0.0)
    per_dc = np.divide(frame["capacity_kwac"], capacity, out=np.zeros(len(capacity)), where=capacity > 0)
    frame["practical_kwac"] = frame["capacity_practical_kwp"] * per_dc
    if "capacity_policy_floor_kwp" in frame:
        frame["policy_floor_kwac"] = frame["capacity_policy_floor_kwp"] / settings.energy.inverter.dc_ac_ratio_roof
    on_ground = (appraisal["site_type"] != "rooftop").to_numpy()
    frame["ground_m2"], frame["ground_kwp"] = frame["footprint_total_m2"] * on_ground, capacity * on_ground
    frame["cost"] = np.where(energy > 0, appraisal["lcoe_cny_per_kwh"].to_numpy(float) * energy, 0.0)
    frame["light"] = capacity * appraisal["poa_global_kwh_per_m2"].to_numpy(float)
    benched = "below_coal_benchmark" in appraisal
    if benched:
        frame["coal"] = capacity * appraisal["below_coal_benchmark"].to_numpy(bool)
    valued = "value_cny_per_kwh" in appraisal
    if valued:
        frame["worth"] = np.nan_to_num(appraisal["value_cny_per_kwh"].to_numpy(float)) * energy
        frame["parity"] = capacity * appraisal["at_grid_parity"].to_numpy(bool)
        frame["target_irr"] = capacity * appraisal["reaches_target_irr"].to_numpy(bool)
        frame["self_use"] = appraisal["self_use_kwh"].to_numpy(float)
        frame["npv_cny"] = np.nan_to_num(appraisal["npv_cny"].to_numpy(float))
    out = frame.groupby(groups, sort=True).sum().rename_axis(name).reset_index()
    ratios = {
        "specific_yield_kwh_per_kwp": ("energy_kwh", "capacity_kwp", 1.0),
        "hours_ac": ("energy_kwh", "capacity_kwac", 1.0),
        "hours_mean_25_years": ("energy_kwh_mean_25_years", "capacity_kwp", 1.0),
        "capex_cny_per_w": ("capex_cny", "capacity_kwp", 1e-3),
        "lcoe_cny_per_kwh": ("cost", "energy_kwh", 1.0),
        "poa_global_kwh_per_m2": ("light", "capacity_kwp", 1.0),
        "poa_mj_per_m2": ("light", "capacity_kwp", 3.6),
        "mu_per_mw": ("ground_m2", "ground_kwp", 1000.0 * 15.0 / 10_000.0),
    }
    if valued:
        ratios |= {
            "value_cny_per_kwh": ("worth", "energy_kwh", 1.0),
            "share_at_grid_parity": ("parity", "capacity_kwp", 1.0),
            "share_at_target_irr": ("target_irr", "capacity_kwp", 1.0),
            "self_use_share": ("self_use", "energy_kwh", 1.0),
        }
    if benched:
        ratios["share_below_coal"] = ("coal", "capacity_kwp", 1.0)
    for column, (above, below, factor) in ratios.items():
        out[column] = factor * out[above] / out[below].where(out[below] > 0)
    if valued:
        codes, found = pd.factorize(groups, sort=True)
        footprint = sites["footprint_area_m2"].to_numpy(float)
        flows = flows_of_groups(appraisal, footprint, settings, codes, len(found))
        out["irr"] = returns.irr(flows, settings.planning.economics.discount_rate)
        out["payback_years"] = returns.payback_years(flows)
    made_of = ["ground_m2", "ground_kwp", "cost", "light", "coal", "worth", "parity", "target_irr", "self_use"]
    return out.drop(columns=made_of, errors="ignore")


def by_kind(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Sum per kind of site and for all."""
    kinds = sums_by(appraisal, sites, appraisal["site_type"].to_numpy(object), "site_type", settings)
    every = sums_by(appraisal, sites, np.full(len(appraisal), "all", object), "site_type", settings)
    out = pd.concat([kinds, every], ignore_index=True)
    order = {k: i for i, k in enumerate((*SITE_TYPES, "all"))}
    return out.sort_values("site_type", key=lambda s: s.map(order), ignore_index=True)


def by_class(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Sum per use of building, mines and ponds."""
    out = sums_by(appraisal, sites, class_key(appraisal), "class", settings)
    order = {k: i for i, k in enumerate((*USES, *KINDS))}
    return out.sort_values("class", key=lambda s: s.map(order), ignore_index=True)


def monthly(appraisal: pd.DataFrame) -> pd.DataFrame:
    """Sum the first-year energy [kWh] of each local month, per kind and for all."""
    rows: dict[str, Any] = {"month": np.arange(1, 13)}
    for kind in SITE_TYPES:
        here = appraisal["site_type"] == kind
        if here.any():
            rows[kind] = appraisal.loc[here, list(ENERGY_MONTHS)].sum().to_numpy()
    rows["all"] = appraisal[list(ENERGY_MONTHS)].sum().to_numpy()
    return pd.DataFrame(rows)


def top_sites(appraisal: pd.DataFrame, sites: pd.DataFrame, count: int = 200) -> pd.DataFrame:
    """List sites worth a visit first: by net present value, else by capacity; refused ones are left out."""
    frame = appraisal.assign(
        name=sites["name"].to_numpy(),
        footprint_area_m2=sites["footprint_area_m2"].to_numpy(float),
        site_kwp=appraisal["capacity_kwp"],
        site_kwac=appraisal["capacity_kwac"],
        site_kwh=appraisal["energy_kwh"],
    )
    frame = frame[frame["capacity_kwp"] > 0]
    if "capex_cny" in frame:
        frame = frame.assign(site_capex_cny=frame["capex_cny"])
    key = "npv_cny" if "npv_cny" in frame else "capacity_kwp"
    return frame.sort_values([key, "site_id"], ascending=[False, True]).head(count).reset_index(drop=True)


def named_targets(targets: pd.DataFrame, city: str) -> pd.DataFrame:
    """Put the names of classes, and of the city itself, in Chinese, with their English in a column at the end."""
    out = targets.copy()
    classes, whole = (out["level"] == "class").to_numpy(), ((out["level"] == "city") & (out["name"] == city)).to_numpy()
    words = {name: POLICY_CLASSES[name] for name in out.loc[classes, "name"]}
    out["name_en"] = np.where(whole, LEVELS["city"].en, "")
    out.loc[classes, "name_en"] = [words[name].en for name in out.loc[classes, "name"]]
    out.loc[classes, "name"] = [words[name].zh for name in targets.loc[classes, "name"]]
    out.loc[whole, "name"] = LEVELS["city"].zh
    return out


def _share_of_kind(excluded: pd.DataFrame, sites: pd.DataFrame) -> pd.Series:
    """Share of the kind's footprint; of a city where nothing is excluded there is none, and no kind to look up."""
    of_kind = excluded["site_type"].map(sites.groupby("site_type")["footprint_area_m2"].sum())
    return excluded["excluded_m2"] / of_kind.astype(float)


def reasons(exclusions: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Area excluded per kind and reason, whatever the clause, the largest first."""
    kind = exclusions["site_id"].map(sites.set_index("site_id")["site_type"])
    by = exclusions.groupby([kind.rename("site_type"), exclusions["reason"].map(chinese.reason).rename("reason_zh")])
    out = by.agg(touched_sites=("site_id", "nunique"), excluded_m2=("area_m2", "sum")).reset_index()
    out["share"] = _share_of_kind(out, sites)
    return out.sort_values("excluded_m2", ascending=False, ignore_index=True)


def excluded(exclusions: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Area excluded per kind, reason and clause, counted once under its first clause."""
    kind = exclusions["site_id"].map(sites.set_index("site_id")["site_type"])
    frame = exclusions.assign(site_type=kind.to_numpy(), touched_sites=1, excluded_m2=exclusions["area_m2"])
    out = (
        frame.groupby(["site_type", "reason", "clause"], sort=True)[["touched_sites", "excluded_m2"]]
        .sum()
        .reset_index()
    )
    out["share"] = _share_of_kind(out, sites)
    out = out.sort_values(["site_type", "excluded_m2"], ascending=[True, False], ignore_index=True)
    out.insert(1, "reason_zh", out["reason"].map(chinese.reason))
    out.insert(2, "clause_zh", out["clause"].map(chinese.clause))
    out["clause"] = out["clause"].map(spelled_out)
    ahead = ["site_type", "reason_zh", "touched_sites", "excluded_m2", "share", "clause_zh", "reason", "clause"]
    return out[ahead]
