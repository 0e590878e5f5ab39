"""From draws of some roofs to the spread of all: a quick measure for every roof, quantile regression on the sample.

Step by step: the energy of the drawn roofs is explained by what neighbours hide of sky and sun under the same heights
(known of all roofs). That tells for every roof a mean and a spread over its draws; how the true energy lies around them
is learned by quantile regression from the drawn roofs. A city whose truth is known, a draw observed anew, then says
how wide intervals must be to cover what they should.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.compiled import njit
from pvmap.planning.risk.height_model import Floats
from pvmap.tables.vocabulary import HEIGHT_SETS

LEVELS = np.array([0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95])
DRAWN = [number for number in HEIGHT_SETS if number]
STEPS = 60  # of the regression
FEWEST = 12  # drawn roofs from which anything is learned
WIDTHS = (0.5, 2.0)  # the self-test is believed within these
GROUPS = 3  # of tested roofs by their loss, each with a width of its own
COVERED = 0.8  # share of tested roofs that lie between the levels of 10 and 90 % once intervals have their width
LOW, MIDDLE, HIGH = 1, 3, 5  # those levels, and the median
ROUNDS = 10  # until widths of groups agree with each other
LEAST_RESIDUAL = 1e-4  # of what a roof gives without neighbours: closer counts as met


class Spread(NamedTuple):
    """How the energy of n roofs may lie, in shares of what they give without neighbours.

    Attributes
    ----------
    mean : (n,) array
        Expected share.
    quantile : (n, level) array
        Shares that the truth stays below with the chances `LEVELS`.
    """

    mean: Floats
    quantile: Floats


class Carried(NamedTuple):
    """What the drawn roofs tell of all.

    Attributes
    ----------
    factors : (5,) array
        From what neighbours hide to the loss.
    mean : (6,) array
        From the covariates of a roof to its mean, beside what the quick measure says.
    lines : (6, level) array
        To its quantiles.
    own
        All roofs were drawn, and `mean` and `lines` go with their own draws.
    width_at, width : (group,) arrays
        Expected losses, and how much wider than `lines` say intervals must be there.
    """

    factors: Floats
    mean: Floats
    lines: Floats
    own: bool
    width_at: Floats
    width: Floats


def fit(sample: pd.DataFrame, *, own: bool = False) -> Carried | None:
    """Learn from the drawn roofs, and from the self-test how wide intervals must be.

    Parameters
    ----------
    sample
        Rows of the contract table "draws" with a weight, of all worlds.
    own
        All roofs were drawn.

    Returns
    -------
    Carried or None
        None where too few were drawn to tell anything.
    """
    tested, sample = sample[sample["world"] > 0], sample[sample["world"] == 0]
    if len(sample) < FEWEST:
        return None
    factors = fit_factors(sample)
    about, off, weight = (_left_out if own else _around)(sample, factors)
    lines = quantile_regression(about, off, weight, LEVELS)
    mean = least_squares(about, off, weight * _per_draw(sample["free_kwh"].to_numpy(float), own))  # sums must be right
    carried = Carried(factors, mean, lines, own, np.zeros(1), np.ones(1))
    width_at, width = _widths(tested, carried)
    return carried._replace(width_at=width_at, width=width)


def spread(draws: pd.DataFrame, carried: Carried) -> Spread:
    """Tell how the energy of roofs may lie.

    Parameters
    ----------
    draws
        Rows of the contract table "draws", n roofs.
    carried
        From `fit`.
    """
    middle, about = _covariates(draws, carried.factors)
    if carried.own:
        share = _columns(draws, "share", DRAWN)
        mean, about = _own_covariates(np.where(np.isfinite(share), share, middle[:, None]))
        middle = mean
    quantile = np.sort(middle[:, None] + about @ carried.lines, axis=1)
    mean = middle if carried.own else middle + about @ carried.mean
    median = quantile[:, [MIDDLE]]
    quantile = median + np.interp(1.0 - mean, carried.width_at, carried.width)[:, None] * (quantile - median)
    return Spread(np.maximum(mean, 0.0), np.maximum(quantile, 0.0))


def _widths(tested: pd.DataFrame, carried: Carried) -> tuple[Floats, Floats]:
    """Find expected losses, and the width that lets intervals cover what they should of tested roofs that lose so much.

    In the self-test a draw is the truth: it was observed anew, heights were drawn again, and what all that tells of a
    roof stands beside its energy in truth. Groups of roofs with too few to tell anything keep the width they have.
    """
    told, true = spread(tested, carried), tested["true_share"].to_numpy(float)
    off = true - told.quantile[:, MIDDLE]
    half = np.abs(told.quantile[np.arange(len(off)), np.where(off < 0, LOW, HIGH)] - told.quantile[:, MIDDLE])
    needed = np.maximum(np.abs(off) - LEAST_RESIDUAL, 0.0) / np.maximum(half, 1e-9)
    weight, loss = tested["weight"].to_numpy(float), 1.0 - told.mean
    order = np.argsort(loss, kind="stable")
    rank = (np.cumsum(weight[order]) - weight[order] / 2) / max(float(weight.sum()), 1e-9)
    groups = [order[(rank * GROUPS).astype(int) == group] for group in range(GROUPS)]
    groups = [rows for rows in groups if len(rows) >= FEWEST]
    if not groups:
        return np.zeros(1), np.ones(1)
    at = np.array([_quantile(loss[rows], weight[rows], 0.5) for rows in groups])
    width = np.ones(len(groups))
    for _ in range(ROUNDS):  # what is found at one loss reaches over to the next
        left = needed / np.interp(loss, at, width)
        short = np.array([_quantile(left[rows], weight[rows], COVERED) for rows in groups])
        width = np.clip(width * short, *WIDTHS)
    return at, width


def _quantile(values: Floats, weight: Floats, level: float) -> float:
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weight[order]) / weight.sum()
    return float(values[order[np.searchsorted(below, level)]])


def _around(sample: pd.DataFrame, factors: Floats) -> tuple[Floats, Floats, Floats]:
    """Covariates, distance and weight of each draw from what the quick measure says of its roof."""
    middle, about = _covariates(sample, factors)
    off = _columns(sample, "share", DRAWN) - middle[:, None]
    weight = _per_draw(sample["weight"].to_numpy(float), own=False)
    return np.repeat(about, len(DRAWN), axis=0), off.ravel(), weight


def _per_draw(values: Floats, own: bool) -> Floats:
    """Lay values of roofs out as `_left_out` (own) or `_around` lay their draws out."""
    return np.tile(values, len(DRAWN)) if own else np.repeat(values, len(DRAWN))


def _left_out(sample: pd.DataFrame, factors: Floats) -> tuple[Floats, Floats, Floats]:
    """Covariates, distance and weight of each draw from the roof's other draws, as the truth lies from all of them.

    Draws come in opposite pairs, so both of a pair are left out at a time.
    """
    share = _columns(sample, "share", DRAWN)
    about, off = [], []
    for first in range(0, len(DRAWN), 2):
        pair = [first, first + 1]
        mean, covariates = _own_covariates(np.delete(share, pair, axis=1))
        about += [covariates, covariates]
        off += [share[:, one] - mean for one in pair]
    weight = _per_draw(sample["weight"].to_numpy(float), own=True)
    return np.concatenate(about), np.concatenate(off), weight


def _own_covariates(share: Floats) -> tuple[Floats, Floats]:
    mean, scatter = share.mean(axis=1), share.std(axis=1, ddof=1)
    loss = np.maximum(1.0 - mean, 0.0)
    return mean, np.stack([scatter, loss, loss**2, np.sqrt(loss * scatter), scatter**2, loss * scatter], axis=1)


def terms(sky: Floats, sun: Floats) -> Floats:
    """Give the terms of the quick measure of loss, (..., 5), for shares of sky and sun that neighbours hide."""
    return np.stack([sky, sun, sky**2, sun**2, sky * sun], axis=-1)


def fit_factors(sample: pd.DataFrame) -> Floats:
    """Find how much energy the drawn roofs lose for what neighbours hide, by least squares, (5,)."""
    hidden = terms(_columns(sample, "sky", DRAWN), _columns(sample, "sun", DRAWN))
    lost = 1.0 - _columns(sample, "share", DRAWN)
    weight = np.repeat(sample["weight"].to_numpy(float), len(DRAWN))
    return least_squares(hidden.reshape(-1, hidden.shape[-1]), lost.ravel(), weight)


def _covariates(draws: pd.DataFrame, factors: Floats) -> tuple[Floats, Floats]:
    """Mean share over the draws by the quick measure, and what the truth may depend on around it, (n, 6)."""
    sets = [0, *DRAWN]
    hidden = terms(_columns(draws, "sky", sets), _columns(draws, "sun", sets))
    share = 1.0 - np.clip(hidden @ factors, 0.0, 1.0)
    mean, scatter = share[:, 1:].mean(axis=1), share[:, 1:].std(axis=1, ddof=1)
    missed = draws["share_0"].to_numpy(float) - share[:, 0]  # by the quick measure, under the heights as observed
    loss = 1.0 - mean
    columns = [loss, loss**2, scatter, missed, np.abs(missed), np.sqrt(loss * scatter)]
    return mean, np.stack(columns, axis=1)


def _columns(draws: pd.DataFrame, name: str, sets: list[int]) -> Floats:
    return draws[[f"{name}_{number}" for number in sets]].to_numpy(float)


def least_squares(about: Floats, values: Floats, weight: Floats) -> Floats:
    """Weighted least squares without a constant, (k,): where neighbours hide nothing nothing is lost."""
    root = np.sqrt(weight)
    return np.asarray(np.linalg.lstsq(about * root[:, None], values * root, rcond=None)[0], np.float64)


def quantile_regression(about: Floats, values: Floats, weight: Floats, levels: Floats) -> Floats:
    """Linear quantile regression without a constant by reweighted least squares.

    Parameters
    ----------
    about : (n, k) array
        What the quantile depends on.
    values, weight : (n,) arrays
        Observations and how much each counts.
    levels : (level,) array
        Shares of the observations that lie below.

    Returns
    -------
    numpy.ndarray
        (k, level) factors that each minimise the sum of ``weight * |residual| * (level or 1 - level)`` [koenker1978]_.

    References
    ----------
    .. [koenker1978] R. Koenker and G. Bassett, Regression quantiles, Econometrica 46 (1978), 33-50,
       doi:10.2307/1913643.
    """
    k, n = about.shape[1], len(levels)
    factors = np.tile(least_squares(about, values, weight), (n, 1))
    columns, values, weight = (np.ascontiguousarray(one, float) for one in (about.T, values, weight))
    for _ in range(STEPS):
        normal, right = np.zeros((n, k, k)), np.zeros((n, k, 1))
        for number, level in enumerate(levels):
            _pull(columns, values, weight, factors[number], level, normal[number], right[number, :, 0])
        least = 1e-9 * np.maximum(np.trace(normal, axis1=1, axis2=2), 1e-12) / k
        factors = np.linalg.solve(normal + least[:, None, None] * np.eye(k), right)[:, :, 0]
    return np.ascontiguousarray(factors.T)


@njit(cache=True, nogil=True, error_model="numpy")
def _pull(columns, values, weight, factors, level, normal, right):
    """Sum up the normal equations, each observation weighted by how far on which side it lies."""
    k, at = factors.size, np.empty(factors.size)
    for i in range(values.size):
        off = values[i]
        for a in range(k):
            at[a] = columns[a, i]
            off -= at[a] * factors[a]
        pull = weight[i] * (level if off > 0 else 1.0 - level) / max(abs(off), LEAST_RESIDUAL)
        for a in range(k):
            pulled = pull * at[a]
            right[a] += pulled * values[i]
            for b in range(a + 1):
                normal[a, b] += pulled * at[b]
    for a in range(k):
        for b in range(a):
            normal[b, a] = normal[a, b]
