"""Where the made-up sites stand, and their shapes."""

from __future__ import annotations

import numpy as np
import shapely


def places(rng, n, total, window):
    """Nine tenths of the roofs in towns of very unequal size, the rest anywhere."""
    x0, y0, x1, y1 = window
    towns = rng.uniform((x0 + 4e3, y0 + 4e3), (x1 - 4e3, y1 - 4e3), (70, 2))
    weight = 1 / np.arange(1, 71) ** 0.8
    weight /= weight.sum()
    of = rng.choice(70, total, p=weight)
    spread = 600 + 5200 * np.sqrt(weight[of])
    x, y = (towns[of, k] + rng.normal(0, 1, total) * spread for k in (0, 1))
    anywhere = rng.random(total) < 0.1
    anywhere[n:] = True
    x = np.where(anywhere, rng.uniform(x0, x1, total), x).clip(x0, x1)
    y = np.where(anywhere, rng.uniform(y0, y1, total), y).clip(y0, y1)
    # Buildings stand side by side: a fine raster with a little play keeps them from piling up.
    return np.round(x / 14) * 14 + rng.uniform(-2, 2, total), np.round(y / 14) * 14 + rng.uniform(-2, 2, total)


def _turned(corners, angle, x, y):
    """Turn local corners (site, corner, 2) by an angle and move them to their places."""
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    xy = np.stack(
        [
            corners[..., 0] * c - corners[..., 1] * s + x[:, None],
            corners[..., 0] * s + corners[..., 1] * c + y[:, None],
        ],
        -1,
    )
    return np.round(xy, 2)


def roofs(rng, x, y):
    """Rectangles and, every third, L shapes."""
    n = len(x)
    wide, deep = rng.lognormal(2.35, 0.45, n), rng.lognormal(2.1, 0.4, n)
    wide = np.where(rng.random(n) < 0.02, wide * 5, wide)
    one = np.ones(n)
    box = np.stack(
        [
            np.stack([sx * wide / 2, sy * deep / 2], -1)
            for sx, sy in ((-one, -one), (one, -one), (one, one), (-one, one))
        ],
        1,
    )
    cut = rng.uniform(0.3, 0.6, n)
    ell = np.stack(
        [
            np.stack(p, -1)
            for p in (
                (-wide / 2, -deep / 2),
                (wide / 2, -deep / 2),
                (wide / 2, -deep / 2 + deep * cut),
                (-wide / 2 + wide * cut, -deep / 2 + deep * cut),
                (-wide / 2 + wide * cut, deep / 2),
                (-wide / 2, deep / 2),
            )
        ],
        1,
    )
    angle = rng.normal(0, 0.15, n)
    shapes = np.empty(n, object)
    is_ell = rng.random(n) < 0.33
    shapes[~is_ell] = shapely.polygons(_turned(box[~is_ell], angle[~is_ell], x[~is_ell], y[~is_ell]))
    shapes[is_ell] = shapely.polygons(_turned(ell[is_ell], angle[is_ell], x[is_ell], y[is_ell]))
    if n > 10:  # a courtyard: a hole must stay a hole
        outer = shapely.box(x[10] - 30, y[10] - 30, x[10] + 30, y[10] + 30)
        shapes[10] = shapely.difference(outer, shapely.box(x[10] - 12, y[10] - 12, x[10] + 12, y[10] + 12))
    return shapes


def ponds(rng, x, y):
    half = rng.lognormal(4.0, 0.5, len(x))
    return shapely.box(x - half, y - half * 0.7, x + half, y + half * 0.7)


def mines(rng, x, y):
    """Irregular rings; the first is larger than a tile and must be cut."""
    angle = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    shapes = np.empty(len(x), object)
    for i in range(len(x)):
        radius = rng.lognormal(5.6, 0.4) * (1 + 0.2 * np.sin(3 * angle + rng.uniform(0, 6))) * (22 if i == 0 else 1)
        shapes[i] = shapely.polygons(np.stack([x[i] + radius * np.cos(angle), y[i] + radius * np.sin(angle)], -1))
    return shapes


def districts(x, y, window):
    """Six upright strips of the window."""
    x0, y0, x1, y1 = window
    edges = np.linspace(x0 - 6000, x1 + 6000, 7)
    at = np.clip(np.searchsorted(edges, x) - 1, 0, 5)
    return at, [shapely.box(edges[i], y0 - 6000, edges[i + 1], y1 + 6000) for i in range(6)]
