"""What a row of cash flows comes to: present value, rate of return, payback, and the price that just pays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy_financial as npf

from pvmap.planning.money.cash import cash_flows
from pvmap.planning.money.economics import Costs
from pvmap.settings.money import EconomicsSettings

LOWEST, HIGHEST, STEPS = -0.6, 3.0, 73  # rates of return that are looked for [1/yr], and into how many steps they fall
RATES_AT_ONCE = 8
PLANTS_AT_ONCE = 4096
TOLERANCE = 1e-12
ITERATIONS = 100
Value = Callable[[np.ndarray], np.ndarray]  # of some plants


def npv(flows: np.ndarray, discount_rate: float) -> np.ndarray:
    """Net present value of (years + 1, n) flows, (n,) [CNY].

    ``numpy_financial.npv`` takes one plant at a time; its ``pv`` gives the present value of one yuan of each year,
    which weighs the flows of all plants at once.
    """
    return npf.pv(discount_rate, np.arange(len(flows)), 0.0, -1.0) @ flows


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
    flows = np.asarray(flows, float)
    starts = range(0, flows.shape[1], PLANTS_AT_ONCE)
    found = [_irr(flows[:, start : start + PLANTS_AT_ONCE], discount_rate) for start in starts]
    return np.concatenate([np.zeros(0), *found])


def _irr(flows: np.ndarray, discount_rate: float) -> np.ndarray:
    """Rates of as many plants as a processor keeps at hand."""
    out = np.full(flows.shape[1], np.nan)
    sound = np.flatnonzero((flows[0] < 0) & (flows[1:].sum(axis=0) > 0))
    if sound.size == 0:
        return out
    scaled = _of(flows, sound) / -flows[0, sound]
    pays = npv(scaled, discount_rate) >= 0.0
    for end, mine in ((HIGHEST, pays), (LOWEST, ~pays)):
        rows = np.flatnonzero(mine)
        if rows.size:
            found = _nearest_root(_of(scaled, rows), np.linspace(discount_rate, end, STEPS))
            out[sound[rows]] = np.where(np.isnan(found) & pays[rows], HIGHEST, found)
    return out


def _nearest_root(flows: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """First rate along `rates` at which the present value changes its sign, (n,); NaN where it never does."""
    at, columns = _first_turn(flows, rates)
    out = np.full(flows.shape[1], np.nan)
    every, low, high = _of(flows, columns), rates[at - 1], rates[at]

    def present_of(rows: slice | np.ndarray) -> Value:
        some = every if isinstance(rows, slice) else _of(every, rows)

        def present(rate: np.ndarray) -> np.ndarray:
            value, discount = np.zeros_like(rate), 1.0 / (1.0 + rate)
            for flow in some[::-1]:
                value *= discount
                value += flow
            return value

        return present

    out[columns] = between(present_of, low, high)
    return out


def _first_turn(flows: np.ndarray, rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where along `rates` the present value first has another sign than at the start, and of which plants it has."""
    powers = (1.0 + rates[:, None]) ** -np.arange(len(flows))
    at, left = np.zeros(flows.shape[1], int), np.arange(flows.shape[1])
    began = powers[0] @ flows >= 0.0
    for start in range(1, len(rates), RATES_AT_ONCE):  # most plants earn about what is asked of them
        turned = (powers[start : start + RATES_AT_ONCE] @ flows >= 0.0) != began
        there = turned.any(axis=0)
        at[left[there]] = start + np.argmax(turned, axis=0)[there]
        open_ = np.flatnonzero(~there)
        if not open_.size:
            break
        flows, left, began = _of(flows, open_), left[open_], began[open_]
    columns = np.flatnonzero(at)
    return at[columns], columns


def _of(flows: np.ndarray, plants: np.ndarray) -> np.ndarray:
    """Flows of some plants, those of a year side by side in memory: an index would put those of a plant there."""
    return flows.take(plants, axis=1)


def between(value_of: Callable[[slice | np.ndarray], Value], low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Find where a function of each of n plants crosses zero between two arguments, (n,).

    Parameters
    ----------
    value_of
        Gives for some of the plants the function that takes and gives an array of them; of opposite sign, or zero, at
        `low` and `high`.
    low, high
        (n,) arguments, in either order.

    Notes
    -----
    False position with the Illinois rule: the end that stays has its value halved, so that both ends close in. Once
    most plants are found, only the others are looked at.
    """
    rows, value = np.arange(len(low)), value_of(slice(None))
    f_low, f_high = value(low), value(high)
    found = np.where(f_low == 0.0, low, high)
    open_ = (f_low != 0.0) & (f_high != 0.0)
    for _ in range(ITERATIONS):
        if not open_.any():
            break
        if 2 * np.count_nonzero(open_) < len(rows):
            rows, low, high, f_low, f_high = (values[open_] for values in (rows, low, high, f_low, f_high))
            value, open_ = value_of(rows), np.ones(len(rows), bool)
        with np.errstate(invalid="ignore", divide="ignore"):
            inner = high - f_high * (high - low) / (f_high - f_low)
        middle = np.where(open_, inner, found[rows])
        found[rows], f = middle, value(middle)
        crossed = np.sign(f) != np.sign(f_high)
        low, f_low = np.where(crossed, high, low), np.where(crossed, f_high, f_low / 2.0)
        high, f_high = middle, f
        open_ &= (f != 0.0) & (np.abs(high - low) > TOLERANCE * np.maximum(np.abs(high), 1.0))
        open_ &= np.isfinite(inner)
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
    out = np.full(revenue_cny.shape[1], np.nan)
    rows = np.flatnonzero(earns)
    if rows.size == 0:
        return out

    def present_of(some: slice | np.ndarray) -> Value:
        part, revenue = costs.rows(rows[some]), _of(revenue_cny, rows[some])
        owner = None if person is None else np.asarray(person, bool)[rows[some]]
        scale = np.maximum(part.capex_cny, 1.0)
        return lambda share: npv(cash_flows(part, revenue * share, settings, owner), settings.discount_rate) / scale

    high, short = np.ones(rows.size), np.arange(rows.size)
    for _ in range(ITERATIONS):
        short = short[present_of(short)(high[short]) < 0.0]
        if not short.size:
            break
        high[short] *= 2.0
    out[rows] = between(present_of, np.zeros(rows.size), high)
    return out


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
