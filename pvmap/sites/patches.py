"""Connected pieces of what masks and rules left of a site: size and width are asked of each, never of their sum."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from pvmap.sites.ledger import Ledger
from pvmap.sites.masks import polygonal

HECTARE_M2 = 10_000.0
TOLERANCE_M = 0.05  # of the circle that is fitted into a piece


class Patches(NamedTuple):
    """Pieces of ground or water, (m,) each: position of their site, polygon."""

    site: np.ndarray
    polygon: np.ndarray

    @classmethod
    def of(cls, rest: np.ndarray, sites: np.ndarray) -> Patches:
        """Take the ground that is left of some sites, `rest` (n,) of all, apart into its connected pieces."""
        polygons, owner = shapely.get_parts(polygonal(rest[sites]), return_index=True)
        return cls(sites[owner], polygons)

    @property
    def area_m2(self) -> np.ndarray:
        """Plan area of each."""
        return shapely.area(self.polygon)

    def take(self, rows: np.ndarray) -> Patches:
        """Keep some of them."""
        return Patches(self.site[rows], self.polygon[rows])

    def keep(self, passes: np.ndarray, reason: str, clause: str, ledger: Ledger | None = None) -> Patches:
        """Keep those that pass, and book the others."""
        if ledger is not None:
            ledger.add(reason, clause, self.site[~passes], self.area_m2[~passes])
        return self.take(passes)

    def whole_sites(self) -> tuple[np.ndarray, np.ndarray]:
        """Join the pieces of each site: positions of the sites that have any, and their ground as one geometry."""
        order = np.argsort(self.site, kind="stable")
        sites, first = np.unique(self.site[order], return_index=True)
        groups = np.split(self.polygon[order], first[1:]) if len(sites) else []
        return sites, np.array([g[0] if len(g) == 1 else shapely.union_all(g) for g in groups], object)


def large_enough(patches: Patches, least_ha: float) -> np.ndarray:
    """Whether each piece has at least the least size; the least itself is enough."""
    return patches.area_m2 >= least_ha * HECTARE_M2


def wide_enough(patches: Patches, width_m: float) -> np.ndarray:
    """Whether a circle of this width fits into each piece, to 0.1 m.

    An inward buffer answers for most; it collapses a little early, so the narrow ones are measured.
    """
    radius = width_m / 2.0
    fits = ~shapely.is_empty(shapely.buffer(patches.polygon, -radius, quad_segs=4))
    doubtful = np.flatnonzero(~fits & (patches.area_m2 >= np.pi * (radius - TOLERANCE_M) ** 2))
    circle = shapely.maximum_inscribed_circle(patches.polygon[doubtful], tolerance=TOLERANCE_M)
    fits[doubtful] = shapely.length(circle) + TOLERANCE_M >= radius
    return fits
