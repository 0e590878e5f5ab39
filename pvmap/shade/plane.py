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
# Rows of `bins`, as offsets into its flat form, one entry an azimuth: what the plane has towards it (how much it faces
# it, part of its normal, own horizon, open sky), the skyline in question, its place among nodes, what it leaves, and
# terrain.
ROWS = 12
TOWARDS, AHEAD, LIMIT, OPEN_SKY, TANGENT, ELEVATION, PLACE, SKY, BAND, FAR_TANGENT, FAR_ELEVATION, FAR_PLACE = range(
    0, ROWS * N_AZ, N_AZ
)


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
def _prepare(tilt, azimuth, bins):
    """Per azimuth: the plane's own horizon and open sky."""
    up, out = math.cos(tilt), math.sin(tilt)
    for k in range(N_AZ):
        towards = math.cos(_CENTRE[k] - azimuth)
        ahead = out * towards
        limit = max(0.0, -ahead / up) if up > 1e-9 else (0.0 if towards > 0 else 1e9)
        bins[TOWARDS + k], bins[AHEAD + k], bins[LIMIT + k] = towards, ahead, limit
        bins[OPEN_SKY + k] = sky_above(limit, elevation_of(limit), up, ahead)


@inner
def _prepare_rows(tilt, pitch, slope, bins, row_tan, row_sky, row_band):
    """Per azimuth and slant height: the row in front."""
    up, out = math.cos(tilt), math.sin(tilt)
    for q in range(N_SLANT):
        left = 1 - SLANT[q]
        rise = left * out - math.sin(slope) * pitch
        away = math.cos(slope) * pitch - left * up
        for k in range(N_AZ):
            top = max(0.0, rise / away * bins[TOWARDS + k]) if away > 1e-9 else 0.0
            row_tan[q, k] = max(bins[LIMIT + k], top)
            row_sky[q, k] = sky_above(row_tan[q, k], elevation_of(row_tan[q, k]), up, bins[AHEAD + k])
            row_band[q, k] = max(0.0, 1 - elevation_of(top) / HORIZON_BAND)


@inner
def _look(bins, up, above):
    """See the sky over the tangents in ``bins``: write elevation, sky and band by azimuth, and return sums of three.

    Azimuths stand side by side in the lanes of the processor's vectors, but are added up in order.
    """
    for k in range(N_AZ):
        t, ahead = bins[TANGENT + k], bins[AHEAD + k]
        e = elevation_of(t)
        bins[ELEVATION + k] = e
        bins[SKY + k] = sky_above(t, e, up, ahead) if t > bins[LIMIT + k] else bins[OPEN_SKY + k]
        bins[BAND + k] = max(0.0, ahead) * max(0.0, 1 - e / HORIZON_BAND)
        bins[PLACE + k] = e / EL_STEP
    sky, band, direct = 0.0, 0.0, 0.0
    for k in range(N_AZ):
        x = bins[PLACE + k]
        j = min(int(x), N_EL - 2)
        sky, band = sky + bins[SKY + k], band + bins[BAND + k]
        lower, upper = above[N_AZ * j + k], above[N_AZ * j + N_AZ + k]
        direct += lower + (x - j) * (upper - lower)
    return sky, band, direct


@inner
def _look_far(bins, up, above):
    """See terrain alone: as `_look`, and remember it."""
    sums = _look(bins, up, above)
    for k in range(N_AZ):
        bins[FAR_TANGENT + k], bins[FAR_ELEVATION + k] = bins[TANGENT + k], bins[ELEVATION + k]
        bins[FAR_PLACE + k] = bins[PLACE + k]
    return sums


@inner
def _view_behind_rows(bins, up, row_tan, row_sky, row_band):
    """Cosine-weighted sky and unblocked horizon band of a point, averaged up the slant, behind a row."""
    sky, band = 0.0, 0.0
    for k in range(N_AZ):
        tangent, elevation, ahead = bins[TANGENT + k], bins[ELEVATION + k], bins[AHEAD + k]
        above = sky_above(tangent, elevation, up, ahead) if tangent > 0 else 0.0
        free = max(0.0, 1 - elevation / HORIZON_BAND)
        for q in range(N_SLANT):
            sky += SLANT_WEIGHT[q] * (above if tangent > row_tan[q, k] else row_sky[q, k])
            if ahead > 0:
                band += SLANT_WEIGHT[q] * ahead * min(free, row_band[q, k])
    return sky, band


@inner
def direct_above(sun, tilt, azimuth, above):
    """Yearly direct energy on the plane from above each elevation node of each azimuth bin: flat, bins side by side."""
    weight, vector = sun
    nx, ny, nz = math.sin(tilt) * math.sin(azimuth), math.sin(tilt) * math.cos(azimuth), math.cos(tilt)
    for k in range((N_EL - 1) * N_AZ):
        above[k] = weight[k] * max(0.0, nx * vector[0, k] + ny * vector[1, k] + nz * vector[2, k])
    above[(N_EL - 1) * N_AZ :] = 0.0
    for down in range(N_EL - 1):
        node = (N_EL - 2 - down) * N_AZ
        for k in range(N_AZ):
            above[node + k] += above[node + N_AZ + k]


@inner
def _add_far(bins, n_points, behind, steps, terrain_steps):
    """Add the terrain that points see alike: in the truth those alone that see it, not what rises before it.

    Forgets what rose ``behind`` which azimuth.
    """
    for k in range(N_AZ if n_points else 0):
        add_points(terrain_steps, k, bins[FAR_PLACE + k], n_points)
        if behind[k] < n_points:
            add_points(steps, k, bins[FAR_PLACE + k], n_points - behind[k])
        behind[k] = 0.0


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
    sun : tuple of (bin,) and (3, bin) arrays
        Direct energy [kWh/m2] and mean direction per bin: `SunWeights.arrays`.
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
    row_tan, row_sky, row_band = np.empty((N_SLANT, N_AZ)), np.empty((N_SLANT, N_AZ)), np.empty((N_SLANT, N_AZ))
    bins, above, behind = np.empty(ROWS * N_AZ), np.empty(N_EL * N_AZ), np.zeros(N_AZ)
    steps, terrain_steps = empty_steps(), empty_steps()
    total = np.empty(6)
    tilt, azimuth, up, open_total, open_band, open_direct = 0.0, 0.0, 1.0, 0.0, 0.0, 0.0
    for s in range(first, last):
        albedo, rows = planes[4][s], math.isfinite(planes[2][s])
        if s == first or planes[0][s] != tilt or planes[1][s] != azimuth:  # racks on flat roofs are all alike
            tilt, azimuth = planes[0][s], planes[1][s]
            up = math.cos(tilt)
            _prepare(tilt, azimuth, bins)
            direct_above(sun, tilt, azimuth, above)
            bins[TANGENT : TANGENT + N_AZ] = 0.0
            open_total, open_band, open_direct = _look_far(bins, up, above)
        if rows:
            _prepare_rows(tilt, planes[2][s], planes[3][s], bins, row_tan, row_sky, row_band)
        iso = sky[0] * (1 + up) / 2
        reflected = sky[1] * albedo * (1 - up) / 2
        open_poa = open_direct + iso + reflected
        view, band, far_direct = open_total, open_band, open_direct
        behind_rows, band_behind_rows, looked = 0.0, 0.0, False
        far_row, n_usable, counted, hills, hides, everything = -1, 0, 0, False, False, False
        total[:] = 0.0
        while counted == 0:
            n_alike = 0
            for p in range(start[s], start[s + 1]):
                if has_terrain and terrain_row[p] != far_row:  # points of a level surface look at the same hills
                    _add_far(bins, n_alike, behind, steps, terrain_steps)
                    far_row, n_alike, looked = terrain_row[p], 0, False
                    for k in range(N_AZ):
                        bins[TANGENT + k] = terrain[far_row, k]
                    view, band, far_direct = _look_far(bins, up, above)
                n_raised = 0
                for k in range(N_AZ):
                    t = np.float64(skyline[p, k])
                    n_raised += t > bins[FAR_TANGENT + k]
                    bins[TANGENT + k] = max(t, bins[FAR_TANGENT + k])
                its_view, its_band, direct = view, band, far_direct
                if n_raised > 0:
                    its_view, its_band, direct = _look(bins, up, above)
                else:
                    bins[ELEVATION : ELEVATION + N_AZ] = bins[FAR_ELEVATION : FAR_ELEVATION + N_AZ]
                energy = direct + iso * its_view / open_total + reflected
                poa[p, 0] = energy
                poa[p, 1] = energy / open_poa if open_poa > 0 else 1.0
                usable = poa[p, 1] >= share
                n_usable += usable
                if not usable and not everything:
                    continue
                counted += 1
                if n_alike == 0:
                    for k in range(N_AZ):
                        hills = hills or bins[FAR_TANGENT + k] > 0
                n_alike += 1
                hides = hides or n_raised > 0
                for k in range(N_AZ if n_raised > 0 else 0):
                    if bins[TANGENT + k] > bins[FAR_TANGENT + k]:
                        add_points(steps, k, bins[PLACE + k], 1)
                        behind[k] += 1
                total[2] += its_view
                total[3] += its_band
                total[4] += view
                total[5] += band
                if rows and (n_raised > 0 or not looked):  # what sees terrain alone sees it as the point before
                    behind_rows, band_behind_rows = _view_behind_rows(bins, up, row_tan, row_sky, row_band)
                    looked = n_raised == 0
                total[0] += behind_rows
                total[1] += band_behind_rows
            _add_far(bins, n_alike, behind, steps, terrain_steps)
            everything = True  # where nothing is usable, the whole surface is described
        if not rows:
            total[0], total[1] = total[2], total[3]
        factors[s, 7], factors[s, 8] = hills, hides
        finish(steps, counted, sunlit, s)
        factors[s, 0] = n_usable / (start[s + 1] - start[s])
        for c in range(3):
            known = c < 2 or has_terrain
            factors[s, 1 + 2 * c] = min(1.0, total[2 * c] / counted / open_total) if known else 1.0
            share_of_band = total[2 * c + 1] / counted / open_band if open_band > 1e-9 else 1.0
            factors[s, 2 + 2 * c] = min(1.0, share_of_band) if known else 1.0
        if has_terrain:
            finish(terrain_steps, counted, terrain_sunlit, s)
