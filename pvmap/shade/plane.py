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

from pvmap.compiled import inner, njit
from pvmap.directions import EL_STEP, HORIZON_BAND, N_AZ, N_EL, azimuths
from pvmap.shade.rings import Floats
from pvmap.shade.sunlit import add_points, empty_steps, finish

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


@inner
def elevation_of(t):
    """Arctangent of ``t`` >= 0, by table."""
    u = t / (1 + t) * _FINE
    i = int(u)
    return _ELEVATION[i] + (u - i) * (_ELEVATION[i + 1] - _ELEVATION[i])


@inner
def sky_above(t, e, up, ahead):
    """Cosine-weighted sky above elevation ``e`` (tangent ``t``) in one azimuth, for a normal (ahead, up)."""
    c2 = 1 / (1 + t * t)
    return up * c2 / 2 + ahead * ((math.pi / 2 - e) / 2 - t * c2 / 2)


@inner
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


@inner
def _in_one_azimuth(k, tangent, elevation, up, ahead, limit, open_sky, above):
    """Cosine-weighted sky, unblocked horizon band and yearly direct energy over a skyline in azimuth ``k``."""
    sky = sky_above(tangent, elevation, up, ahead[k]) if tangent > limit[k] else open_sky[k]
    band = ahead[k] * max(0.0, 1 - elevation / HORIZON_BAND) if ahead[k] > 0 else 0.0
    x = elevation / EL_STEP
    j = min(int(x), N_EL - 2)
    return sky, band, above[k, j] + (x - j) * (above[k, j + 1] - above[k, j])


@inner
def _look_far(terrain, row, up, ahead, limit, open_sky, above, far):
    """See terrain alone: write tangent, elevation, sky, band and direct energy by azimuth, and return sums of three.

    Without terrain (``row`` < 0) that is the open sky.
    """
    sky, band, direct = 0.0, 0.0, 0.0
    for k in range(N_AZ):
        far[0, k] = np.float64(terrain[row, k]) if row >= 0 else 0.0
        far[1, k] = elevation_of(far[0, k])
        far[2, k], far[3, k], far[4, k] = _in_one_azimuth(k, far[0, k], far[1, k], up, ahead, limit, open_sky, above)
        sky, band, direct = sky + far[2, k], band + far[3, k], direct + far[4, k]
    return sky, band, direct


@inner
def _look_near(skyline, p, i, up, ahead, limit, open_sky, above, far, raised):
    """Find where something rises above the terrain: in how many azimuths, and the sums of `_look_far` over all."""
    azimuth, elevation = raised
    n, sky, band, direct = 0, 0.0, 0.0, 0.0
    for k in range(N_AZ):
        its_sky, its_band, its_direct = far[2, k], far[3, k], far[4, k]
        t = np.float64(skyline[p, k])
        if t > far[0, k]:
            e = elevation_of(t)
            azimuth[i, n], elevation[i, n] = k, e
            n += 1
            its_sky, its_band, its_direct = _in_one_azimuth(k, t, e, up, ahead, limit, open_sky, above)
        sky, band, direct = sky + its_sky, band + its_band, direct + its_direct
    return n, sky, band, direct


@inner
def _view_behind_rows(skyline, p, far, up, ahead, row_tan, row_sky, row_band):
    """Cosine-weighted sky and unblocked horizon band of a point, averaged up the slant, behind a row."""
    sky, band = 0.0, 0.0
    for k in range(N_AZ):
        tangent = max(np.float64(skyline[p, k]), far[0, k])
        elevation = elevation_of(tangent)
        above = sky_above(tangent, elevation, up, ahead[k]) if tangent > 0 else 0.0
        free = max(0.0, 1 - elevation / HORIZON_BAND)
        for q in range(N_SLANT):
            sky += SLANT_WEIGHT[q] * (above if tangent > row_tan[q, k] else row_sky[q, k])
            if ahead[k] > 0:
                band += SLANT_WEIGHT[q] * ahead[k] * min(free, row_band[q, k])
    return sky, band


@inner
def direct_above(sun, tilt, azimuth, above):
    """Yearly direct energy on the plane from each azimuth bin above each elevation node."""
    weight, vector = sun
    nx, ny, nz = math.sin(tilt) * math.sin(azimuth), math.sin(tilt) * math.cos(azimuth), math.cos(tilt)
    for k in range(N_AZ):
        total = 0.0
        above[k, N_EL - 1] = total
        for j in range(N_EL - 2, -1, -1):
            w = weight[k, j]
            if w > 0:
                total += w * max(0.0, nx * vector[k, j, 0] + ny * vector[k, j, 1] + nz * vector[k, j, 2])
            above[k, j] = total


@inner
def _add_far(far, n_points, behind, steps, terrain_steps):
    """Add the terrain that points see alike: in the truth those alone that see it, not what rises before it."""
    for k in range(N_AZ if n_points else 0):
        add_points(terrain_steps, k, far[1, k], n_points)
        if behind[k] < n_points:
            add_points(steps, k, far[1, k], n_points - behind[k])


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
    above, far, behind = np.empty((N_AZ, N_EL)), np.empty((5, N_AZ)), np.empty(N_AZ)
    n_raised = np.empty(widest, np.int64)
    raised = np.empty((widest, N_AZ), np.int64), np.empty((widest, N_AZ))
    views, bands = np.empty(widest), np.empty(widest)
    steps, terrain_steps = empty_steps(), empty_steps()
    for s in range(first, last):
        tilt, azimuth, albedo = planes[0][s], planes[1][s], planes[4][s]
        rows = _prepare(tilt, azimuth, planes[2][s], planes[3][s], ahead, limit, open_sky, row_tan, row_sky, row_band)
        up = math.cos(tilt)
        direct_above(sun, tilt, azimuth, above)
        open_total, open_band, open_direct = _look_far(terrain, -1, up, ahead, limit, open_sky, above, far)
        iso = sky[0] * (1 + up) / 2
        reflected = sky[1] * albedo * (1 - up) / 2
        open_poa = open_direct + iso + reflected
        p0, n = start[s], start[s + 1] - start[s]
        n_usable, far_row = 0, -1
        view, band = open_total, open_band
        for i in range(n):
            if has_terrain and terrain_row[p0 + i] != far_row:  # the points of a level surface look at the same hills
                far_row = terrain_row[p0 + i]
                view, band, _ = _look_far(terrain, far_row, up, ahead, limit, open_sky, above, far)
            n_raised[i], views[i], bands[i], direct = _look_near(
                skyline, p0 + i, i, up, ahead, limit, open_sky, above, far, raised
            )
            energy = direct + iso * views[i] / open_total + reflected
            poa[p0 + i, 0] = energy
            poa[p0 + i, 1] = energy / open_poa if open_poa > 0 else 1.0
            n_usable += poa[p0 + i, 1] >= share
        total = np.zeros(6)
        counted = n_usable if n_usable > 0 else n  # nothing usable: describe the whole surface
        n_alike, hills, hides = 0, False, False
        for i in range(n):
            if n_usable > 0 and poa[p0 + i, 1] < share:
                continue
            if has_terrain and terrain_row[p0 + i] != far_row:
                _add_far(far, n_alike, behind, steps, terrain_steps)
                far_row, n_alike = terrain_row[p0 + i], 0
                view, band, _ = _look_far(terrain, far_row, up, ahead, limit, open_sky, above, far)
            if n_alike == 0:
                behind[:] = 0.0
                for k in range(N_AZ):
                    hills = hills or far[0, k] > 0
            n_alike += 1
            hides = hides or n_raised[i] > 0
            for q in range(n_raised[i]):
                add_points(steps, raised[0][i, q], raised[1][i, q], 1)
                behind[raised[0][i, q]] += 1
            total[2] += views[i]
            total[3] += bands[i]
            total[4] += view
            total[5] += band
            if rows:
                row_view, row_band_ = _view_behind_rows(skyline, p0 + i, far, up, ahead, row_tan, row_sky, row_band)
                total[0] += row_view
                total[1] += row_band_
        _add_far(far, n_alike, behind, steps, terrain_steps)
        if not rows:
            total[0], total[1] = total[2], total[3]
        factors[s, 7], factors[s, 8] = hills, hides
        finish(steps, counted, sunlit, s)
        factors[s, 0] = n_usable / n
        for c in range(3):
            known = c < 2 or has_terrain
            factors[s, 1 + 2 * c] = min(1.0, total[2 * c] / counted / open_total) if known else 1.0
            share_of_band = total[2 * c + 1] / counted / open_band if open_band > 1e-9 else 1.0
            factors[s, 2 + 2 * c] = min(1.0, share_of_band) if known else 1.0
        if has_terrain:
            finish(terrain_steps, counted, terrain_sunlit, s)
