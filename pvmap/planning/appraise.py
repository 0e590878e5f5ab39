"""The result per site: sums of its surfaces, then money, risk, carbon and cases.

Everything here comes from stored tables, so changing a tariff computes money again and nothing else. Sites are
appraised a part of the city at a time, in two passes: `weigh` needs the part alone, and what the parts add up to, the
`Whole`, is what `conclude` needs of the others (hours of the city's photovoltaics, policy floor).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.errors import TableError
from pvmap.planning.money import economics
from pvmap.planning.money.account import add_account, add_costs, plant_costs, value_hours
from pvmap.planning.money.given_prices import GivenPrices
from pvmap.planning.money.scenario_table import CityPrices
from pvmap.planning.net import remaining_share, require_balance
from pvmap.planning.overrides import notes
from pvmap.planning.partial import Partial
from pvmap.planning.policy.cases import policy_floor_kwp, practical_kwp, within_potential
from pvmap.planning.policy.classes import class_key, policy_class
from pvmap.planning.profiles import Shapes, month_sums
from pvmap.planning.risk.carry import Carried
from pvmap.planning.risk.certainty import add_certainty
from pvmap.settings.city import Settings
from pvmap.settings.countries import HOME
from pvmap.tables.vocabulary import ENERGY_MONTHS, FIELD_MOUNTINGS
from pvmap.text_columns import few_texts, positions


class Tables(NamedTuple):
    """Contract tables of the same sites, of a city or of a part of it; every surface has its yield and its shade."""

    sites: pd.DataFrame
    surfaces: pd.DataFrame
    yields: pd.DataFrame
    shade: pd.DataFrame
    exclusions: pd.DataFrame  # with them the area balance is checked, used + excluded = read


class Beside(NamedTuple):
    """What is known beside the tables.

    Attributes
    ----------
    shapes
        Hourly profiles of the whole city; without them nothing can be valued by the hour, and the columns that need it
        (value, NPV, IRR, payback, parity) are left out.
    overrides
        Decisions of the bureau on these sites (``overrides.read_overrides``).
    years_kwh
        (n_sites, n_years) gross energy per weather year, rows as in `sites`. [kWh]
    prices
        Prices for the hours of `shapes` that the bureau brings.
    draws
        Contract table "draws" of these sites, where heights were drawn.
    """

    shapes: Shapes | None = None
    overrides: pd.DataFrame | None = None
    years_kwh: np.ndarray | None = None
    prices: GivenPrices = GivenPrices()
    draws: pd.DataFrame | None = None


class Gross(NamedTuple):
    """What sites can carry before plants that stand there and decisions, each an (n,) array."""

    capacity_kwp: np.ndarray
    used_area_m2: np.ndarray
    share: np.ndarray  # of it that counts as potential [1]


class Weighed(NamedTuple):
    """Sites as far as they can be appraised without the rest of the city: what adds up to its `Whole`."""

    appraisal: pd.DataFrame
    gross: Gross


class Whole(NamedTuple):
    """What each site must know of the whole city.

    Attributes
    ----------
    floor_share
        By district and policy class: capacity the policy asks for over the capacity that roofs can carry. [1]
    prices
        What its hours say of prices; None where hours are not valued.
    carried
        What draws of heights tell of all roofs; None where none were drawn.
    """

    floor_share: dict[tuple[str, str], float]
    prices: CityPrices | None = None
    carried: Carried | None = None


def weigh(tables: Tables, settings: Settings, overrides: pd.DataFrame | None = None) -> Weighed:
    """Sum surfaces into sites; ratios are ratios of sums.

    Raises
    ------
    TableError
        Tables of different runs, or areas that do not add up.
    """
    sites, surfaces, yields, shade, exclusions = tables
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
    out = sites[columns].reset_index(drop=True)
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
    return Weighed(out, Gross(gross, area, share))


def whole_sums(weighed: Weighed, sites: pd.DataFrame, yields: pd.DataFrame) -> Partial:
    """Give what some sites add to what every site must know of the city.

    Returns
    -------
    Partial
        Sums "floor" by district and policy class, and "months" by which the city's profiles are reduced.
    """
    standing = np.nan_to_num(sites["existing_pv_kwp"].to_numpy(float))
    floor = pd.DataFrame(
        {
            "district": few_texts(sites["district"]),
            "policy_class": policy_class(sites),
            "capacity_kwp": weighed.gross.capacity_kwp,
            "used_area_m2": weighed.gross.used_area_m2,
            "footprint_area_m2": sites["footprint_area_m2"].to_numpy(float),
            "potential_kwp": np.maximum(weighed.gross.capacity_kwp, standing),
        }
    )
    by_class = floor.groupby(["district", "policy_class"], sort=True).sum()
    return Partial({"floor": by_class, "months": month_sums(weighed.appraisal, sites, yields)})


def whole_of(sums: Partial, settings: Settings, prices: CityPrices | None = None) -> Whole:
    """Give what every site must know of the city from ``whole_sums`` of all its parts, added up, and its prices."""
    floor = sums.sums["floor"].reset_index()
    capacity = floor["capacity_kwp"].to_numpy(float)
    place = floor["district"].to_numpy(object), floor["policy_class"].to_numpy(object)
    areas = floor["used_area_m2"].to_numpy(float), floor["footprint_area_m2"].to_numpy(float)
    asked = policy_floor_kwp(capacity, *areas, *place, settings.planning.policy)
    cut = within_potential(asked, floor["potential_kwp"].to_numpy(float), *place)
    share = np.divide(cut, capacity, out=np.zeros(len(floor)), where=capacity > 0)
    return Whole(dict(zip(zip(*place, strict=True), share.tolist(), strict=True)), prices)


def conclude(weighed: Weighed, sites: pd.DataFrame, settings: Settings, beside: Beside, whole: Whole) -> pd.DataFrame:
    """Appraise sites that have been weighed.

    Parameters
    ----------
    weighed, sites
        Sites in the same order.
    settings
        Settings of the city.
    beside, whole
        What is known beside the tables, and of the whole city.

    Returns
    -------
    pandas.DataFrame
        Contract table "appraisal", one row per row of `sites`, in their order.
    """
    out, gross = weighed.appraisal.copy(), weighed.gross
    capacity, energy = out["capacity_kwp"].to_numpy(), out["energy_kwh"].to_numpy()
    net_years = None if beside.years_kwh is None else beside.years_kwh * gross.share[:, None]
    add_certainty(out, sites, settings, beside.draws, whole.carried, net_years)
    costs = plant_costs(out, sites["footprint_area_m2"].to_numpy(float), settings)
    add_costs(out, costs, settings)
    if beside.shapes is not None and whole.prices is not None:
        worth = value_hours(out, sites, beside.shapes, settings, beside.prices)
        add_account(out, costs, worth, whole.prices.capture_cny_per_kwh, settings)
    carbon = settings.planning.carbon
    out["co2_t_per_year"] = energy / 1e3 * carbon.co2_t_per_mwh
    out["co2_fossil_t_per_year"] = energy / 1e3 * carbon.co2_fossil_t_per_mwh
    if settings.city.country == HOME:  # what no other country counts in
        out["standard_coal_t_per_year"] = energy / 1e3 * carbon.standard_coal_kg_per_kwh
        out["standard_coal_fossil_t_per_year"] = energy / 1e3 * carbon.standard_coal_fossil_kg_per_kwh
    out["capacity_practical_kwp"] = practical_kwp(capacity, class_key(sites), settings.planning.policy)
    if any(settings.planning.policy.floor_share.values()):
        place = zip(sites["district"].to_numpy(object), policy_class(sites), strict=True)
        floor = np.array([whole.floor_share[one] for one in place], float)
        out["capacity_policy_floor_kwp"] = gross.capacity_kwp * floor
    out["decision"], out["decision_note"] = notes(out["site_id"], beside.overrides)
    return out


def _positions(where: pd.Series, wanted: pd.Series, name: str, column: str) -> np.ndarray:
    at = positions(wanted, where)
    if (at < 0).any():
        first = wanted.iloc[int(np.argmax(at < 0))]
        raise TableError(f"{name}: no row for {column} {first!r}; the run folder mixes runs, run the city again.")
    return at


def _aligned(table: pd.DataFrame, yields: pd.DataFrame) -> pd.DataFrame:
    """Rows of a surface table in the order of the yields; usually they already are."""
    if len(table) == len(yields) and table["surface_id"].array.equals(yields["surface_id"].array):
        return table
    return table.iloc[_positions(table["surface_id"], yields["surface_id"], "surfaces or shade", "surface_id")]


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.zeros(len(below)), where=below > 0)


def _dc_ac_ratio(mounting: pd.Series, settings: Settings) -> np.ndarray:
    in_field = mounting.isin(FIELD_MOUNTINGS).to_numpy()
    return np.where(in_field, settings.energy.inverter.dc_ac_ratio_ground, settings.energy.inverter.dc_ac_ratio_roof)
