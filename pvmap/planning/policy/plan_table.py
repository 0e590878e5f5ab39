"""The table "build_out": the linear programme of a city's potential, targets and limits, year by year."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.currency import CNY
from pvmap.findings import Finding, finding
from pvmap.planning.money.economics import discount_factors
from pvmap.planning.policy.asked import Asked, goals_of, in_dc, limits_of, on_both_sides, registered_by_year, sum_of
from pvmap.planning.policy.build_out import SHORT_CNY_PER_MW, Solution, binding, solve
from pvmap.planning.policy.plan_classes import Part
from pvmap.planning.policy.tranches import Cells, Sites, cells_of, stock_of, tranches_of, where
from pvmap.settings.build_out import BuildOutSettings
from pvmap.tables.plan import ALL, PLAN_CLASSES

NOTHING_MW = 1e-6  # less than a watt is the solver's, not a plan's


class Plan(NamedTuple):
    """The table, the share of each site that is built by the end, and what is doubtful."""

    table: pd.DataFrame
    built_share: np.ndarray
    findings: list[Finding]


def plan(
    sites: Sites,
    parts: list[Part],
    asked: Asked,
    settings: BuildOutSettings,
    discount_rate: float,
    life_years: int,
    money: str = CNY,
) -> Plan:
    """Plan the build-out.

    Parameters
    ----------
    sites, parts
        Potential, and the classes it is of.
    asked
        Targets and limits.
    settings
        Years, objective, tranches.
    discount_rate, life_years
        Of plants. [1/yr, yr]
    money
        Currency of all amounts.
    """
    years = np.arange(settings.first_year, settings.last_year + 1)
    cells = cells_of(sites, parts, settings.tranches, asked.room)
    stock = stock_of(sites, parts)
    annuity_years = float(discount_factors(life_years, discount_rate).sum())
    tranches, investment = tranches_of(cells.frame, asked.costs, years, settings, annuity_years)
    limits = limits_of(cells.frame, asked, years, settings)
    registered = registered_by_year(asked.registered, years, settings.realised_share)
    targets = on_both_sides(asked.targets, cells.frame, stock, years)
    goals = goals_of(cells.frame, targets, stock, registered, years)
    discount = np.concatenate([[1.0], discount_factors(len(years) - 1, discount_rate)])
    found = solve(tranches, limits, goals, discount)
    amounts = _Amounts(
        stock, registered, in_dc(registered, cells.frame), cells.frame, _clean(found.built_mw), investment
    )
    keys = _keys(cells.frame, stock, registered, targets)
    table = pd.concat([amounts.of(district, cls, years) for district, cls in keys], ignore_index=True)
    _add_targets(table, targets)
    binds = binding(found, tranches, limits, len(years))
    bound = [binds.of(where(cells.frame, *key), year) for key in keys for year in range(len(years))]
    table["binds"], table["price_cny_per_mw"] = zip(*bound, strict=True)
    unpriced = (table["gap_mw"] > 0) & (table["price_cny_per_mw"] == 0)  # there is nothing that could be built at all
    table.loc[unpriced, "price_cny_per_mw"] = SHORT_CNY_PER_MW
    share = _built_share(cells, found, len(sites.district))
    return Plan(table, share, [*_outside(asked, years), *_falling(asked.targets), *_missed(table, money)])


def _clean(mw: np.ndarray) -> np.ndarray:
    return np.where(mw > NOTHING_MW, mw, 0.0)


def _keys(
    frame: pd.DataFrame, stock: pd.DataFrame, registered: pd.DataFrame, targets: pd.DataFrame
) -> list[tuple[str, str]]:
    """Districts and classes of the table, then their sums; a target of what there is nothing of is a row too."""
    named = {*stock.index, *registered.index}
    for one in (frame, targets):
        named |= set(zip(one["district"], one["class"], strict=True))
    cells = sorted(key for key in named if ALL not in key)
    districts = sorted({district for district, _ in named} - {ALL})
    classes = sorted({cls for _, cls in named} - {ALL}, key=PLAN_CLASSES.index)
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
        at = where(self.frame, district, cls)
        here, built = self.frame.iloc[at], self.built_mw[at]
        per_mw = 1.0 / here["mwac"].to_numpy(float)[:, None]
        standing = sum_of(self.stock, district, cls)
        joined, joined_dc = sum_of(self.registered, district, cls), sum_of(self.registered_dc, district, cls)
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
    table[["target_mw", "target_mwp"]] = table[key].merge(targets, on=key, how="left")[["mw", "mwp"]].to_numpy(float)
    gap = (table["target_mw"] - table["cumulative_mw"]).clip(lower=0.0)
    table["gap_mw"] = gap.where((gap > 10 * NOTHING_MW) | gap.isna(), 0.0)


def _built_share(cells: Cells, found: Solution, n: int) -> np.ndarray:
    """Share of each site's potential that is built by the last year, (n,) [1]."""
    share = np.zeros(n)
    of_tranche = _clean(found.built_mw).sum(axis=1) / np.maximum(cells.frame["mwac"].to_numpy(float), 1e-12)
    for rows, weight, tranche in cells.of_site:
        share[rows] += weight * of_tranche[tranche]
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


def _falling(targets: pd.DataFrame) -> list[Finding]:
    """Cumulative targets below those of an earlier year, for each place and class and side that has some."""
    found = []
    cumulative = targets[targets["kind"] == "cumulative"].sort_values("year", kind="stable")
    for (district, cls, _), rows in cumulative.groupby(["district", "class", "side"], sort=True):
        mw, year = rows["mw"].to_numpy(float), rows["year"].to_numpy()
        falls = np.flatnonzero(np.diff(mw) < 0)
        if len(falls):
            at = int(falls[0])
            found.append(
                finding(
                    "targets-fall",
                    layer="targets",
                    column=" ".join(one for one in (str(district), str(cls)) if one != ALL),
                    count=len(falls),
                    total=len(rows),
                    other="whole city" if district == ALL else str(district),
                    kind="all classes" if cls == ALL else str(cls),
                    year=str(year[at]),
                    later=str(year[at + 1]),
                    before=float(mw[at]),
                    after=float(mw[at + 1]),
                )
            )
    return found


def _missed(table: pd.DataFrame, money: str) -> list[Finding]:
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
                    column=" ".join(one for one in (str(district), str(cls)) if one != ALL),
                    count=int((rows["gap_mw"] > 0).sum()),
                    total=len(rows),
                    other="whole city" if district == ALL else str(district),
                    kind="all classes" if cls == ALL else str(cls),
                    year=str(worst["year"]),
                    gap=float(worst["gap_mw"]),
                    target=float(worst["target_mw"]),
                    limit=str(worst["binds"]),
                    price=float(worst["price_cny_per_mw"]) / 1e4,
                    money=money,
                )
            )
    return found
