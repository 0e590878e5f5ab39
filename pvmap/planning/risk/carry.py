"""From draws of some roofs to the spread of all: a quick measure for every roof, quantile regression on the sample.

Step by step: the energy of the drawn roofs is explained by what neighbours hide of sky and sun under the same heights
(known of all roofs). That tells for every roof a mean and a spread over its draws; how the true energy lies around them
is learned by quantile regression from the drawn roofs. What the method does to a city whose truth is known, a draw
observed anew, is taken out again: the factor on losses, and the level whose interval covers what it should.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.planning.risk.height_model import Floats
from pvmap.tables import HEIGHT_SETS

LEVELS = np.array([0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95])
DRAWN = [number for number in HEIGHT_SETS if number]
STEPS = 60  # of the regression
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


def hidden_loss(sky: Floats, sun: Floats, factors: Floats) -> Floats:
    """Loss as the quick measure tells it, from 0 to 1."""
    return np.clip(_terms(sky, sun) @ factors, 0.0, 1.0)


def carry(draws: pd.DataFrame, every: bool = False) -> Spread:
    """Carry the draws of a sample to all roofs of one world.

    Parameters
    ----------
    draws
        Rows of the contract table "draws" of one world, in any order; those with a weight were drawn.
    every
        All roofs were drawn: their own draws tell mean and spread.

    Returns
    -------
    Spread
        In the order of the rows.
    """
    sample = draws[draws["weight"].to_numpy(float) > 0]
    if every:
        return _own(draws, sample)
    factors = fit_factors(sample)
    middle, about = _covariates(draws, factors)
    drawn, about_drawn = _covariates(sample, factors)
    weight = np.repeat(sample["weight"].to_numpy(float), len(DRAWN))
    off = (_columns(sample, "share", DRAWN) - drawn[:, None]).ravel()
    repeated = np.repeat(about_drawn, len(DRAWN), axis=0)
    mean = middle + about @ least_squares(repeated, off, weight)
    lines = np.stack([quantile_regression(repeated, off, weight, level) for level in LEVELS], axis=1)
    return Spread(np.clip(mean, 0.0, None), np.clip(np.sort(middle[:, None] + about @ lines, axis=1), 0.0, None))


def _own(draws: pd.DataFrame, sample: pd.DataFrame) -> Spread:
    """Spread of roofs that were all drawn: each draw is told from the roof's other draws, so the truth is told alike."""
    share = _columns(sample, "share", DRAWN)
    told = [_own_covariates(np.delete(share, k, axis=1)) for k in range(len(DRAWN))]
    off = np.concatenate([share[:, k] - middle for k, (middle, _) in enumerate(told)])
    about, weight = np.concatenate([one for _, one in told]), np.ones(share.size)
    lines = np.stack([quantile_regression(about, off, weight, level) for level in LEVELS], axis=1)
    every = _columns(draws, "share", DRAWN)
    every = np.where(np.isfinite(every), every, _columns(draws, "share", [0]))
    middle, own = _own_covariates(every)
    return Spread(middle, np.clip(np.sort(middle[:, None] + own @ lines, axis=1), 0.0, None))


def _own_covariates(share: Floats) -> tuple[Floats, Floats]:
    mean, spread = share.mean(axis=1), share.std(axis=1, ddof=1)
    loss = np.maximum(1.0 - mean, 0.0)
    columns = [spread, loss, loss**2, share.min(axis=1) - mean, share.max(axis=1) - mean, np.sqrt(loss * spread)]
    return mean, np.stack(columns, axis=1)


def fit_factors(sample: pd.DataFrame) -> Floats:
    """Find how much energy the drawn roofs lose for what neighbours hide, by least squares, (5,)."""
    terms = _terms(_columns(sample, "sky", DRAWN), _columns(sample, "sun", DRAWN))
    lost = 1.0 - _columns(sample, "share", DRAWN)
    weight = np.repeat(sample["weight"].to_numpy(float), len(DRAWN))
    return least_squares(terms.reshape(-1, terms.shape[-1]), lost.ravel(), weight)


def _covariates(draws: pd.DataFrame, factors: Floats) -> tuple[Floats, Floats]:
    """Mean share over the draws by the quick measure, and what the truth may depend on around it, (n, 6)."""
    sets = [0, *DRAWN]
    share = 1.0 - hidden_loss(_columns(draws, "sky", sets), _columns(draws, "sun", sets), factors)
    mean, spread = share[:, 1:].mean(axis=1), share[:, 1:].std(axis=1, ddof=1)
    missed = draws["share_0"].to_numpy(float) - share[:, 0]  # by the quick measure, under the heights as observed
    loss = 1.0 - mean
    columns = [loss, loss**2, spread, missed, np.abs(missed), np.sqrt(loss * spread)]
    return mean, np.stack(columns, axis=1)


def _terms(sky: Floats, sun: Floats) -> Floats:
    return np.stack([sky, sun, sky**2, sun**2, sky * sun], axis=-1)


def _columns(draws: pd.DataFrame, name: str, sets: list[int]) -> Floats:
    return draws[[f"{name}_{number}" for number in sets]].to_numpy(float)


def least_squares(about: Floats, values: Floats, weight: Floats) -> Floats:
    """Weighted least squares without a constant, (k,): where neighbours hide nothing nothing is lost."""
    root = np.sqrt(weight)
    return np.linalg.lstsq(about * root[:, None], values * root, rcond=None)[0]


def quantile_regression(about: Floats, values: Floats, weight: Floats, level: float) -> Floats:
    """Linear quantile regression without a constant by reweighted least squares.

    Parameters
    ----------
    about : (n, k) array
        What the quantile depends on.
    values, weight : (n,) arrays
        Observations and how much each counts.
    level
        Share of the observations that lie below.

    Returns
    -------
    numpy.ndarray
        (k,) factors that minimise the sum of ``weight * |residual| * (level or 1 - level)`` [koenker1978]_.

    References
    ----------
    .. [koenker1978] R. Koenker and G. Bassett, Regression quantiles, Econometrica 46 (1978), 33-50,
       doi:10.2307/1913643.
    """
    factors = least_squares(about, values, weight)
    for _ in range(STEPS):
        off = values - about @ factors
        pull = weight * np.where(off > 0, level, 1.0 - level) / np.maximum(np.abs(off), LEAST_RESIDUAL)
        normal = (about * pull[:, None]).T @ about
        normal += 1e-9 * max(float(np.trace(normal)), 1e-12) / len(normal) * np.eye(len(normal))
        factors = np.linalg.solve(normal, (about * pull[:, None]).T @ values)
    return factors
