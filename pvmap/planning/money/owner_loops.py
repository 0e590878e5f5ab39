"""Compiled loops over plants: a year's tax hangs on the years before it, and a root is sought for each plant alone."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from pvmap.compiled import inner

TOLERANCE = 1e-12
ITERATIONS = 100


class Law(NamedTuple):
    """What the tax office takes of a company.

    Attributes
    ----------
    vat_share
        Of a price that includes VAT. [1]
    input_vat_share
        Of the investment, a credit. [1]
    surcharge
        On the VAT that is paid. [1]
    depreciation
        Of what the investment comes to without that credit, in a year. [1/yr]
    depreciation_years
        Number of these.
    inverter_year
        In which inverters are replaced, counted from 1.
    """

    vat_share: float
    input_vat_share: float
    surcharge: float
    depreciation: float
    depreciation_years: int
    inverter_year: int


@inner
def _set_off(income, losses, year):
    """Give the taxable part of a year's income, and note its loss in the place of one that is too old now."""
    taxable, n = max(income, 0.0), losses.size
    if taxable > 0.0:
        for age in range(n):  # the oldest first
            open_loss = losses[(year + age) % n]
            if open_loss > 0.0:
                used = min(open_loss, taxable)
                losses[(year + age) % n] = open_loss - used
                taxable -= used
    if n:
        losses[year % n] = max(-income, 0.0)
    return taxable


@inner
def _owe(flows, capex, opex, replacement, salvage, person, law, tax_rate, losses):
    """Make an owner's flows of the revenue of each year, which stands in ``flows[1:]``."""
    flows[0] = -capex
    credit = capex * law.input_vat_share
    depreciation = (capex - credit) * law.depreciation
    for age in range(losses.size):
        losses[age] = 0.0
    for year in range(1, flows.size):
        revenue = flows[year]
        bought = replacement if year == law.inverter_year else 0.0
        flow = revenue - opex - bought
        if not person:
            output_vat = revenue * law.vat_share
            credit += bought * law.vat_share
            vat = max(output_vat - credit, 0.0)
            credit = max(credit - output_vat, 0.0)
            surcharge = vat * law.surcharge
            income = revenue - output_vat - opex - bought * (1.0 - law.vat_share) - surcharge
            if year <= law.depreciation_years:
                income -= depreciation
            flow -= vat + surcharge + tax_rate[year - 1] * _set_off(income, losses, year)
        flows[year] = flow
    flows[-1] += salvage


@inner
def owe_all(flows, costs, person, law, tax_rate, losses, one):
    """Make the flows of owners of their revenue, ``flows[1:]``.

    Parameters
    ----------
    flows
        (life + 1, n), overwritten.
    costs
        (4, n): investment, yearly cost, replacement, salvage.
    person
        (n,) whether the owner pays neither VAT nor income tax.
    law, tax_rate
        What others pay; tax on the income of each year, (life,).
    losses, one
        Places to work in: as many as years that a loss is carried, and (life + 1,).
    """
    for k in range(flows.shape[1]):
        for year in range(1, one.size):
            one[year] = flows[year, k]
        _owe(one, costs[0, k], costs[1, k], costs[2, k], costs[3, k], person[k], law, tax_rate, losses)
        for year in range(one.size):
            flows[year, k] = one[year]


@inner
def _crossing(low, f_low, high, f_high):
    """Where the line through two values is zero."""
    return high - f_high * (high - low) / (f_high - f_low)


@inner
def _closed_in(low, f_low, high, f_high, inner_, f):
    """Both ends after a look between them: the one that stays has its value halved, so that both close in."""
    if (f > 0.0) == (f_high > 0.0):
        return low, f_low / 2.0, inner_, f
    return high, f_high, inner_, f


@inner
def _is_found(low, high, f):
    return f == 0.0 or abs(high - low) <= TOLERANCE * max(abs(high), 1.0)


@inner
def _present_of(share, k, fixed, varying, weights, costs, person, law, tax_rate, losses, one):
    """Present value of the flows of plant k, by its investment, where `share` of what varies is earned."""
    for year in range(1, one.size):
        one[year] = fixed[year - 1, k] + share * varying[year - 1, k]
    _owe(one, costs[0, k], costs[1, k], costs[2, k], costs[3, k], person[k], law, tax_rate, losses)
    present = 0.0
    for year in range(one.size):
        present += weights[year] * one[year]
    return present / max(costs[0, k], 1.0)


@inner
def just_paying(low, high, fixed, varying, weights, costs, person, law, tax_rate, losses, one):
    """Find the share of what varies at which a plant's flows have no present value, into `high`.

    Parameters
    ----------
    low, high
        (n,) shares between which it is sought; where both are the same, nothing is. Above `high` it is sought where
        that is not enough.
    fixed, varying
        (life, n) revenue that is earned anyway, and that of which a share is.
    weights
        (life + 1,) present value of one of each year.
    costs, person, law, tax_rate, losses, one
        As in `owe_all`.
    """
    for k in range(high.size):
        if low[k] == high[k]:
            continue
        at_low = _present_of(low[k], k, fixed, varying, weights, costs, person, law, tax_rate, losses, one)
        at_high = _present_of(high[k], k, fixed, varying, weights, costs, person, law, tax_rate, losses, one)
        for _ in range(ITERATIONS):
            if not at_high < 0.0:
                break
            high[k] *= 2.0
            at_high = _present_of(high[k], k, fixed, varying, weights, costs, person, law, tax_rate, losses, one)
        if at_low == 0.0:
            high[k] = low[k]
            continue
        left, f_left, right, f_right = low[k], at_low, high[k], at_high
        for _ in range(ITERATIONS):
            if _is_found(left, right, f_right):
                break
            share = _crossing(left, f_left, right, f_right)
            f = _present_of(share, k, fixed, varying, weights, costs, person, law, tax_rate, losses, one)
            left, f_left, right, f_right = _closed_in(left, f_left, right, f_right, share, f)
            if not math.isfinite(share):
                break
        high[k] = right


@inner
def _root_between(flows, low, f_low, high, f_high):
    """Find the discount, one over one and the rate, between two at which flows have no present value.

    Newton's method from where the line between the two is zero; where it leads out of what is left of the two, this is
    halved. Flows that are returns alone make it close in from one side, at twice as many digits a step.
    """
    discount = _crossing(low, f_low, high, f_high)
    for _ in range(ITERATIONS):
        value, slope = 0.0, 0.0
        for year in range(flows.size - 1, -1, -1):
            slope = slope * discount + value
            value = value * discount + flows[year]
        step = value / slope
        if abs(step) <= TOLERANCE * discount:
            return discount - step
        if (value > 0.0) == (f_high > 0.0):
            high = discount
        else:
            low = discount
        discount -= step
        if not min(low, high) < discount < max(low, high):
            discount = (low + high) / 2.0
    return discount


@inner
def _nearest_root(flows, rates, powers):
    """First rate along `rates` at which the present value of flows changes its sign; NaN where it never does."""
    before = 0.0
    for step in range(rates.size):
        present = 0.0
        for year in range(flows.size):
            present += powers[step, year] * flows[year]
        if step > 0 and (present >= 0.0) != (before >= 0.0):
            if before == 0.0:
                return rates[step - 1]
            near, far = rates[step - 1], rates[step]
            found = 1.0 / _root_between(flows, 1.0 / (1.0 + near), before, 1.0 / (1.0 + far), present) - 1.0
            return min(max(found, min(near, far)), max(near, far))  # never beyond an end, by rounding alone
        before = present
    return math.nan


@inner
def rates_of(found, flows, rates, powers, one):
    """Find the rate of return of each plant next to the rate at which it is judged.

    Parameters
    ----------
    found
        (n,) is filled; NaN where there is none. [1/yr]
    flows
        (life + 1, n). [CNY]
    rates
        (2, steps) that are looked at in turn: by plants that pay at the first of them, and by others.
    powers
        (2, steps, life + 1) present value at these rates of one of each year.
    one
        A place to work in, (life + 1,).
    """
    for k in range(found.size):
        invested, returned, present = -flows[0, k], 0.0, 0.0
        found[k] = math.nan
        for year in range(1, one.size):
            returned += flows[year, k]
        if not (invested > 0.0 and returned > 0.0):
            continue
        for year in range(one.size):
            one[year] = flows[year, k] / invested
            present += powers[0, 0, year] * one[year]
        side = 0 if present >= 0.0 else 1
        found[k] = _nearest_root(one, rates[side], powers[side])
        if side == 0 and math.isnan(found[k]):
            found[k] = rates[0, -1]


def powers_of(rates: np.ndarray, n_years: int) -> np.ndarray:
    """Present value at rates of any shape of one of each year, the year last."""
    return (1.0 + rates[..., None]) ** -np.arange(n_years)
