"""What can be built: the sites of each district and class, in tranches of equal size by their cost."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.planning.grid.hosting import NOWHERE
from pvmap.planning.grid.room import Room
from pvmap.planning.policy.build_out import Tranche
from pvmap.planning.policy.plan_classes import Part
from pvmap.settings.build_out import BuildOutSettings
from pvmap.tables.plan import ALL

SUMMED = ("mwac", "mwp", "capex_cny", "opex_cny_per_year", "npv_cny", "energy_gwh")


class Sites(NamedTuple):
    """What a plan needs to know of n sites, each an (n,) array.

    Attributes
    ----------
    district
        Name of the district.
    mwac, mwp
        Practical potential.
    capex_cny, opex_cny_per_year, npv_cny, energy_gwh
        Of the practical potential; `npv_cny` is zero where it is not known.
    cost
        Levelised cost: the order in which tranches are cut. [CNY/kWh]
    stock_mwac, stock_mwp
        What stands.
    """

    district: np.ndarray
    mwac: np.ndarray
    mwp: np.ndarray
    capex_cny: np.ndarray
    opex_cny_per_year: np.ndarray
    npv_cny: np.ndarray
    energy_gwh: np.ndarray
    cost: np.ndarray
    stock_mwac: np.ndarray
    stock_mwp: np.ndarray


class Cells(NamedTuple):
    """Tranches of each district and class: sums of their sites.

    Attributes
    ----------
    frame
        A row a tranche: `district`, `class`, `within` (what the grid takes, or what lies beyond it), `path` (of the
        `Room`), `SUMMED`.
    of_site
        Positions of sites, how much of each is counted, and the tranche of each.
    """

    frame: pd.DataFrame
    of_site: list[tuple[np.ndarray, np.ndarray, np.ndarray]]


def cells_of(sites: Sites, parts: list[Part], n_tranches: int, room: Room) -> Cells:
    """Cut the sites of each district and class into tranches of about equal size, the cheapest first.

    Tranches are divided by what the grid takes of their sites and by where kinds of plants contend for it, so that any
    part of a tranche is one that the grid takes of each of its sites.
    """
    frames, of_site, first = [], [], 0
    for part in parts:
        for district in sorted(set(sites.district[part.rows])):
            here = part.rows[(sites.district[part.rows] == district) & (sites.mwac[part.rows] > 0)]
            tranche = _by_cost(sites.cost[here], sites.mwac[here], n_tranches)
            for within, share in ((True, room.share[here]), (False, 1.0 - room.share[here])):
                has = share > 0
                if not has.any():
                    continue
                of, weight = here[has], share[has] * part.share
                path = room.path[of] if within else np.full(len(of), NOWHERE)
                cells, row = np.unique(np.column_stack([tranche[has], path]), axis=0, return_inverse=True)
                sums = {name: np.bincount(row, getattr(sites, name)[of] * weight) for name in SUMMED}
                key = {"district": district, "class": part.cls, "within": within, "path": cells[:, 1]}
                frames.append(pd.DataFrame({**key, **sums}))
                of_site.append((of, weight, first + row))
                first += len(cells)
    empty = pd.DataFrame(columns=["district", "class", "within", "path", *SUMMED])
    return Cells(pd.concat(frames, ignore_index=True) if frames else empty, of_site)


def _by_cost(cost: np.ndarray, mwac: np.ndarray, n_tranches: int) -> np.ndarray:
    """Tranche of each site, from 0."""
    order = np.argsort(np.nan_to_num(cost, nan=np.inf), kind="stable")
    amount = np.cumsum(mwac[order])
    tranche = np.empty(len(cost), int)
    if len(cost):
        tranche[order] = np.minimum((amount - 1e-12) / amount[-1] * n_tranches, n_tranches - 1).astype(int)
    return tranche


def stock_of(sites: Sites, parts: list[Part]) -> pd.DataFrame:
    """Capacity that stands by district and class: `mw` AC, `mwp` DC."""
    frames = [
        pd.DataFrame(
            {
                "district": sites.district[one.rows],
                "class": one.cls,
                "mw": sites.stock_mwac[one.rows] * one.share,
                "mwp": sites.stock_mwp[one.rows] * one.share,
            }
        )
        for one in parts
    ]
    return pd.concat(frames).groupby(["district", "class"], sort=True).sum()


def investment_of(frame: pd.DataFrame, costs: pd.DataFrame, years: np.ndarray, fall: dict[str, float]) -> np.ndarray:
    """Investment of a megawatt of each tranche in each year, (tranches, years) [CNY/MW AC]."""
    today = (frame["capex_cny"] / frame["mwac"]).to_numpy(float)
    falls = np.array([(1.0 - fall[cls]) ** (years - years[0]) for cls in frame["class"]]).reshape(-1, len(years))
    named = 1e6 * _named(frame, costs, "capex_cny_per_w_dc", years)
    return np.where(np.isnan(named), today[:, None] * falls, named)


def lifetime_opex_of(frame: pd.DataFrame, costs: pd.DataFrame, years: np.ndarray, annuity_years: float) -> np.ndarray:
    """Present value of what a megawatt costs to run beyond what is counted already, (tranches, years) [CNY/MW AC].

    Parameters
    ----------
    frame, costs, years
        Tranches, the bureau's table of costs, years of building.
    annuity_years
        Present value of one yuan a year over the life of a plant.

    Returns
    -------
    numpy.ndarray
        Of every tranche where the table says what any costs to run, so that classes stay comparable; else zeros.
    """
    named = 1e3 * _named(frame, costs, "opex_cny_per_kw_year", years)
    if np.isnan(named).all():
        return np.zeros(named.shape)
    own = (frame["opex_cny_per_year"] / frame["mwac"]).to_numpy(float)[:, None]
    return annuity_years * np.where(np.isnan(named), own, named)


def _named(frame: pd.DataFrame, costs: pd.DataFrame, column: str, years: np.ndarray) -> np.ndarray:
    """Give what the table says of each tranche and year, per AC, (tranches, years); NaN where it says nothing."""
    given = dict(zip(zip(costs["year"], costs["class"], strict=True), costs[column], strict=True))
    of_class = np.array([[given.get((y, cls), np.nan) for y in years.tolist()] for cls in frame["class"]], float)
    return of_class.reshape(-1, len(years)) * (frame["mwp"] / frame["mwac"]).to_numpy(float)[:, None]


def tranches_of(
    frame: pd.DataFrame, costs: pd.DataFrame, years: np.ndarray, settings: BuildOutSettings, annuity_years: float
) -> tuple[list[Tranche], np.ndarray]:
    """Give what each tranche costs in each year; and of it the investment, (tranches, years) [CNY/MW AC]."""
    investment = investment_of(frame, costs, years, settings.price_fall_per_year)
    running = lifetime_opex_of(frame, costs, years, annuity_years)
    cost = investment + running
    if settings.objective == "npv":  # what a later year saves of investment and running costs, it earns
        today = (frame["capex_cny"] + frame["npv_cny"]) / frame["mwac"]
        counted = annuity_years * frame["opex_cny_per_year"] / frame["mwac"] if running.any() else 0.0 * today
        cost = cost - (today + counted).to_numpy(float)[:, None]
    return [
        Tranche(district, cls, mw, cost[number])
        for number, (district, cls, mw) in enumerate(zip(frame["district"], frame["class"], frame["mwac"], strict=True))
    ], investment


def where(frame: pd.DataFrame, district: str, cls: str) -> np.ndarray:
    """Rows of a district and class, either of which may be all."""
    here = np.ones(len(frame), bool)
    if district != ALL:
        here &= (frame["district"] == district).to_numpy()
    if cls != ALL:
        here &= (frame["class"] == cls).to_numpy()
    return np.flatnonzero(here)
