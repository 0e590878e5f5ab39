"""What skylines leave of the light on tilted planes: sunlit table, sky-view factor, horizon band, usable points.

Per azimuth bin the sky above the skyline is integrated in closed form, so a plane costs additions and look-ups only:

    sky-view factor = sum over azimuth of  integral from e to 90 degrees of cos(angle to plane) cos(el) d(el)
                      divided by the same sum under an open sky (pi (1 + cos tilt) / 2)

where e is the higher of skyline, the plane's own extension and, behind rows, the top of the row in front.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pvmap.compiled import njit
from pvmap.directions import EL_STEP, HORIZON_BAND, N_AZ, N_EL, azimuths
from pvmap.shade.rings import Floats

_FINE = 2048  # entries of the arctangent table; error below 2e-7 rad
_U = np.arange(_FINE + 2) / _FINE
_ELEVATION = np.arctan2(_U, 1 - _U)  # elevation by u = tan / (1 + tan), which runs from 0 to 1
# heights up the slant at which the row in front is looked at, and their weights (Gauss-Legendre)
_NODE, _WEIGHT = np.polynomial.legendre.leggauss(4)
SLANT, SLANT_WEIGHT = (_NODE + 1) / 2, _WEIGHT / 2
N_SLANT = len(SLANT)
_CENTRE = np.radians(azimuths())


@dataclass(frozen=True)
class Planes:
    """Planes to look from, one entry a surface.

    Attributes
    ----------
    tilt, azimuth : arrays
        Of the modules; azimuth clockwise from north. [rad]
    pitch : array
        Row pitch over module length along the ground, 1 / gcr; infinite where there are no rows.
    slope : array
        Slope of the ground towards the azimuth of the modules, downhill positive. [rad]
    albedo : array
        Reflectance of the ground.
    """

    tilt: Floats
    azimuth: Floats
    pitch: Floats
    slope: Floats
    albedo: Floats

    @property
    def arrays(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """The fields in order, as compiled code takes them."""
        return self.tilt, self.azimuth, self.pitch, self.slope, self.albedo


@njit(cache=True, error_model="numpy", inline="always")
def elevation_of(t):
    """Arctangent of ``t`` >= 0, by table."""
    u = t / (1 + t) * _FINE
    i = int(u)
    return _ELEVATION[i] + (u - i) * (_ELEVATION[i + 1] - _ELEVATION[i])


@njit(cache=True, error_model="numpy", inline="always")
def sky_above(t, e, up, ahead):
    """Cosine-weighted sky above elevation ``e`` (tangent ``t``) in one azimuth, for a normal (ahead, up)."""
    c2 = 1 / (1 + t * t)
    return up * c2 / 2 + ahead * ((math.pi / 2 - e) / 2 - t * c2 / 2)


@njit(cache=True, error_model="numpy")
def _prepare(tilt, azimuth, pitch, slope, ahead, limit, open_sky, row_tan, row_sky, row_band):
    """Per azimuth: the plane's own horizon and open sky; per slant height too: the row in front. Returns rows."""
    up, out = math.cos(tilt), math.sin(tilt)
    rows = math.isfinite(pitch)
    for k in range(N_AZ):
        towards = math.cos(_CENTRE[k] - azimuth)
        ahead[k] = out * towards
        limit[k] = max(0.0, -ahead[k] / up) if up > 1e-9 else (0.0 if towards > 0 else 1e9)
        open_sky[k] = sky_above(limit[k], elevation_of(limit[k]), up, ahead[k])
        for q in range(N_SLANT if rows else 0):
            left = 1 - SLANT[q]
            rise = left * out - math.sin(slope) * pitch
            away = math.cos(slope) * pitch - left * up
            top = max(0.0, rise / away * towards) if away > 1e-9 else 0.0
            row_tan[q, k] = max(limit[k], top)
            row_sky[q, k] = sky_above(row_tan[q, k], elevation_of(row_tan[q, k]), up, ahead[k])
            row_band[q, k] = max(0.0, 1 - elevation_of(top) / HORIZON_BAND)
    return rows


@njit(cache=True, error_model="numpy")
def _view(tangent, elevation, up, ahead, limit, open_sky):
    """Cosine-weighted sky of one point, and its unblocked horizon band; neither is divided by the open one."""
    sky, band = 0.0, 0.0
    for k in range(N_AZ):
        sky += sky_above(tangent[k], elevation[k], up, ahead[k]) if tangent[k] > limit[k] else open_sky[k]
        if ahead[k] > 0:
            band += ahead[k] * max(0.0, 1 - elevation[k] / HORIZON_BAND)
    return sky, band


@njit(cache=True, error_model="numpy")
def _view_behind_rows(tangent, elevation, up, ahead, row_tan, row_sky, row_band):
    """Like `_view`, averaged up the slant, behind a row."""
    sky, band = 0.0, 0.0
    for k in range(N_AZ):
        above = sky_above(tangent[k], elevation[k], up, ahead[k]) if tangent[k] > 0 else 0.0
        free = max(0.0, 1 - elevation[k] / HORIZON_BAND)
        for q in range(N_SLANT):
            sky += SLANT_WEIGHT[q] * (above if tangent[k] > row_tan[q, k] else row_sky[q, k])
            if ahead[k] > 0:
                band += SLANT_WEIGHT[q] * ahead[k] * min(free, row_band[q, k])
    return sky, band


@njit(cache=True, error_model="numpy")
def _add_sunlit(elevation, n_points, table):
    """Add points that see the same to the table's steps: each node gets the lit share of the half bands beside it.

    A sharp step at nodes is wrong by up to half a band for every point; shared like this, the integral over elevation
    of the interpolated table is exact, whatever the skyline.
    """
    for k in range(N_AZ):
        x = elevation[k] / EL_STEP
        if x <= 0.5:
            j, lit = 0, 1 - 2 * x
        elif x >= N_EL - 1.5:
            j, lit = N_EL - 1, max(0.0, 2 * (N_EL - 1 - x))
        else:
            j = int(x + 0.5)
            lit = j + 0.5 - x
        table[k, j] += n_points * lit
        if j + 1 < N_EL:
            table[k, j + 1] += n_points * (1 - lit)


@njit(cache=True, error_model="numpy")
def _finish_sunlit(table, n_points, out):
    """Sum the steps up elevation: share of the points that see the sun."""
    for k in range(N_AZ):
        lit = 0.0
        for j in range(N_EL):
            lit += table[k, j]
            out[k, j] = min(1.0, lit / n_points)


@njit(cache=True, error_model="numpy")
def direct_above(sun, tilt, azimuth, above):
    """Yearly direct energy on the plane from each azimuth bin above each elevation node."""
    weight, vector = sun
    nx, ny, nz = math.sin(tilt) * math.sin(azimuth), math.sin(tilt) * math.cos(azimuth), math.cos(tilt)
    for k in range(N_AZ):
        above[k, N_EL - 1] = 0.0
        for j in range(N_EL - 2, -1, -1):
            w = weight[k, j]
            if w > 0:
                w *= max(0.0, nx * vector[k, j, 0] + ny * vector[k, j, 1] + nz * vector[k, j, 2])
            above[k, j] = above[k, j + 1] + w


@njit(cache=True, error_model="numpy")
def _direct(elevation, above):
    """Yearly direct energy on one point."""
    total = 0.0
    for k in range(N_AZ):
        x = elevation[k] / EL_STEP
        j = min(int(x), N_EL - 2)
        total += above[k, j] + (x - j) * (above[k, j + 1] - above[k, j])
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def surfaces_in_shade(
    first, last, start, planes, skyline, terrain, terrain_row, sun, sky, share, sunlit, factors, terrain_sunlit, poa
):
    """Reduce the skylines of all points to what each surface needs.

    Parameters
    ----------
    first, last : int
        Surfaces to look at, the last excluded.
    start : (surface + 1,) array
        First point of each surface.
    planes : tuple of arrays
        `Planes.arrays`.
    skyline : (point, N_AZ) float32 array
        Tangent of buildings and surface model, >= 0.
    terrain : (row, N_AZ) float32 array
        Tangent of terrain, >= 0; no rows: none.
    terrain_row : (point,) array
        Row of ``terrain`` each point looks at.
    sun : tuple of (N_AZ, N_EL - 1) and (N_AZ, N_EL - 1, 3) arrays
        Direct energy and mean direction per bin; see `skyline.SunWeights`. [kWh/m2]
    sky : tuple of float
        Isotropic and ground-reflected horizontal energy. [kWh/m2]
    share : float
        Share of the open sky's plane irradiance below which a point is not usable.
    sunlit : (surface, N_AZ, N_EL) float32 array
        Written: share of the usable points that see the sun.
    factors : (surface, 9) array
        Written: usable share; then sky-view factor and horizon-band share of everything, without rows, of terrain; then
        1 where terrain, and where what stands before it, hides anything from the points that count.
    terrain_sunlit : (surface or 0, N_AZ, N_EL) float32 array
        Written, where there is terrain: the table of terrain alone.
    poa : (point, 2) array
        Written: yearly plane irradiance without rows [kWh/m2] and its share of the open sky's.
    """
    has_terrain = terrain.shape[0] > 0
    widest = 0
    for s in range(first, last):
        widest = max(widest, start[s + 1] - start[s])
    ahead, limit, open_sky = np.empty(N_AZ), np.empty(N_AZ), np.empty(N_AZ)
    row_tan, row_sky, row_band = np.empty((N_SLANT, N_AZ)), np.empty((N_SLANT, N_AZ)), np.empty((N_SLANT, N_AZ))
    above, table, terrain_table = np.empty((N_AZ, N_EL)), np.empty((N_AZ, N_EL)), np.empty((N_AZ, N_EL))
    tangent, elevation = np.empty((widest, N_AZ)), np.empty((widest, N_AZ))
    views, bands = np.empty(widest), np.empty(widest)
    far, far_tangent = np.zeros(N_AZ), np.zeros(N_AZ)
    for s in range(first, last):
        tilt, azimuth, albedo = planes[0][s], planes[1][s], planes[4][s]
        rows = _prepare(tilt, azimuth, planes[2][s], planes[3][s], ahead, limit, open_sky, row_tan, row_sky, row_band)
        up = math.cos(tilt)
        direct_above(sun, tilt, azimuth, above)
        open_total, open_band, open_direct = 0.0, 0.0, 0.0
        for k in range(N_AZ):
            open_total += open_sky[k]
            open_band += max(0.0, ahead[k])
            open_direct += above[k, 0]
        iso = sky[0] * (1 + up) / 2
        reflected = sky[1] * albedo * (1 - up) / 2
        open_poa = open_direct + iso + reflected
        p0, n = start[s], start[s + 1] - start[s]
        n_usable = 0
        for i in range(n):
            for k in range(N_AZ):
                t = float(skyline[p0 + i, k])
                if has_terrain:
                    t = max(t, float(terrain[terrain_row[p0 + i], k]))
                tangent[i, k] = t
                elevation[i, k] = elevation_of(t)
            views[i], bands[i] = _view(tangent[i], elevation[i], up, ahead, limit, open_sky)
            energy = _direct(elevation[i], above) + iso * views[i] / open_total + reflected
            poa[p0 + i, 0] = energy
            poa[p0 + i, 1] = energy / open_poa if open_poa > 0 else 1.0
            n_usable += poa[p0 + i, 1] >= share
        table[:] = 0.0
        terrain_table[:] = 0.0
        total = np.zeros(6)
        counted = n_usable if n_usable > 0 else n  # nothing usable: describe the whole surface
        far_row, n_alike, far_view, far_band = -1, 0, 0.0, 0.0
        hills, raised = False, False
        for i in range(n):
            if n_usable > 0 and poa[p0 + i, 1] < share:
                continue
            _add_sunlit(elevation[i], 1, table)
            view, band = views[i], bands[i]
            total[2] += view
            total[3] += band
            if rows:
                view, band = _view_behind_rows(tangent[i], elevation[i], up, ahead, row_tan, row_sky, row_band)
            total[0] += view
            total[1] += band
            if has_terrain:
                if terrain_row[p0 + i] != far_row:  # the points of a level surface look at the same hills
                    _add_sunlit(far, n_alike, terrain_table)
                    far_row, n_alike = terrain_row[p0 + i], 0
                    for k in range(N_AZ):
                        far_tangent[k] = float(terrain[far_row, k])
                        far[k] = elevation_of(far_tangent[k])
                        hills = hills or far_tangent[k] > 0
                    far_view, far_band = _view(far_tangent, far, up, ahead, limit, open_sky)
                n_alike += 1
                total[4] += far_view
                total[5] += far_band
            for k in range(0 if raised else N_AZ):
                raised = raised or tangent[i, k] > far_tangent[k]
        if has_terrain:
            _add_sunlit(far, n_alike, terrain_table)
        factors[s, 7], factors[s, 8] = hills, raised
        _finish_sunlit(table, counted, sunlit[s])
        factors[s, 0] = n_usable / n
        for c in range(3):
            known = c < 2 or has_terrain
            factors[s, 1 + 2 * c] = min(1.0, total[2 * c] / counted / open_total) if known else 1.0
            band = total[2 * c + 1] / counted / open_band if open_band > 1e-9 else 1.0
            factors[s, 2 + 2 * c] = min(1.0, band) if known else 1.0
        if has_terrain:
            _finish_sunlit(terrain_table, counted, terrain_sunlit[s])
