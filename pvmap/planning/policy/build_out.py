"""What is built in which year: a linear programme over districts, classes and tranches of cost, solved by HiGHS.

Powers are MW AC. A variable is what one tranche builds in one year; every limit is a row "some tranches, some years, at
most so much". Targets may be missed: what cannot be built is `short`, at a price far above any plant, so there is
always a plan, and the price of each limit says what it costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from pvmap.errors import TableError

SHORT_CNY_PER_MW = 100e6  # price of a megawatt that is missing: well above any plant's
TIE = 1e-6  # of the dearest tranche a rank: equal costs are built in the order given, so that runs repeat
PRICELESS = 1.0  # CNY/MW: a price below it is the solver's, or that of a tie
LimitKind = Literal["potential", "pace", "hosting"]


class Tranche(NamedTuple):
    """Potential of one district and class at one cost.

    Attributes
    ----------
    district, cls
        Where, and which class of plants.
    potential_mw
        What can be built in all years together.
    cost_cny_per_mw
        (Y,) cost of a megawatt built in each year, not discounted; less than nothing where it earns.
    """

    district: str
    cls: str
    potential_mw: float
    cost_cny_per_mw: np.ndarray


class Limit(NamedTuple):
    """At most `mw` of these tranches built in these years.

    Attributes
    ----------
    kind
        What limits.
    tranches, years
        Positions; every pair of them counts.
    mw
        The limit.
    growth
        With it the limit is `mw` + (1 + growth) times what the same tranches built the year before.
    """

    kind: LimitKind
    tranches: np.ndarray
    years: np.ndarray
    mw: float
    growth: float | None = None


class Goal(NamedTuple):
    """A target: these tranches have built at least `mw` by the end of this year (position)."""

    tranches: np.ndarray
    year: int
    mw: float


@dataclass(frozen=True)
class Solution:
    """A plan.

    Attributes
    ----------
    built_mw
        (tranches, years).
    short_mw
        (goals,) what is missing.
    limit_price, goal_price
        (limits,), (goals,) what a megawatt more of it saves, or a megawatt more of a goal costs, 0 or more. [CNY/MW]
    objective_cny
        Discounted cost, and the price of what is missing.
    """

    built_mw: np.ndarray
    short_mw: np.ndarray
    limit_price: np.ndarray
    goal_price: np.ndarray
    objective_cny: float


def solve(
    tranches: Sequence[Tranche], limits: Sequence[Limit], goals: Sequence[Goal], discount: np.ndarray
) -> Solution:
    """Find the plan of least discounted cost.

    Parameters
    ----------
    tranches
        In the order in which ties are decided.
    limits, goals
        Each over some of them.
    discount
        (Y,) value of one yuan of each year. [1]

    Returns
    -------
    Solution

    Raises
    ------
    TableError
        The solver gave up; by the form of the programme it cannot be infeasible or unbounded.
    """
    n_years, n = len(discount), len(tranches)
    n_built, n_short = n * n_years, len(goals)
    price = np.array([one.cost_cny_per_mw * discount for one in tranches]).reshape(n, n_years)
    ranked = price + TIE * np.abs(price).max(initial=1.0) * np.arange(n)[:, None] / max(n, 1)
    cost = np.concatenate([ranked.ravel(), np.full(n_short, SHORT_CNY_PER_MW)])
    potential = [
        Limit("potential", np.array([i]), np.arange(n_years), one.potential_mw) for i, one in enumerate(tranches)
    ]
    every = [*potential, *limits]
    rows = vstack([_rows(every, n, n_years, n_short), -_goal_rows(goals, n, n_years)], format="csr")
    bound = np.array([one.mw for one in every] + [-goal.mw for goal in goals], float)
    scale = 1e6  # CNY to millions: what the solver's tolerances are made for
    found = linprog(cost / scale, A_ub=rows, b_ub=bound, bounds=(0, None), method="highs")
    if found.status != 0:
        raise TableError(f"build-out: the solver gave up ({found.message}); report this with the city file.")
    built, short = np.maximum(found.x[:n_built], 0.0).reshape(n, n_years), np.maximum(found.x[n_built:], 0.0)
    prices = np.maximum(-found.ineqlin.marginals * scale, 0.0)
    objective = float((built * price).sum() + short.sum() * SHORT_CNY_PER_MW)
    return Solution(built, short, prices[: len(every)], prices[len(every) :], objective)


def _rows(limits: Sequence[Limit], n: int, n_years: int, n_short: int) -> csr_array:
    """Left sides of the limits, (limits, variables)."""
    row, column, value = [], [], []
    for number, one in enumerate(limits):
        at = (one.tranches[:, None] * n_years + one.years).ravel()
        row.append(np.full(len(at), number))
        column.append(at)
        value.append(np.ones(len(at)))
        if one.growth is not None:
            before = (one.tranches[:, None] * n_years + one.years - 1).ravel()
            row.append(np.full(len(before), number))
            column.append(before)
            value.append(np.full(len(before), -(1.0 + one.growth)))
    where = (np.concatenate(row), np.concatenate(column)) if row else (np.empty(0, int), np.empty(0, int))
    data = np.concatenate(value) if value else np.empty(0)
    return csr_array((data, where), shape=(len(limits), n * n_years + n_short))


def _goal_rows(goals: Sequence[Goal], n: int, n_years: int) -> csr_array:
    """Left sides of the goals, (goals, variables): what is built by then, and what is short."""
    row, column = [], []
    for number, goal in enumerate(goals):
        at = (goal.tranches[:, None] * n_years + np.arange(goal.year + 1)).ravel()
        row += [np.full(len(at) + 1, number)]
        column += [np.append(at, n * n_years + number)]
    where = (np.concatenate(row), np.concatenate(column)) if row else (np.empty(0, int), np.empty(0, int))
    return csr_array((np.ones(len(where[0])), where), shape=(len(goals), n * n_years + len(goals)))


NOT_BOUND = "none"


class Binding(NamedTuple):
    """What keeps tranches from building more: the kind of limit with the highest price, and that price.

    Attributes
    ----------
    kind
        (tranches, years) potential, pace, hosting or none.
    price
        (tranches, years). [CNY/MW]
    """

    kind: np.ndarray
    price: np.ndarray

    def of(self, tranches: np.ndarray, year: int) -> tuple[str, float]:
        """Kind and price of what binds some tranches together in a year.

        Nothing does as long as one of them is free: a cheap one that is used up is not the end of its class. Of those
        that bind, a limit that can be lifted comes before potential, and of these what binds the dearest plants.
        """
        price, kind = self.price[tranches, year], self.kind[tranches, year]
        if not len(price):
            return "potential", 0.0
        if price.min() <= 0:
            return NOT_BOUND, 0.0
        liftable = kind != "potential"
        at = np.flatnonzero(liftable) if liftable.any() else np.arange(len(price))
        least = at[price[at].argmin()]
        return str(kind[least]), float(price[least])


def binding(solution: Solution, tranches: Sequence[Tranche], limits: Sequence[Limit], n_years: int) -> Binding:
    """Find what binds each tranche in each year.

    Parameters
    ----------
    solution
        From `solve`.
    tranches, limits
        As `solve` took them, in its order.
    n_years
        Years of the plan.
    """
    n = len(tranches)
    own = np.where(solution.limit_price[:n] > PRICELESS, solution.limit_price[:n], 0.0)
    price = np.repeat(own[:, None], n_years, axis=1)
    kind = np.where(price > 0, "potential", NOT_BOUND).astype(object)
    for number, one in enumerate(limits, start=n):
        worth = float(solution.limit_price[number])
        if worth > PRICELESS:
            at = np.ix_(one.tranches, one.years)
            higher = price[at] < worth
            price[at], kind[at] = np.where(higher, worth, price[at]), np.where(higher, one.kind, kind[at])
    return Binding(kind, price)
