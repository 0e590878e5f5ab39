"""Yearly sunlit fraction of roofs against exact shadows: polygons of the same boxes cast on the roofs' planes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pvlib
import shapely
from towns import Town, as_surfaces, blocks

from pvmap.directions import N_AZ, N_EL
from pvmap.shade.rings import Boxes
from pvmap.shade.skyline import shade_surfaces


def sun_of_twelve_days() -> tuple[np.ndarray, np.ndarray]:
    """Azimuth and elevation at every daylight hour of the fifteenth of each month at 32 N [deg]."""
    hours = pd.date_range("2023-01-01 00:30", periods=8760, freq="h", tz="Etc/GMT-8")
    sun = pvlib.solarposition.get_solarposition(hours[hours.day == 15], 32.0, 119.5)
    up = sun["apparent_elevation"].to_numpy() > 2
    return sun["azimuth"].to_numpy()[up], sun["apparent_elevation"].to_numpy()[up]


def lit_shares(town: Town, roofs: np.ndarray, azimuth: float, elevation: float) -> np.ndarray:
    """Share of each roof outside all shadows: convex footprints, so a shadow is the hull of foot and shifted top."""
    lit = np.ones(len(roofs))
    away = -np.array([np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))]) / np.tan(np.radians(elevation))
    corners = shapely.get_coordinates(town.polygons).reshape(len(town.polygons), -1, 2)
    for level in np.unique(town.height_m[roofs]):
        here = np.flatnonzero(town.height_m[roofs] == level)
        higher = np.flatnonzero(town.height_m > level)
        shift = (town.height_m[higher] - level)[:, None, None] * away
        shadows = shapely.convex_hull(
            shapely.multipoints(np.concatenate([corners[higher], corners[higher] + shift], axis=1))
        )
        planes = town.polygons[roofs[here]]
        roof, shadow = shapely.STRtree(shadows).query(planes, predicate="intersects")
        parts = pd.Series(shapely.intersection(planes[roof], shadows[shadow])).groupby(roof).agg(shapely.union_all)
        lit[here[parts.index]] -= shapely.area(parts.to_numpy()) / shapely.area(planes[parts.index])
    return lit


def test_yearly_sunlit_fraction_of_200_roofs():
    town = blocks(300, 390.0, 0.05)
    low = np.flatnonzero(town.height_m <= 18)
    roofs = np.random.default_rng(1).choice(low, 200, replace=False)
    azimuth, elevation = sun_of_twelve_days()
    exact = np.array([lit_shares(town, roofs, a, e) for a, e in zip(azimuth, elevation, strict=True)])
    buildings = Boxes.of(town.polygons, town.height_m, 0.0, town.names)
    sunlit = shade_surfaces(as_surfaces(town).iloc[roofs], buildings).sunlit
    a, e = azimuth / (360 / N_AZ) - 0.5, elevation / (90 / (N_EL - 1))
    k, j = np.floor(a).astype(int), e.astype(int)
    found = np.zeros_like(exact)
    for p, share_a in ((0, 1 - (a - k)), (1, a - k)):
        for q, share_e in ((0, 1 - (e - j)), (1, e - j)):
            found += (share_a * share_e)[:, None] * sunlit[:, (k + p) % N_AZ, j + q].T
    beam = np.sin(np.radians(elevation))
    error = abs(np.average(found, axis=0, weights=beam) - np.average(exact, axis=0, weights=beam))
    print(f"sunlit fraction: mean error {error.mean():.4f}, 95th percentile {np.quantile(error, 0.95):.4f}")
    assert np.average(exact, axis=0, weights=beam).mean() < 0.95  # there is something to find
    assert error.mean() < 0.004
    assert np.quantile(error, 0.95) < 0.01
