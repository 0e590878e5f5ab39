"""The result per site: sums of its surfaces, then money, risk, carbon and cases.

Everything here comes from stored tables, so changing a tariff computes money again and nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.errors import TableError
from pvmap.planning.money import economics
from pvmap.planning.money.account import add_account, add_costs, plant_costs, value_hours
from pvmap.planning.net import remaining_share, require_balance
from pvmap.planning.overrides import notes
from pvmap.planning.policy.cases import policy_floor_kwp, practical_kwp, within_potential
from pvmap.planning.policy.classes import class_key, policy_class
from pvmap.planning.risk.uncertainty import site_quantiles
from pvmap.settings.city import Settings
from pvmap.tables import ENERGY_MONTHS

GROUND_MOUNTINGS = ("ground", "pond")


class Gross(NamedTuple):
    """What sites can carry before plants that stand there and decisions, each an (n,) array."""

    capacity_kwp: np.ndarray
    used_area_m2: np.ndarray
    share: np.ndarray  # of it that counts as potential [1]


def appraise(
    sites: pd.DataFrame,
    surfaces: pd.DataFrame,
    yields: pd.DataFrame,
    shade: pd.DataFrame,
    exclusions: pd.DataFrame,
    settings: Settings,
    hourly_shape: pd.DataFrame | None = None,
    *,
    overrides: pd.DataFrame | None = None,
    years_kwh: np.ndarray | None = None,
    market_price: np.ndarray | None = None,
) -> pd.DataFrame:
    """Appraise every site.

    Parameters
    ----------
    sites, surfaces, yields, shade
        Contract tables; every surface has its yield and its shade.
    exclusions
        Contract table: with it the area balance is checked, used + excluded = read.
    settings
        Settings of the city.
    hourly_shape
        Contract table "profiles"; without it nothing can be valued by the hour, and the columns that need it
        (value, NPV, IRR, payback, parity) are left out.
    overrides
        Decisions of the bureau (``overrides.read_overrides``).
    years_kwh
        (n_sites, n_years) gross energy per weather year, rows as in `sites`. [kWh]
    market_price
        (T,) the bureau's own market prices for the hours of `hourly_shape`. [CNY/kWh]

    Returns
    -------
    pandas.DataFrame
        Contract table "appraisal", one row per row of `sites`, in their order.

    Raises
    ------
    TableError
        Tables of different runs, or areas that do not add up.
    """
    out, gross = _sums(sites, surfaces, yields, shade, exclusions, settings, overrides)
    keys = class_key(sites)
    capacity, energy = out["capacity_kwp"].to_numpy(), out["energy_kwh"].to_numpy()
    net_years = None if years_kwh is None else years_kwh * gross.share[:, None]
    for name, values in site_quantiles(energy, settings.planning.risk, net_years).items():
        out[name] = values
    costs = plant_costs(out, sites["footprint_area_m2"].to_numpy(float), settings)
    add_costs(out, costs, settings)
    if hourly_shape is not None:
        worth, capture = value_hours(out, sites, hourly_shape, settings, market_price)
        add_account(out, costs, worth, capture, settings)
    carbon = settings.planning.carbon
    out["co2_t_per_year"] = energy / 1e3 * carbon.co2_t_per_mwh
    out["co2_fossil_t_per_year"] = energy / 1e3 * carbon.co2_fossil_t_per_mwh
    out["standard_coal_t_per_year"] = energy / 1e3 * carbon.standard_coal_kg_per_kwh
    out["standard_coal_fossil_t_per_year"] = energy / 1e3 * carbon.standard_coal_fossil_kg_per_kwh
    policy = settings.planning.policy
    out["capacity_practical_kwp"] = practical_kwp(capacity, keys, policy)
    place = sites["district"].to_numpy(object), policy_class(sites)
    asked = policy_floor_kwp(
        gross.capacity_kwp, gross.used_area_m2, sites["footprint_area_m2"].to_numpy(float), *place, policy
    )
    potential = np.maximum(gross.capacity_kwp, np.nan_to_num(sites["existing_pv_kwp"].to_numpy(float)))
    out["capacity_policy_floor_kwp"] = within_potential(asked, potential, *place)
    out["decision"], out["decision_note"] = notes(out["site_id"], overrides)
    return out


def _sums(
    sites: pd.DataFrame,
    surfaces: pd.DataFrame,
    yields: pd.DataFrame,
    shade: pd.DataFrame,
    exclusions: pd.DataFrame,
    settings: Settings,
    overrides: pd.DataFrame | None,
) -> tuple[pd.DataFrame, Gross]:
    """Sum surfaces into sites; ratios are ratios of sums."""
    n = len(sites)
    at = _positions(sites["site_id"], yields["site_id"], "sites", "site_id")
    surface = _aligned(surfaces, yields)
    dark = _aligned(shade, yields)

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(at, values, n).astype(float)

    capacity_of = yields["capacity_kwp"].to_numpy(float)
    energy_of = yields["energy_kwh"].to_numpy(float)
    kept = 1.0 - yields["shading_loss"].to_numpy(float)
    unshaded_of = np.divide(energy_of, kept, out=np.zeros(len(yields)), where=kept > 0)
    gross = total(capacity_of)
    share = remaining_share(gross, sites["existing_pv_kwp"].to_numpy(float), sites["site_id"], overrides)
    area = total(surface["plan_area_m2"].to_numpy(float) * dark["usable_share"].to_numpy(float))
    require_balance(sites, area, exclusions)
    unshaded = total(unshaded_of)

    columns = ["site_id", "site_type", "building_use", "district", "township", "confidence"]
    out = pd.DataFrame({c: sites[c].to_numpy() for c in columns})
    out["usable_area_m2"] = area
    out["used_area_m2"] = area * np.minimum(share, 1.0)
    out["capacity_gross_kwp"] = gross
    out["capacity_kwp"] = gross * share
    out["capacity_kwac"] = total(capacity_of / _dc_ac_ratio(surface["mounting"], settings)) * share
    months = {c: total(yields[c].to_numpy(float)) * share for c in ENERGY_MONTHS}
    out["energy_kwh"] = total(energy_of) * share
    out = out.assign(**months)
    life = economics.output_factors(settings.energy, 25).mean() / settings.energy.first_year_factor
    out["energy_kwh_mean_25_years"] = out["energy_kwh"] * life
    out["poa_global_kwh_per_m2"] = _ratio(total(capacity_of * yields["poa_global_kwh_per_m2"].to_numpy(float)), gross)
    out["specific_yield_kwh_per_kwp"] = _ratio(total(energy_of), gross)
    out["shading_loss"] = _ratio(total(unshaded_of - energy_of), unshaded).clip(0.0, 1.0)
    for loss in ("loss_terrain", "loss_neighbours", "loss_rows"):
        out[loss] = _ratio(total(unshaded_of * dark[loss].to_numpy(float)), unshaded).clip(0.0, 1.0)
    return out, Gross(gross, area, share)


def _positions(where: pd.Series, wanted: pd.Series, name: str, column: str) -> np.ndarray:
    at = pd.Index(where).get_indexer(pd.Index(wanted))
    if (at < 0).any():
        first = wanted.iloc[int(np.argmax(at < 0))]
        raise TableError(f"{name}: no row for {column} {first!r}; the run folder mixes runs, run the city again.")
    return at


def _aligned(table: pd.DataFrame, yields: pd.DataFrame) -> pd.DataFrame:
    """Rows of a surface table in the order of the yields; usually they already are."""
    if len(table) == len(yields) and bool((table["surface_id"].to_numpy() == yields["surface_id"].to_numpy()).all()):
        return table
    return table.iloc[_positions(table["surface_id"], yields["surface_id"], "surfaces or shade", "surface_id")]


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.zeros(len(below)), where=below > 0)


def _dc_ac_ratio(mounting: pd.Series, settings: Settings) -> np.ndarray:
    ground = mounting.isin(GROUND_MOUNTINGS).to_numpy()
    return np.where(ground, settings.energy.inverter.dc_ac_ratio_ground, settings.energy.inverter.dc_ac_ratio_roof)
