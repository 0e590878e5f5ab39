"""Plants of some sites, valued in scenarios: columns per site, and what they add to the city's table "scenarios"."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.planning.money import returns
from pvmap.planning.money.account import is_person, plant_costs
from pvmap.planning.money.scenario_table import KEY, CityPrices, amounts_of, scenario_terms
from pvmap.planning.money.scenarios import Plants, Terms, flows, lost_kwh, plants_of
from pvmap.planning.policy.plan_classes import Part, parts
from pvmap.settings.city import Settings
from pvmap.settings.scenarios import Scenario


class Valuation:
    """Plants of some sites of a city, valued in its scenarios.

    Parameters
    ----------
    appraisal
        Contract table, n sites, appraised with hours.
    footprint_area_m2
        (n,) whole polygons. [m2]
    classes
        (n,) class of plants.
    prices
        What prices of the whole city rest on.
    settings
        Scenarios, taxes, target.
    """

    def __init__(
        self,
        appraisal: pd.DataFrame,
        footprint_area_m2: np.ndarray,
        classes: np.ndarray,
        prices: CityPrices,
        settings: Settings,
    ) -> None:
        self._settings, self._plan = settings, settings.planning.economics
        self._classes, self._prices = classes, prices
        costs = plant_costs(appraisal, footprint_area_m2, settings)
        self._plants = plants_of(costs, amounts_of(appraisal), is_person(appraisal, self._plan), settings)
        self._built = appraisal["capacity_kwp"].to_numpy(float) > 0
        self._own = {one.name: self._on_own_account(one) for one in settings.scenarios}

    def _on_own_account(self, scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
        present, rate = (np.full(len(self._built), np.nan) for _ in range(2))
        rows = np.flatnonzero(self._built)
        present[rows], rate[rows] = self._valued(self._plants.rows(rows), self._terms(scenario, self._classes[rows]))
        return present, rate

    def columns(self) -> dict[str, np.ndarray]:
        """Columns of the appraisal: present value, rate of return, whether it reaches the target, per scenario."""
        out = {}
        for name, (present, rate) in self._own.items():
            out[f"npv_cny_{name}"], out[f"irr_{name}"] = present, rate
            out[f"at_target_irr_{name}"] = rate >= self._plan.target_irr
        return out

    def sums(self, district: np.ndarray, mwac: np.ndarray, part_built: np.ndarray) -> pd.DataFrame | None:
        """Sum classes by district, with the amounts and costs of all their plants together.

        Parameters
        ----------
        district
            (n,) of the sites.
        mwac
            (n,) practical potential. [MW]
        part_built
            (n,) practical over technical potential: what amounts are multiplied by. [1]

        Returns
        -------
        pandas.DataFrame or None
            By the columns of ``KEY``, for ``scenario_table.table_of``; None where nothing is built.
        """
        keys: list[tuple[str, str, str]] = []
        held: dict[str, list[np.ndarray]] = {}
        for part in parts(self._classes, self._plants.person, self._settings):
            there = self._built[part.rows] & (mwac[part.rows] > 0)
            if not there.any():
                continue
            some = part._replace(rows=part.rows[there], person=part.person[there])
            codes, names = pd.factorize(district[some.rows])
            for one in self._settings.scenarios:
                cells = self._cells(one, some, mwac[some.rows] * some.share, part_built[some.rows] * some.share)
                keys += [(one.name, name, some.cls) for name in names]
                for name, values in cells.items():
                    held.setdefault(name, []).append(np.bincount(codes, values, len(names)))
        if not keys:
            return None
        sums = {name: np.concatenate(values) for name, values in held.items()}
        return pd.DataFrame(sums, index=pd.MultiIndex.from_tuples(keys, names=KEY))

    def _cells(self, scenario: Scenario, part: Part, weight: np.ndarray, built: np.ndarray) -> dict[str, np.ndarray]:
        """Give what each plant of a class adds: `weight` of capacity [MW], `built` of its amounts."""
        rows = part.rows
        plants = self._plants.rows(rows)._replace(person=part.person)
        classes = np.full(len(rows), part.cls, object)
        terms = self._terms(scenario, classes)
        own = bool((self._classes[rows] == part.cls).all() and (part.person == self._plants.person[rows]).all())
        known = tuple(values[rows] for values in self._own[scenario.name])
        present, rate = known if own else self._valued(plants, terms)
        if_every = self._terms(scenario, classes, every=True)
        same = np.array_equal(terms.share, if_every.share)  # nothing else of them hangs on who may bid
        hoped = rate if same else self._valued(plants, if_every)[1]
        return {
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
            "person": part.person.astype(float) * weight,
        }

    def _terms(self, scenario: Scenario, classes: np.ndarray, *, every: bool = False) -> Terms:
        return scenario_terms(scenario, classes, self._prices, self._settings, every=every)

    def _valued(self, plants: Plants, terms: Terms) -> tuple[np.ndarray, np.ndarray]:
        of = flows(plants, terms, self._plan)
        return returns.npv(of, self._plan.discount_rate), returns.irr(of, self._plan.discount_rate)
