"""What a row of cash flows comes to: present value, rate of return, payback, and the price that just pays."""

from __future__ import annotations

import numpy as np
import numpy_financial as npf

from pvmap.planning.money.cash import accounts
from pvmap.planning.money.economics import Costs
from pvmap.planning.money.owner_loops import just_paying, powers_of, rates_of
from pvmap.settings.money import EconomicsSettings

LOWEST, HIGHEST, STEPS = -0.6, 3.0, 73  # rates of return that are looked for [1/yr], and into how many steps they fall


def npv(flows: np.ndarray, discount_rate: float) -> np.ndarray:
    """Net present value of (years + 1, n) flows, (n,) [CNY].

    ``numpy_financial.npv`` takes one plant at a time; its ``pv`` gives the present value of one yuan of each year,
    which weighs the flows of all plants at once.
    """
    return _weights(discount_rate, len(flows)) @ flows


def _weights(rate: float, n_years: int) -> np.ndarray:
    return npf.pv(rate, np.arange(n_years), 0.0, -1.0)


def irr(flows: np.ndarray, discount_rate: float) -> np.ndarray:
    """Find the internal rate of return of many plants at once.

    Parameters
    ----------
    flows
        (years + 1, n): an investment, then returns. [CNY]
    discount_rate
        Rate at which the plants are judged. [1/yr]

    Returns
    -------
    numpy.ndarray
        (n,); NaN where the returns have no positive sum, there is no investment, or the rate lies below -60 %; one
        above 300 % is given as that, since what pays must not go without a rate. [1/yr]

    Notes
    -----
    Flows that turn negative again (a replacement) may have several rates. Taken is the one next to `discount_rate` on
    the side that the sign of the present value there says, so that NPV >= 0 and IRR >= rate are one statement.
    Elsewhere equal to ``numpy_financial.irr``, which takes a plant at a time.
    """
    found, rates = np.empty(flows.shape[1]), np.linspace(discount_rate, (HIGHEST, LOWEST), STEPS, axis=1)
    n_years = len(flows)
    rates_of(found, np.array(flows, float), np.ascontiguousarray(rates), powers_of(rates, n_years), np.empty(n_years))
    return found


def required_share(
    costs: Costs, revenue_cny: np.ndarray, settings: EconomicsSettings, person: np.ndarray | None = None
) -> np.ndarray:
    """Share of its revenue, the same in every year, at which a plant just earns the discount rate.

    Parameters
    ----------
    costs, revenue_cny, settings, person
        As in `cash.cash_flows`.

    Returns
    -------
    numpy.ndarray
        (n,); above one where the plant does not pay, NaN where there is no revenue. [1]
    """
    earns = revenue_cny.sum(axis=0) > 0.0
    none, owner = np.zeros_like(revenue_cny), (costs, settings, person)
    share = share_that_pays(none[0], earns.astype(float), none, revenue_cny, settings.discount_rate, *owner)
    return np.where(earns, share, np.nan)


def share_that_pays(
    low: np.ndarray,
    high: np.ndarray,
    fixed_cny: np.ndarray,
    varying_cny: np.ndarray,
    rate: float,
    costs: Costs,
    settings: EconomicsSettings,
    person: np.ndarray | None = None,
) -> np.ndarray:
    """Share of what varies in their revenue at which plants just earn a rate of return.

    Parameters
    ----------
    low, high
        (n,) shares between which it is sought; above `high` where that is not enough, and not at all where they are
        one. [1]
    fixed_cny, varying_cny
        (life, n) revenue that is earned anyway, and that of which a share is. [CNY]
    rate
        Of return. [1/yr]
    costs, settings, person
        As in `cash.cash_flows`.

    Returns
    -------
    numpy.ndarray
        (n,). [1]
    """
    found, life = high.copy(), len(fixed_cny)
    just_paying(low, found, fixed_cny, varying_cny, _weights(rate, life + 1), *accounts(costs, life, settings, person))
    return found


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
