"""Quantiles of energy that errs in several ways at once: heights, uses, and everything that errs as a normal number."""

from __future__ import annotations

import math

import numpy as np

from pvmap.compiled import njit

CLOSE = 1e-11  # of the largest value: a quantile is as good as found
FARTHEST = 8.5  # standard deviations: what lies beyond is lost in rounding
ROOT_HALF, PEAK = math.sqrt(0.5), 1.0 / math.sqrt(2.0 * math.pi)


def mixed_quantiles(
    points: np.ndarray, chance: np.ndarray, ratio: np.ndarray, ratio_chance: np.ndarray, sigma: np.ndarray, below: float
) -> np.ndarray:
    """Value that the product of three independent factors stays below with a given chance.

    Parameters
    ----------
    points : (n, p) array
        Values of the first factor.
    chance : (p,) array
        Their chances.
    ratio, ratio_chance : (n, u) arrays
        Values of the second and their chances.
    sigma : (n,) array
        Standard deviation of the third, normal around 1.
    below
        Chance, above 0 and below 1.

    Returns
    -------
    numpy.ndarray
        (n,), at least 0.
    """
    out = np.empty(len(points))
    _solve(
        np.ascontiguousarray(points, float),
        np.ascontiguousarray(chance, float),
        np.ascontiguousarray(ratio, float),
        np.ascontiguousarray(ratio_chance, float),
        np.maximum(np.asarray(sigma, float), 1e-9),
        float(below),
        out,
    )
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _share_below(value, points, chance, ratio, ratio_chance, sigma):
    """Chance that the product stays below a value, and its density there."""
    share, density = 0.0, 0.0
    for u in range(ratio.size):
        if ratio_chance[u] > 0.0:
            for j in range(chance.size):
                middle, likely = points[j] * ratio[u], chance[j] * ratio_chance[u]
                z = (value / middle - 1.0) / sigma if middle > 0.0 else np.inf
                if z > FARTHEST:
                    share += likely
                elif z > -FARTHEST:
                    share += likely * 0.5 * math.erfc(-z * ROOT_HALF)
                    density += likely * math.exp(-0.5 * z * z) * PEAK / (middle * sigma)
    return share, density


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(points, chance, ratio, ratio_chance, sigma, below, out):
    """Narrow the interval that holds each quantile: by Newton's step, or to its middle where that does not halve it."""
    for i in range(out.size):
        high = points[i].max() * ratio[i].max() * (1.0 + 6.0 * sigma[i])
        close, low, value, last = CLOSE * high, 0.0, 0.5 * high, high
        while high - low > close:
            share, density = _share_below(value, points[i], chance, ratio[i], ratio_chance[i], sigma[i])
            if share < below:
                low = value
            else:
                high = value
            step = (below - share) / density if density > 0.0 else np.inf
            if not low <= value + step <= high or abs(step) > 0.5 * last:
                last = 0.5 * (high - low)
                value = low + last
                continue
            value, last = value + step, abs(step)
            if last <= close:
                break
        out[i] = value
