"""The owner's cash flows, year by year: a company with its VAT and income tax, a natural person without.

One flow per kind of owner; present value, rate of return, payback, required price and parity all come from it
(``returns.py``), so they cannot contradict each other.
"""

from __future__ import annotations

import numpy as np

from pvmap.planning.money.economics import Costs
from pvmap.settings.money import EconomicsSettings


def cash_flows(
    costs: Costs, revenue_cny: np.ndarray, settings: EconomicsSettings, person: np.ndarray | None = None
) -> np.ndarray:
    """Owner's cash flows after all taxes.

    Parameters
    ----------
    costs
        Costs of n plants, VAT included.
    revenue_cny
        (life, n) revenue of each year, VAT included. [CNY]
    settings
        Taxes, depreciation, year of replacement.
    person
        (n,) whether the owner is a natural person, who pays neither VAT nor income tax; by default nobody is.

    Returns
    -------
    numpy.ndarray
        (life + 1, n), row 0 is the investment. [CNY]
    """
    flows = np.empty((len(revenue_cny) + 1, revenue_cny.shape[1]))
    flows[0] = -costs.capex_cny
    replacement = costs.replacement_cny * _in_year(settings.inverter_year, len(revenue_cny))
    flows[1:] = revenue_cny - costs.opex_cny_per_year - replacement
    person = np.zeros(revenue_cny.shape[1], bool) if person is None else np.asarray(person, bool)
    if not person.all():
        flows[1:] -= np.where(person, 0.0, _taxes(costs, revenue_cny, settings))
    flows[-1] += costs.salvage_cny
    return flows


def _taxes(costs: Costs, revenue_cny: np.ndarray, settings: EconomicsSettings) -> np.ndarray:
    """VAT, surcharge and income tax that a company pays in each year, (life, n) [CNY].

    Notes
    -----
    The input VAT of the investment is a credit that output VAT uses up, year by year; that of the replacement joins it.
    Yearly costs carry no credit. Income is revenue net of VAT, less costs, depreciation and surcharge; a loss is set
    off against the income of the next years, the oldest first. What salvage brings beyond book value is not taxed.
    """
    life = len(revenue_cny)
    share = settings.vat_rate / (1.0 + settings.vat_rate)  # of a price that includes it
    credit = costs.capex_cny * settings.input_vat_share
    depreciation = (costs.capex_cny - credit) * (1.0 - settings.depreciation_residual) / settings.depreciation_years
    rate = np.full(life, settings.income_tax_rate)
    if settings.tax_holiday:
        rate[:3], rate[3:6] = 0.0, settings.income_tax_rate / 2.0
    losses = _Losses(settings.loss_carry_years)
    paid = np.empty(revenue_cny.shape)
    for year in range(life):
        replacement = costs.replacement_cny if year + 1 == settings.inverter_year else 0.0
        output_vat = revenue_cny[year] * share
        credit = credit + replacement * share
        vat = np.maximum(output_vat - credit, 0.0)
        credit = np.maximum(credit - output_vat, 0.0)
        surcharge = vat * settings.vat_surcharge
        income = revenue_cny[year] - output_vat - costs.opex_cny_per_year - replacement * (1.0 - share) - surcharge
        if year < settings.depreciation_years:
            income = income - depreciation
        paid[year] = vat + surcharge + rate[year] * losses.set_off(income)
    return paid


def _in_year(number: int, life: int) -> np.ndarray:
    """One in the year of this number, counted from 1, else zero: (life, 1)."""
    return (np.arange(1, life + 1) == number).astype(float)[:, None]


class _Losses:
    """Losses of the last few years that income may still be set off against, the oldest first."""

    def __init__(self, years: int):
        self._years = years
        self._open: list[np.ndarray] = []

    def set_off(self, income: np.ndarray) -> np.ndarray:
        """Taxable part of a year's income, (n,); a loss joins those carried, one that is too old is gone."""
        taxable = np.maximum(income, 0.0)
        for loss in self._open:
            used = np.minimum(loss, taxable)
            loss -= used
            taxable -= used
        of_this_year = np.maximum(-income, 0.0)
        if self._years and (self._open or of_this_year.any()):
            self._open = [*self._open, of_this_year][-self._years :]
        return taxable
