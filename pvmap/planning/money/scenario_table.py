"""Scenarios of a whole city: what they rest on, and the table "scenarios" by district and class."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.findings import Finding, finding
from pvmap.planning.money import economics
from pvmap.planning.money.scenarios import (
    Amounts,
    Cut,
    Terms,
    break_even_bid,
    cut_by_hour,
    plants_of,
)
from pvmap.planning.money.tariff import capture_price
from pvmap.planning.table_columns import COLUMNS
from pvmap.planning.table_input import read_given
from pvmap.settings.city import Settings, TableInput
from pvmap.settings.scenarios import Scenario
from pvmap.tables.plan import ALL, BID_VERDICTS, CLASS_WORDS

SUMS = ("capacity_mw", "at_target_irr_mw", "at_target_irr_if_eligible_mw", "npv_cny", "available_gwh", "lost_gwh")
KEY = ["scenario", "district", "class"]
MOST_SCALED, LEAST_PRICE = 20.0, 1e-6  # factor beyond which a price says nothing of an hour; below it there is none
YES_NO = {**dict.fromkeys(("yes", "true", "1", "是", "可"), "yes"), **dict.fromkeys(("no", "false", "0", "否"), "no")}
Mechanism = dict[tuple[int, str], tuple[float, float, int]]  # year and class -> price (NaN), share, years


class CityPrices(NamedTuple):
    """What prices of scenarios rest on: it is the whole city's.

    Attributes
    ----------
    capture_cny_per_kwh
        Mean market price of the city file over the city's photovoltaics.
    cut
        Hours that are cut where the grid takes less.
    mechanism
        What it has come to, empty where that is not known.
    """

    capture_cny_per_kwh: float
    cut: Cut
    mechanism: Mechanism

    @classmethod
    def of(cls, power_kw: np.ndarray, market_cny_per_kwh: np.ndarray, mechanism: Mechanism) -> CityPrices:
        """Prices of a city by its hours: (T,) power of all that can still be built, and the market's price."""
        hours = power_kw, market_cny_per_kwh
        return cls(capture_price(*hours), cut_by_hour(*hours), mechanism)


def read_mechanism(source: TableInput, raw: Path, settings: Settings) -> Mechanism:
    """Read what the mechanism has come to, by year and class; a class that may not bid has a share of 0."""
    given = read_given(source, raw, *COLUMNS["mechanism"])
    given.once("year", "class")
    given.refuse("class", (given.text("class") == "").to_numpy(), "is empty")
    plan = settings.planning.tariff
    may = given.word("eligible", YES_NO, "no") == "yes"
    share = np.where(may, given.number("share", "1", plan.mechanism_share, low=0.0, high=1.0), 0.0)
    price = given.number("price", "cny_per_kwh", low=0.0)
    years = given.number("years", "1", plan.mechanism_years, low=0.0, high=50.0).astype(int)
    keys = zip(given.year("year").tolist(), given.word("class", CLASS_WORDS), strict=True)
    return dict(zip(keys, zip(price.tolist(), share.tolist(), years.tolist(), strict=True), strict=True))


def of_no_scenario(mechanism: Mechanism, path: str, settings: Settings) -> list[Finding]:
    """Tell results of years that no scenario is of."""
    years = sorted({one.year for one in settings.scenarios})
    count = sum(year not in years for year, _ in mechanism)
    told = {"years": ", ".join(map(str, years))}
    return [finding("rows-of-no-scenario", layer=path, count=count, total=len(mechanism), **told)] if count else []


def of_nobody(settings: Settings) -> list[Finding]:
    """Tell scenarios with a bid for which nobody knows who may make it."""
    names = [one.name for one in settings.scenarios if one.share > 0 and not one.eligible]
    if settings.inputs.mechanism is not None or not names:
        return []
    return [finding("eligibility-not-known", layer="scenarios", count=len(names), total=len(settings.scenarios))]


def _unscalable(scenario: Scenario, capture: float) -> bool:
    """Whether prices with this mean over the sun cannot be scaled to the midday price of a scenario."""
    return bool(np.isfinite(capture)) and capture * MOST_SCALED < max(scenario.midday_cny_per_kwh, LEAST_PRICE)


def of_flat_prices(settings: Settings, capture: float) -> list[Finding]:
    """Tell scenarios to whose midday price the market cannot be scaled."""
    count = sum(_unscalable(one, capture) for one in settings.scenarios)
    if not count:
        return []
    money, total = settings.city.currency, len(settings.scenarios)
    return [finding("scenario-prices-flat", layer="scenarios", count=count, total=total, capture=capture, money=money)]


def terms_of(
    scenario: Scenario,
    classes: np.ndarray,
    capture: float,
    mechanism: Mechanism,
    settings: Settings,
    *,
    every: bool = False,
) -> Terms:
    """Terms of a scenario for n sites of these classes.

    Parameters
    ----------
    scenario
        Of the city file.
    classes
        (n,) class of plants.
    capture
        Mean market price of the city file over the city's photovoltaics. [CNY/kWh]
    mechanism
        What is known of the mechanism; it says more than the scenario, except that one without a bid stays without.
    settings
        Years the mechanism runs.
    every
        As though every class might bid.
    """
    midday = scenario.midday_cny_per_kwh
    flat = _unscalable(scenario, capture)
    factor = 0.0 if flat else midday / capture if np.isfinite(capture) else 1.0
    codes, names = pd.factorize(classes)
    bid, share = np.full(len(names), scenario.bid_cny_per_kwh), np.zeros(len(names))
    runs = np.full(len(names), settings.planning.tariff.mechanism_years)
    for number, name in enumerate(names):
        price, known, years = mechanism.get((scenario.year, str(name)), (np.nan, None, runs[number]))
        bid[number], runs[number] = scenario.bid_cny_per_kwh if np.isnan(price) else price, years
        may = every or str(name) in scenario.eligible
        share[number] = known if known else scenario.share * (every or (known is None and may))
    share *= scenario.share > 0
    terms = Terms(factor, midday, scenario.utilisation, bid[codes], share[codes], runs[codes])
    return terms._replace(flat_cny_per_kwh=midday) if flat else terms


def amounts_of(appraisal: pd.DataFrame) -> Amounts:
    """First-year amounts of sites as the appraisal holds them."""
    energy, used, saved, market = (
        appraisal[name].to_numpy(float) for name in ("energy_kwh", "self_use_kwh", "self_use_cny", "export_market_cny")
    )
    return Amounts(energy, np.maximum(energy - used, 0.0), saved, market)


def scenario_terms(
    scenario: Scenario, classes: np.ndarray, prices: CityPrices, settings: Settings, *, every: bool = False
) -> Terms:
    """Terms of a scenario for n sites of these classes, with the hours that are cut; `every` as for `terms_of`."""
    terms = terms_of(scenario, classes, prices.capture_cny_per_kwh, prices.mechanism, settings, every=every)
    flat = terms.flat_cny_per_kwh > 0  # at one price it does not matter which hours are cut
    return terms._replace(cut=Cut(prices.cut.energy, prices.cut.energy) if flat else prices.cut)


def table_of(sums: pd.DataFrame | None, prices: CityPrices, settings: Settings) -> pd.DataFrame:
    """Return the table "scenarios": districts and classes in each scenario, and their sums.

    Parameters
    ----------
    sums
        ``Valuation.sums`` of all parts of a city, added up; None where nothing is built.
    prices
        What prices of the whole city rest on.
    settings
        Scenarios, taxes, target.
    """
    if sums is None:
        return pd.DataFrame()
    rows = [_of_scenario(one, sums.loc[[one.name]].reset_index(), prices, settings) for one in settings.scenarios]
    return pd.concat(rows, ignore_index=True)


def _of_scenario(scenario: Scenario, cells: pd.DataFrame, prices: CityPrices, settings: Settings) -> pd.DataFrame:
    """Rows of a scenario."""
    cells = cells.drop(columns="scenario")
    frame = pd.concat([cells, cells.assign(**{"class": ALL})])
    frame = pd.concat([frame, frame.assign(district=ALL)]).groupby(KEY[1:], sort=True).sum().reset_index()
    terms = scenario_terms(scenario, frame["class"].to_numpy(object), prices, settings, every=True)
    share = np.asarray(terms.share)
    one_class = (frame["class"] != ALL).to_numpy()
    even = np.full(len(frame), np.nan)
    classes = frame["class"].to_numpy(object)[one_class]
    of_classes = scenario_terms(scenario, classes, prices, settings, every=True)
    even[one_class] = _even(frame[one_class], of_classes, settings)
    low, high = settings.planning.tariff.bid_range_cny_per_kwh
    return pd.DataFrame(
        {
            "scenario": scenario.name,
            **{name: frame[name] for name in ("district", "class", *SUMS)},
            "bid_cny_per_kwh": np.where(share > 0, terms.bid_cny_per_kwh, np.nan),
            "share": share,
            "eligible_share": (frame["eligible"] / frame["capacity_mw"]).clip(0.0, 1.0),
            "irr_if_eligible": frame["hoped"] / frame["rated"].where(frame["rated"] > 0),
            "irr": frame["weighted"] / frame["rated"].where(frame["rated"] > 0),
            "curtailment_rate": (frame["lost_gwh"] / frame["available_gwh"]).fillna(0.0).clip(0.0, 1.0),
            "curtailed_hours": float(prices.cut.hours(1.0 - scenario.utilisation)),
            "break_even_bid_cny_per_kwh": even.clip(min=0.0),
            "bid_verdict": np.select(
                [np.isnan(even), even < low, even > high], ["", BID_VERDICTS[1], BID_VERDICTS[3]], BID_VERDICTS[2]
            ),
        }
    )


def _even(frame: pd.DataFrame, terms: Terms, settings: Settings) -> np.ndarray:
    """Break-even bid of the plants of each row together."""
    costs = economics.Costs(*(frame[name].to_numpy(float) for name in economics.Costs.__dataclass_fields__))
    amounts = Amounts(*(frame[name].to_numpy(float) for name in Amounts._fields))
    person = (frame["person"] > 0.5 * frame["capacity_mw"]).to_numpy()
    return break_even_bid(plants_of(costs, amounts, person, settings), terms, settings.planning.economics)
