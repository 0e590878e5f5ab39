"""What a plant costs and what its electricity costs, as arrays over plants.

Constant prices, the investment at time zero, yearly costs at the end of each year. The levelised cost is before income
tax and includes VAT: a figure to compare technologies by. Whether a plant pays is the account's to say (``cash.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pvmap.settings.energy import EnergySettings
from pvmap.settings.money import EconomicsSettings


@dataclass(frozen=True)
class Costs:
    """Costs of n plants, VAT included, each an (n,) array."""

    capex_cny: np.ndarray
    opex_cny_per_year: np.ndarray
    replacement_cny: np.ndarray
    salvage_cny: np.ndarray

    def rows(self, which: slice | np.ndarray) -> Costs:
        """Costs of some of the plants."""
        return Costs(**{name: values[which] for name, values in vars(self).items()})


def output_factors(energy: EnergySettings, life_years: int | None = None) -> np.ndarray:
    """Output of year t over the output as new: f - k (t - 1), never below zero.

    Parameters
    ----------
    energy
        First-year factor f, degradation k, life.
    life_years
        Years, by default the life.

    Returns
    -------
    numpy.ndarray
        (life_years,). [1]
    """
    years = np.arange(life_years or energy.life_years)
    return np.maximum(energy.first_year_factor - energy.degradation_per_year * years, 0.0)


def discount_factors(life_years: int, discount_rate: float) -> np.ndarray:
    """Present value of one yuan at the end of years 1 to `life_years`, (life_years,) [1]."""
    return (1.0 + discount_rate) ** -np.arange(1.0, life_years + 1.0)


def lcoe(costs: Costs, energy_year0_kwh: np.ndarray, output: np.ndarray, settings: EconomicsSettings) -> np.ndarray:
    """Levelised cost of electricity, before tax.

    Parameters
    ----------
    costs
        Costs of n plants.
    energy_year0_kwh
        (n,) yearly energy as new. [kWh]
    output
        (life,) output of each year over that as new (``output_factors``). [1]
    settings
        Discount rate and year of replacement.

    Returns
    -------
    numpy.ndarray
        (n,); NaN where there is no energy. [CNY/kWh]

    Notes
    -----
    (C0 + sum((O + R_t) q^t) - S q^N) / (E0 sum(d_t q^t)) with q = 1 / (1 + r).
    """
    discount = discount_factors(len(output), settings.discount_rate)
    present = costs.capex_cny + costs.opex_cny_per_year * discount.sum()
    if settings.inverter_year <= len(output):
        present = present + costs.replacement_cny * discount[settings.inverter_year - 1]
    present = present - costs.salvage_cny * discount[-1]
    energy = np.asarray(energy_year0_kwh, float) * (output @ discount)
    return np.divide(present, energy, out=np.full(np.shape(energy), np.nan), where=energy > 0)


def size_factor(capacity_kwp: np.ndarray, steps: tuple[tuple[float, float], ...]) -> np.ndarray:
    """Factor on investment by size: the last step whose capacity is reached.

    Parameters
    ----------
    capacity_kwp
        (n,) DC capacity. [kWp]
    steps
        Pairs (from this capacity [kWp], factor), ascending.
    """
    bounds = np.array([s[0] for s in steps])
    factors = np.array([s[1] for s in steps])
    return factors[np.clip(np.searchsorted(bounds, capacity_kwp, side="right") - 1, 0, None)]
