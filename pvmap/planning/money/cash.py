"""The owner's cash flows, year by year: a company with its VAT and income tax, a natural person without.

One flow per kind of owner; present value, rate of return, payback, required price and parity all come from it
(``returns.py``), so they cannot contradict each other.
"""

from __future__ import annotations

import numpy as np

from pvmap.planning.money.economics import Costs
from pvmap.planning.money.owner_loops import Law, owe_all
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

    Notes
    -----
    The input VAT of the investment is a credit that output VAT uses up, year by year; that of the replacement joins it.
    Yearly costs carry no credit. Income is revenue net of VAT, less costs, depreciation and surcharge; a loss is set
    off against the income of the next years, the oldest first. What salvage brings beyond book value is not taxed.
    """
    life, n = revenue_cny.shape
    flows = np.empty((life + 1, n))
    flows[1:] = revenue_cny
    owe_all(flows, *accounts(costs, life, settings, person))
    return flows


def accounts(
    costs: Costs, life: int, settings: EconomicsSettings, person: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, Law, np.ndarray, np.ndarray, np.ndarray]:
    """Give what ``owner_loops.owe_all`` is told of owners beside their flows, in its order; as in `cash_flows`."""
    law = Law(
        settings.vat_rate / (1.0 + settings.vat_rate),
        settings.input_vat_share,
        settings.vat_surcharge,
        (1.0 - settings.depreciation_residual) / settings.depreciation_years,
        settings.depreciation_years,
        settings.inverter_year,
    )
    tax_rate = np.full(life, settings.income_tax_rate)
    if settings.tax_holiday:
        tax_rate[:3], tax_rate[3:6] = 0.0, settings.income_tax_rate / 2.0
    owed = np.stack([costs.capex_cny, costs.opex_cny_per_year, costs.replacement_cny, costs.salvage_cny])
    nobody = np.zeros(owed.shape[1], bool)
    return (
        owed,
        nobody if person is None else nobody | person,
        law,
        tax_rate,
        np.empty(settings.loss_carry_years),
        np.empty(life + 1),
    )
