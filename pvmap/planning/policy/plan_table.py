"""The table "build_out": the linear programme of a city's potential, targets and limits, year by year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.findings import Finding, finding
from pvmap.plan_tables import ALL, PLAN_CLASSES
from pvmap.planning.money.economics import discount_factors
from pvmap.planning.policy.build_out import Goal, Limit, Solution, Tranche, binding, solve
from pvmap.planning.policy.plan_classes import CENTRAL, Part
from pvmap.settings.build_out import BuildOutSettings

NOTHING_MW = 1e-6  # less than a watt is the solver's, not a plan's


class Sites(NamedTuple):
    """What a plan needs to know of n sites, each an (n,) array.

    Attributes
    ----------
    district
        Name of the district.
    mwac, mwp
        Practical potential.
    capex_cny, npv_cny, energy_gwh
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
    npv_cny: np.ndarray
    energy_gwh: np.ndarray
    cost: np.ndarray
    stock_mwac: np.ndarray
    stock_mwp: np.ndarray


class Asked(NamedTuple):
    """What the bureau says: tables of ``plan_inputs``, and headroom by district.

    Attributes
    ----------
    targets
        `year`, `district`, `class`, `mw`, `kind`, `side`.
    rates, costs, registered
        Of the same names; empty where there are none; `registered` with `district`, `class`, `mw`, `year`.
    headroom_mw
        District -> (distributed, central, both together), where the grid was checked. [MW]
    """

    targets: pd.DataFrame
    rates: pd.DataFrame
    costs: pd.DataFrame
    registered: pd.DataFrame
    headroom_mw: dict[str, tuple[float, float, float]]


class Plan(NamedTuple):
    """The table, the share of each site that is built by the end, and what is doubtful."""

    table: pd.DataFrame
    built_share: np.ndarray
    findings: list[Finding]


class _Cells(NamedTuple):
    """Tranches of each district and class: sums of their sites."""

    frame: pd.DataFrame  # one row a tranche: district, class, mwac, mwp, capex, npv, gwh
    of_site: list[tuple[Part, np.ndarray]]  # tranche of each row of each part


def plan(sites: Sites, parts: list[Part], asked: Asked, settings: BuildOutSettings, discount_rate: float) -> Plan:
    """Plan the build-out.

    Parameters
    ----------
    sites, parts
        Potential, and the classes it is of.
    asked
        Targets and limits.
    settings
        Years, objective, tranches.
    discount_rate
        [1/yr]
    """
    years = np.arange(settings.first_year, settings.last_year + 1)
    cells = _cells(sites, parts, settings.tranches)
    stock = _stock(sites, parts)
    investment = _investment(cells.frame, asked.costs, years, settings.price_fall_per_year)
    tranches = _tranches(cells.frame, investment, settings)
    limits = _limits(cells.frame, asked, years, settings)
    registered = _registered(asked.registered, years, settings.realised_share)
    targets = _in_ac(asked.targets, cells.frame, stock, years)
    goals = _goals(cells.frame, targets, stock, registered, years)
    discount = np.concatenate([[1.0], discount_factors(len(years) - 1, discount_rate)])
    found = solve(tranches, limits, goals, discount)
    amounts = _Amounts(
        stock, registered, _in_dc(registered, cells.frame), cells.frame, _clean(found.built_mw), investment
    )
    keys = _keys(cells.frame, stock, registered)
    table = pd.concat([amounts.of(district, cls, years) for district, cls in keys], ignore_index=True)
    _add_targets(table, targets)
    binds = binding(found, tranches, limits, len(years))
    bound = [binds.of(_where(cells.frame, *key), year) for key in keys for year in range(len(years))]
    table["binds"], table["price_cny_per_mw"] = zip(*bound, strict=True)
    share = _built_share(cells, found, len(sites.district))
    return Plan(table, share, [*_outside(asked, years), *_missed(table)])


def _cells(sites: Sites, parts: list[Part], n_tranches: int) -> _Cells:
    rows, of_site = [], []
    first = 0
    for part in parts:
        at = np.full(len(part.rows), -1)
        for district in sorted(set(sites.district[part.rows])):
            here = np.flatnonzero((sites.district[part.rows] == district) & (sites.mwac[part.rows] > 0))
            if not here.size:
                continue
            of = part.rows[here]
            order = np.argsort(np.nan_to_num(sites.cost[of], nan=np.inf), kind="stable")
            amount = np.cumsum(sites.mwac[of][order])
            tranche = np.empty(len(of), int)
            tranche[order] = np.minimum((amount - 1e-12) / amount[-1] * n_tranches, n_tranches - 1).astype(int)
            _, tranche = np.unique(tranche, return_inverse=True)
            at[here] = first + tranche
            sums = {
                name: np.bincount(tranche, getattr(sites, name)[of] * part.share)
                for name in ("mwac", "mwp", "capex_cny", "npv_cny", "energy_gwh")
            }
            rows.append(pd.DataFrame({"district": district, "class": part.cls, **sums}))
            first += len(rows[-1])
        of_site.append((part, at))
    empty = pd.DataFrame(columns=["district", "class", "mwac", "mwp", "capex_cny", "npv_cny", "energy_gwh"])
    return _Cells(pd.concat(rows, ignore_index=True) if rows else empty, of_site)


def _stock(sites: Sites, parts: list[Part]) -> pd.DataFrame:
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


def _investment(frame: pd.DataFrame, costs: pd.DataFrame, years: np.ndarray, fall: dict[str, float]) -> np.ndarray:
    """Investment of a megawatt of each tranche in each year, (tranches, years) [CNY/MW AC]."""
    given = dict(zip(zip(costs["year"], costs["class"], strict=True), costs["capex_cny_per_w_dc"], strict=True))
    today = (frame["capex_cny"] / frame["mwac"]).to_numpy(float)
    falls = np.array([(1.0 - fall[cls]) ** (years - years[0]) for cls in frame["class"]]).reshape(-1, len(years))
    named = np.array([[given.get((y, cls), np.nan) for y in years.tolist()] for cls in frame["class"]], float)
    named = named.reshape(-1, len(years)) * 1e6 * (frame["mwp"] / frame["mwac"]).to_numpy(float)[:, None]  # CNY/W DC
    return np.where(np.isnan(named), today[:, None] * falls, named)


def _tranches(frame: pd.DataFrame, investment: np.ndarray, settings: BuildOutSettings) -> list[Tranche]:
    cost = investment
    if settings.objective == "npv":  # what a later year saves of the investment, it earns
        today = (frame["capex_cny"] + frame["npv_cny"]) / frame["mwac"]
        cost = investment - today.to_numpy(float)[:, None]
    return [
        Tranche(district, cls, mw, cost[number])
        for number, (district, cls, mw) in enumerate(zip(frame["district"], frame["class"], frame["mwac"], strict=True))
    ]


def _where(frame: pd.DataFrame, district: str, cls: str) -> np.ndarray:
    """Rows of a district and class, either of which may be all."""
    here = np.ones(len(frame), bool)
    if district != ALL:
        here &= (frame["district"] == district).to_numpy()
    if cls != ALL:
        here &= (frame["class"] == cls).to_numpy()
    return np.flatnonzero(here)


def _limits(frame: pd.DataFrame, asked: Asked, years: np.ndarray, settings: BuildOutSettings) -> list[Limit]:
    limits = [
        Limit("pace", _where(frame, district, cls), np.array([year - years[0]]), mw)
        for year, district, cls, mw in _rows_of(asked.rates)
        if years[0] <= year <= years[-1]
    ]
    if settings.growth_per_year > 0:
        for district, cls in sorted(set(zip(frame["district"], frame["class"], strict=True))):
            at = _where(frame, district, cls)
            limits += [Limit("pace", at, np.array([y]), 0.0, settings.growth_per_year) for y in range(1, len(years))]
    central = frame["class"].isin(CENTRAL).to_numpy()
    for district, headroom in asked.headroom_mw.items():
        here = (frame["district"] == district).to_numpy()
        for number, year in enumerate(years):
            more = sum(one.mw for one in settings.reinforcements if one.district == district and one.year <= year)
            for rows, mw in zip((here & ~central, here & central, here), headroom, strict=True):
                if rows.any():
                    limits.append(Limit("hosting", np.flatnonzero(rows), np.arange(number + 1), mw + more))
    return limits


def _registered(registered: pd.DataFrame, years: np.ndarray, realised: float) -> pd.DataFrame:
    """Tell what of registered capacity is realised in each year, (cells, years) [MW]; what is late, in the first."""
    if registered.empty:
        index = pd.MultiIndex.from_arrays([[], []], names=["district", "class"])
        return pd.DataFrame(np.zeros((0, len(years))), index=index, columns=years)
    frame = registered.assign(year=registered["year"].clip(lower=years[0]), mw=registered["mw"] * realised)
    wide = frame.pivot_table(index=["district", "class"], columns="year", values="mw", aggfunc="sum", fill_value=0.0)
    return wide.reindex(columns=years, fill_value=0.0)


def _rows_of(table: pd.DataFrame) -> Iterator[tuple[int, str, str, float]]:
    """Year, district, class and MW of each row."""
    return zip(*(table[name].tolist() for name in ("year", "district", "class", "mw")), strict=True)


def _sum_of(table: pd.DataFrame, district: str, cls: str) -> np.ndarray:
    """Sum of the rows of a district and class, either of which may be all, one number a column."""
    return table.iloc[_where(table.index.to_frame(index=False), district, cls)].to_numpy(float).sum(axis=0)


def _in_dc(registered: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Turn registered capacity to the DC side, by the ratio of its class in the whole city."""
    sums = frame.groupby("class")[["mwp", "mwac"]].sum()
    ratio = (sums["mwp"] / sums["mwac"]).reindex(registered.index.get_level_values("class")).fillna(1.0)
    return registered.mul(ratio.to_numpy(float), axis=0)


def _in_ac(targets: pd.DataFrame, frame: pd.DataFrame, stock: pd.DataFrame, years: np.ndarray) -> pd.DataFrame:
    """Targets as MW AC that stand at the end of a year: `year`, `district`, `class`, `mw`."""
    out = targets.sort_values("year", kind="stable").reset_index(drop=True)
    mw = out["mw"].to_numpy(float).copy()
    for row in np.flatnonzero(out["side"] == "dc"):
        here = frame.iloc[_where(frame, out["district"][row], out["class"][row])]
        ratio = here["mwp"].sum() / here["mwac"].sum() if here["mwac"].sum() > 0 else np.nan
        standing = _sum_of(stock, out["district"][row], out["class"][row])
        ratio = ratio if np.isfinite(ratio) else (standing[1] / standing[0] if standing[0] > 0 else 1.0)
        mw[row] /= ratio
    new = (out["kind"] == "new").to_numpy()
    for _, rows in out[new].groupby(["district", "class"], sort=True).indices.items():
        at = np.flatnonzero(new)[rows]
        stands = _sum_of(stock, out["district"][at[0]], out["class"][at[0]])[0]
        mw[at] = stands + np.cumsum(mw[at])
    out["mw"] = mw
    return out[out["year"].between(years[0], years[-1])][["year", "district", "class", "mw"]]


def _goals(
    frame: pd.DataFrame, targets: pd.DataFrame, stock: pd.DataFrame, registered: pd.DataFrame, years: np.ndarray
) -> list[Goal]:
    goals = []
    for year, district, cls, mw in _rows_of(targets):
        at = int(year - years[0])
        there = _sum_of(stock, district, cls)[0] + _sum_of(registered, district, cls)[: at + 1].sum()
        goals.append(Goal(_where(frame, district, cls), at, max(mw - there, 0.0)))
    return goals


def _clean(mw: np.ndarray) -> np.ndarray:
    return np.where(mw > NOTHING_MW, mw, 0.0)


def _keys(frame: pd.DataFrame, stock: pd.DataFrame, registered: pd.DataFrame) -> list[tuple[str, str]]:
    """Districts and classes of the table, then their sums."""
    cells = sorted({*stock.index, *registered.index, *zip(frame["district"], frame["class"], strict=True)})
    districts, classes = sorted({one[0] for one in cells}), sorted({one[1] for one in cells}, key=PLAN_CLASSES.index)
    return [*cells, *((one, ALL) for one in districts), *((ALL, one) for one in classes), (ALL, ALL)]


class _Amounts(NamedTuple):
    """What stands, joins and is built, from which each row of the table is summed."""

    stock: pd.DataFrame
    registered: pd.DataFrame
    registered_dc: pd.DataFrame
    frame: pd.DataFrame
    built_mw: np.ndarray  # (tranches, years)
    investment: np.ndarray  # (tranches, years) [CNY/MW]

    def of(self, district: str, cls: str, years: np.ndarray) -> pd.DataFrame:
        """Rows of a district and class, either of which may be all."""
        at = _where(self.frame, district, cls)
        here, built = self.frame.iloc[at], self.built_mw[at]
        per_mw = 1.0 / here["mwac"].to_numpy(float)[:, None]
        standing = _sum_of(self.stock, district, cls)
        joined, joined_dc = _sum_of(self.registered, district, cls), _sum_of(self.registered_dc, district, cls)
        mw, mwp = built.sum(axis=0), (built * per_mw * here["mwp"].to_numpy(float)[:, None]).sum(axis=0)
        gwh = (built * per_mw * here["energy_gwh"].to_numpy(float)[:, None]).sum(axis=0)
        return pd.DataFrame(
            {
                "year": years,
                "district": district,
                "class": cls,
                "stock_mw": standing[0],
                "registered_mw": joined,
                "built_mw": mw,
                "cumulative_mw": standing[0] + np.cumsum(joined + mw),
                "built_mwp": mwp,
                "cumulative_mwp": standing[1] + np.cumsum(joined_dc + mwp),
                "investment_cny": (built * self.investment[at]).sum(axis=0),
                "energy_gwh": np.cumsum(gwh) - 0.5 * gwh,
            }
        )


def _add_targets(table: pd.DataFrame, targets: pd.DataFrame) -> None:
    """Add the target of each row, where there is one, and what is missing of it."""
    key = ["year", "district", "class"]
    table["target_mw"] = table[key].merge(targets, on=key, how="left")["mw"].to_numpy(float)
    gap = (table["target_mw"] - table["cumulative_mw"]).clip(lower=0.0)
    table["gap_mw"] = gap.where((gap > 10 * NOTHING_MW) | gap.isna(), 0.0)


def _built_share(cells: _Cells, found: Solution, n: int) -> np.ndarray:
    """Share of each site's potential that is built by the last year, (n,) [1]."""
    share = np.zeros(n)
    of_tranche = _clean(found.built_mw).sum(axis=1) / np.maximum(cells.frame["mwac"].to_numpy(float), 1e-12)
    for part, tranche in cells.of_site:
        has = tranche >= 0
        share[part.rows[has]] += part.share * of_tranche[tranche[has]]
    return np.minimum(share, 1.0)


def _outside(asked: Asked, years: np.ndarray) -> list[Finding]:
    """Tell rows of years that are not planned; registered projects that are late count in the first year."""
    tables = {"targets": asked.targets, "rates": asked.rates, "costs": asked.costs, "registered": asked.registered}
    found = []
    for name, table in tables.items():
        year = table["year"].to_numpy(float)
        count = int(((year > years[-1]) | ((year < years[0]) & (name != "registered"))).sum())
        if count:
            span = {"first": str(years[0]), "last": str(years[-1])}
            found.append(finding("years-outside-plan", layer=name, count=count, total=len(table), **span))
    return found


def _missed(table: pd.DataFrame) -> list[Finding]:
    """Targets that cannot be met, with what keeps them from it."""
    asked = table[table["target_mw"].notna()].sort_values("gap_mw", ascending=False, kind="stable")
    found = []
    for (district, cls), rows in asked.groupby(["district", "class"], sort=True):
        worst = rows.iloc[0]
        if worst["gap_mw"] > 0:
            found.append(
                finding(
                    "target-not-met",
                    layer="targets",
                    column=f"{district} {cls}",
                    count=int((rows["gap_mw"] > 0).sum()),
                    total=len(rows),
                    other="whole city" if district == ALL else str(district),
                    kind="all classes" if cls == ALL else str(cls),
                    year=str(worst["year"]),
                    gap=float(worst["gap_mw"]),
                    target=float(worst["target_mw"]),
                    limit=str(worst["binds"]),
                    price=float(worst["price_cny_per_mw"]) / 1e4,
                )
            )
    return found
