"""Quantiles of energy that errs in several ways at once: heights, uses, and everything that errs as a normal number."""

from __future__ import annotations

import math

import numpy as np

from pvmap.compiled import njit

HALVINGS = 32


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
def _solve(points, chance, ratio, ratio_chance, sigma, below, out):
    """Halve the interval that holds each quantile."""
    for i in range(out.size):
        low, high = 0.0, points[i].max() * ratio[i].max() * (1.0 + 6.0 * sigma[i])
        for _ in range(HALVINGS):
            middle, share = (low + high) / 2, 0.0
            for j in range(chance.size):
                for u in range(ratio.shape[1]):
                    if ratio_chance[i, u] > 0.0:
                        value = points[i, j] * ratio[i, u]
                        z = (middle / value - 1.0) / sigma[i] if value > 0.0 else np.inf
                        share += chance[j] * ratio_chance[i, u] * 0.5 * math.erfc(-z / math.sqrt(2.0))
            if share < below:
                low = middle
            else:
                high = middle
        out[i] = (low + high) / 2
