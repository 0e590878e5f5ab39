"""Cost of electricity and the owner's account, as arrays over plants.

Constant prices, flows at the end of each year, the investment at time zero. The levelised cost is before income tax
and includes VAT, so that it compares with prices that include VAT; net present value and rate of return are after VAT
on revenue and income tax (MODEL.md, Money).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy_financial as npf

from pvmap.settings.energy import EnergySettings
from pvmap.settings.money import EconomicsSettings


@dataclass(frozen=True)
class Costs:
    """Costs of n plants, each an (n,) array."""

    capex_cny: np.ndarray
    opex_cny_per_year: np.ndarray
    replacement_cny: np.ndarray
    salvage_cny: np.ndarray


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
    (C0 + sum((O + R_t) q^t) - S q^N) / (E0 sum(d_t q^t)) with q = 1 / (1 + r): PARAMETERS.md F.
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
        (n,) DC capacity. [kW]
    steps
        Pairs (from this capacity [kW], factor), ascending.
    """
    bounds = np.array([s[0] for s in steps])
    factors = np.array([s[1] for s in steps])
    return factors[np.clip(np.searchsorted(bounds, capacity_kwp, side="right") - 1, 0, None)]


def cash_flows(costs: Costs, revenue_cny: np.ndarray, settings: EconomicsSettings) -> np.ndarray:
    """Owner's cash flows after VAT on revenue and income tax.

    Parameters
    ----------
    costs
        Costs of n plants.
    revenue_cny
        (life, n) revenue of each year, VAT included. [CNY]
    settings
        Taxes, depreciation, year of replacement.

    Returns
    -------
    numpy.ndarray
        (life + 1, n), row 0 is the investment. [CNY]

    Notes
    -----
    A year's loss pays no tax and is not carried forward, which understates the return a little. The replacement of the
    inverter is an expense of its year; what salvage brings beyond book value is not taxed.
    """
    life = revenue_cny.shape[0]
    year = np.arange(1, life + 1)[:, None]
    capex = costs.capex_cny * (1.0 - settings.input_vat_share)
    expense = costs.opex_cny_per_year + costs.replacement_cny * (year == settings.inverter_year)
    before_tax = revenue_cny / (1.0 + settings.vat_rate) - expense
    depreciation = capex * ((1.0 - settings.depreciation_residual) / settings.depreciation_years)
    taxable = before_tax - depreciation * (year <= settings.depreciation_years)
    rate = np.full((life, 1), settings.income_tax_rate)
    if settings.tax_holiday:
        rate[:3], rate[3:6] = 0.0, settings.income_tax_rate / 2.0
    flows = np.empty((life + 1, *before_tax.shape[1:]))
    flows[0] = -capex
    flows[1:] = before_tax - rate * np.maximum(taxable, 0.0)
    flows[-1] += costs.salvage_cny
    return flows


def npv(flows: np.ndarray, discount_rate: float) -> np.ndarray:
    """Net present value of (years + 1, n) flows, (n,) [CNY].

    ``numpy_financial.npv`` takes one plant at a time; its ``pv`` gives the present value of one yuan of each year,
    which weighs the flows of all plants at once.
    """
    return npf.pv(discount_rate, np.arange(len(flows)), 0.0, -1.0) @ flows


def irr(flows: np.ndarray, *, tolerance: float = 1e-13, iterations: int = 200) -> np.ndarray:
    """Find the internal rate of return of many plants at once.

    Parameters
    ----------
    flows
        (years + 1, n): an investment, then returns. [CNY]

    Returns
    -------
    numpy.ndarray
        (n,); NaN where the returns have no positive sum or there is no investment. [1/yr]

    Notes
    -----
    Equal to ``numpy_financial.irr``, which finds all roots of one polynomial and so takes a plant at a time. In
    x = 1 / (1 + r) the present value is a polynomial that, for non-negative returns, rises and is convex: Newton's
    steps from any x with a positive value descend to the root and never cross it. A year with a negative return (a
    replacement) leaves this true in practice; plants where it fails are handed to ``numpy_financial.irr``.
    """
    flows = np.asarray(flows, float)
    out = np.full(flows.shape[1], np.nan)
    sound = np.flatnonzero((flows[0] < 0) & (flows[1:].sum(axis=0) > 0))
    if sound.size == 0:
        return out
    scaled = flows[:, sound] / -flows[0, sound]
    x = np.ones(sound.size)
    while (low := _present(scaled, x)[0] <= 0).any():  # a return below zero: start further out
        x[low] *= 2.0
    for _ in range(iterations):
        value, slope = _present(scaled, x)
        step = value / slope
        x -= step
        if np.all(np.abs(step) <= tolerance * x):
            break
    rate = 1.0 / x - 1.0
    value, _ = _present(scaled, x)
    for i in np.flatnonzero(~(np.abs(value) < 1e-9)):
        rate[i] = npf.irr(scaled[:, i])
    out[sound] = rate
    return out


def _present(flows: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Value and slope of sum(flows[t] x^t) by Horner's rule."""
    value, slope = np.zeros_like(x), np.zeros_like(x)
    for row in flows[::-1]:
        slope *= x
        slope += value
        value *= x
        value += row
    return value, slope


def payback_years(flows: np.ndarray) -> np.ndarray:
    """Years until the undiscounted flows have returned the investment, the last year in proportion.

    Parameters
    ----------
    flows
        (years + 1, n). [CNY]

    Returns
    -------
    numpy.ndarray
        (n,); NaN where it never happens. [yr]
    """
    total = np.cumsum(flows, axis=0)
    reached = (total >= 0) & (np.arange(total.shape[0])[:, None] > 0)
    year = np.argmax(reached, axis=0)
    columns = np.arange(flows.shape[1])
    before = total[np.maximum(year - 1, 0), columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        years = year - 1 - before / flows[year, columns]
    return np.where(reached.any(axis=0) & (flows[0] < 0), years, np.nan)
