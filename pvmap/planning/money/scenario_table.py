"""Scenarios of a whole city: columns per site, and the table "scenarios" by district and class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.findings import Finding, finding
from pvmap.plan_tables import ALL, BID_VERDICTS, CLASS_WORDS
from pvmap.planning.money import economics, returns
from pvmap.planning.money.account import is_person, plant_costs
from pvmap.planning.money.scenarios import (
    ALIKE,
    Amounts,
    Cut,
    Plants,
    Terms,
    break_even_bid,
    flows,
    lost_kwh,
    plants_of,
)
from pvmap.planning.policy.plan_classes import Part
from pvmap.planning.table_columns import COLUMNS
from pvmap.planning.table_input import read_given
from pvmap.settings.city import Settings, TableInput
from pvmap.settings.scenarios import Scenario

SUMS = ("capacity_mw", "at_target_irr_mw", "at_target_irr_if_eligible_mw", "npv_cny", "available_gwh", "lost_gwh")
CHUNK = 65_536  # sites whose yearly flows are held at once
MOST_SCALED, LEAST_PRICE = 20.0, 1e-6  # factor beyond which a price says nothing of an hour; below it there is none
YES_NO = {**dict.fromkeys(("yes", "true", "1", "是", "可"), "yes"), **dict.fromkeys(("no", "false", "0", "否"), "no")}
Mechanism = dict[tuple[int, str], tuple[float, float, int]]  # year and class -> price (NaN), share, years


def read_mechanism(source: TableInput, raw: Path, settings: Settings) -> Mechanism:
    """Read what the mechanism has come to, by year and class; a class that may not bid has a share of 0."""
    given = read_given(source, raw, *COLUMNS["mechanism"])
    given.once("year", "class")
    given.refuse("class", (given.text("class") == "").to_numpy(), "is empty")
    plan = settings.planning.tariff
    may = given.word("eligible", YES_NO, "no") == "yes"
    share = np.where(may, given.number("share", "1", plan.mechanism_share, low=0.0, high=1.0), 0.0)
    price = given.number("price", "cny", low=0.0)
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


class Valuation:
    """Plants of a city, valued in scenarios.

    Parameters
    ----------
    appraisal
        Contract table, n sites, appraised with hours.
    footprint_area_m2
        (n,) whole polygons. [m2]
    classes
        (n,) class of plants.
    capture
        Mean market price of the city file over the city's photovoltaics. [CNY/kWh]
    mechanism
        What it has come to, empty where that is not known.
    settings
        Scenarios, taxes, target.
    cut
        Hours that are cut where the grid takes less.
    """

    def __init__(
        self,
        appraisal: pd.DataFrame,
        footprint_area_m2: np.ndarray,
        classes: np.ndarray,
        capture: float,
        mechanism: Mechanism,
        settings: Settings,
        cut: Cut = ALIKE,
    ) -> None:
        self._cut = cut
        self._settings, self._plan = settings, settings.planning.economics
        self._classes, self._capture, self._mechanism = classes, capture, mechanism
        costs = plant_costs(appraisal, footprint_area_m2, settings)
        self._plants = plants_of(costs, amounts_of(appraisal), is_person(appraisal, self._plan), settings)
        self._built = appraisal["capacity_kwp"].to_numpy(float) > 0
        self._own = {one.name: self._on_own_account(one) for one in settings.scenarios}

    @property
    def person(self) -> np.ndarray:
        """Whether each site is on a natural person's account, (n,)."""
        return self._plants.person

    def _on_own_account(self, scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
        present, rate = (np.full(len(self._built), np.nan) for _ in range(2))
        for rows in _chunks(np.flatnonzero(self._built)):
            terms = self._terms(scenario, self._classes[rows])
            present[rows], rate[rows] = self._valued(_rows(self._plants, rows), terms)
        return present, rate

    def columns(self) -> dict[str, np.ndarray]:
        """Columns of the appraisal: present value, rate of return, whether it reaches the target, per scenario."""
        out = {}
        for name, (present, rate) in self._own.items():
            out[f"npv_cny_{name}"], out[f"irr_{name}"] = present, rate
            out[f"at_target_irr_{name}"] = rate >= self._plan.target_irr
        return out

    def table(self, district: np.ndarray, mwac: np.ndarray, part_built: np.ndarray, parts: list[Part]) -> pd.DataFrame:
        """Return the table "scenarios".

        Parameters
        ----------
        district
            (n,) of the sites.
        mwac
            (n,) practical potential. [MW]
        part_built
            (n,) practical over technical potential: what amounts are multiplied by. [1]
        parts
            Classes of the sites.
        """
        tables = []
        for scenario in self._settings.scenarios:
            cells = [self._cells(scenario, one, district, mwac, part_built) for one in parts]
            tables.append(self._summed(scenario, pd.concat(cells)))
        return pd.concat(tables, ignore_index=True)

    def _terms(self, scenario: Scenario, classes: np.ndarray, *, every: bool = False) -> Terms:
        terms = terms_of(scenario, classes, self._capture, self._mechanism, self._settings, every=every)
        flat = terms.flat_cny_per_kwh > 0  # at one price it does not matter which hours are cut
        return terms._replace(cut=Cut(self._cut.energy, self._cut.energy) if flat else self._cut)

    def _valued(self, plants: Plants, terms: Terms) -> tuple[np.ndarray, np.ndarray]:
        of = flows(plants, terms, self._plan)
        return returns.npv(of, self._plan.discount_rate), returns.irr(of, self._plan.discount_rate)

    def _cells(
        self, scenario: Scenario, part: Part, district: np.ndarray, mwac: np.ndarray, part_built: np.ndarray
    ) -> pd.DataFrame:
        """Sum a class by district, with the amounts and costs of all its plants together."""
        every = np.flatnonzero(self._built[part.rows] & (mwac[part.rows] > 0))
        frames = []
        for at in _chunks(every):
            rows = part.rows[at]
            plants = _rows(self._plants, rows)._replace(person=part.person[at])
            classes = np.full(len(rows), part.cls, object)
            terms = self._terms(scenario, classes)
            own = bool((self._classes[rows] == part.cls).all() and (part.person[at] == self.person[rows]).all())
            known = tuple(values[rows] for values in self._own[scenario.name])
            present, rate = known if own else self._valued(plants, terms)
            if_every = self._terms(scenario, classes, every=True)
            same = np.array_equal(terms.share, if_every.share)  # nothing else of them hangs on who may bid
            hoped = rate if same else self._valued(plants, if_every)[1]
            weight, built = mwac[rows] * part.share, part_built[rows] * part.share
            sums = {
                "capacity_mw": weight,
                "at_target_irr_mw": weight * (rate >= self._plan.target_irr),
                "at_target_irr_if_eligible_mw": weight * (hoped >= self._plan.target_irr),
                "npv_cny": present * built,
                "weighted": np.nan_to_num(rate) * weight,
                "hoped": np.nan_to_num(hoped) * weight,
                "eligible": weight * (np.asarray(terms.share) > 0),
                "rated": weight * np.isfinite(rate),
                "available_gwh": plants.amounts.energy_kwh * built / 1e6,
                "lost_gwh": lost_kwh(plants.amounts, scenario.utilisation) * built / 1e6,
                **{name: values * built for name, values in plants.amounts._asdict().items()},
                **{name: values * built for name, values in vars(plants.costs).items()},
                "person": part.person[at].astype(float) * weight,
            }
            frames.append(pd.DataFrame(sums).groupby(district[rows], sort=True).sum())
        if not frames:
            return pd.DataFrame()
        out = pd.concat(frames).groupby(level=0, sort=True).sum().rename_axis("district").reset_index()
        return out.assign(**{"class": part.cls})

    def _summed(self, scenario: Scenario, cells: pd.DataFrame) -> pd.DataFrame:
        """Rows of a scenario: districts and classes, and their sums."""
        if cells.empty:
            return pd.DataFrame()
        frame = pd.concat([cells, cells.assign(**{"class": ALL})])
        frame = (
            pd.concat([frame, frame.assign(district=ALL)]).groupby(["district", "class"], sort=True).sum().reset_index()
        )
        terms = self._terms(scenario, frame["class"].to_numpy(object), every=True)
        share = np.asarray(terms.share)
        one_class = (frame["class"] != ALL).to_numpy()
        even = np.full(len(frame), np.nan)
        classes = frame["class"].to_numpy(object)[one_class]
        even[one_class] = self._even(frame[one_class], self._terms(scenario, classes, every=True))
        low, high = self._settings.planning.tariff.bid_range_cny_per_kwh
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
                "curtailed_hours": float(self._cut.hours(1.0 - scenario.utilisation)),
                "break_even_bid_cny_per_kwh": even.clip(min=0.0),
                "bid_verdict": np.select(
                    [np.isnan(even), even < low, even > high], ["", BID_VERDICTS[1], BID_VERDICTS[3]], BID_VERDICTS[2]
                ),
            }
        )

    def _even(self, frame: pd.DataFrame, terms: Terms) -> np.ndarray:
        """Break-even bid of the plants of each row together."""
        costs = economics.Costs(*(frame[name].to_numpy(float) for name in economics.Costs.__dataclass_fields__))
        amounts = Amounts(*(frame[name].to_numpy(float) for name in Amounts._fields))
        person = (frame["person"] > 0.5 * frame["capacity_mw"]).to_numpy()
        return break_even_bid(plants_of(costs, amounts, person, self._settings), terms, self._plan)


def _rows(plants: Plants, rows: np.ndarray) -> Plants:
    return Plants(plants.costs.rows(rows), plants.amounts.rows(rows), plants.person[rows], plants.output)


def _chunks(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
