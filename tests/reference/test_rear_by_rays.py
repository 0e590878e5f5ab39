"""Light on the rear of rows against rays: every line of sight is followed to what it meets."""

from __future__ import annotations

import numpy as np
import pytest
from energy.places import typical
from numpy.typing import NDArray

from pvmap.energy import rows
from pvmap.energy.chain import Surface, simulate_surface
from pvmap.energy.rear import SHADOWS, STRIPS, _in_the_sun, _strips_seen, rear_ground
from pvmap.energy.sky import sky_diffuse, sun_position
from pvmap.settings.energy import EnergySettings

Array = NDArray[np.float64]
ROWS = np.arange(-25, 26)
ROW_LENGTH_M = 4.58


def hits(x: Array, z: Array, dx: Array, dz: Array, lower: Array, upper: Array) -> NDArray[np.bool_]:
    """Whether rays from (x, z) towards (dx, dz) meet any of the segments from `lower` to `upper`; (ray,)."""
    ex, ez = upper[:, 0] - lower[:, 0], upper[:, 1] - lower[:, 1]
    ox, oz = lower[:, 0] - x[:, None], lower[:, 1] - z[:, None]
    cross = dx[:, None] * ez - dz[:, None] * ex
    with np.errstate(divide="ignore", invalid="ignore"):
        along_ray = (ox * ez - oz * ex) / cross
        along_row = (ox * dz[:, None] - oz * dx[:, None]) / cross
    return ((along_ray > 1e-9) & (along_row >= 0) & (along_row <= 1)).any(axis=1)


def rear_by_rays(surface: Surface, slope: float) -> float:
    """Yearly light on the rear [kWh/m2] of endless rows that face south on ground that falls south by `slope` [deg].

    Two-dimensional, in the frame of the ground: x runs uphill behind the rows, z square to the ground; row lengths.
    """
    lean, fall = np.radians(surface.surface_tilt - slope), np.radians(slope)
    pitch, height = 1 / surface.gcr, surface.edge_height_m / surface.row_length_m
    lower = np.column_stack([ROWS * pitch, np.full(len(ROWS), height)])
    upper = lower + np.array([np.cos(lean), np.sin(lean)])

    point = typical()
    sun = sun_position(point)
    zenith, azimuth = np.radians(sun["apparent_zenith"].to_numpy()), np.radians(sun["azimuth"].to_numpy())
    up = (zenith < np.radians(85)) & (point.data["ghi"].to_numpy() > 0)
    dni, dhi = point.data["dni"].to_numpy() * (zenith < np.pi / 2), point.data["dhi"].to_numpy()
    isotropic, circumsolar, _ = sky_diffuse(0.0, 180.0, sun, dni, dhi, "haydavies")
    behind, square = -np.sin(zenith) * np.cos(azimuth - np.pi), np.cos(zenith)
    behind, square = behind * np.cos(fall) + square * np.sin(fall), square * np.cos(fall) - behind * np.sin(fall)
    normal = dni + np.divide(circumsolar, np.cos(zenith), out=np.zeros_like(dni), where=zenith < np.radians(89))

    # The ground of one period: in the sun, or not; its sky.
    x = (np.arange(60) + 0.5) / 60 * pitch
    hours = np.flatnonzero(up & (square > 0))
    lit = np.stack([~hits(x, 0 * x, 0 * x + behind[h], 0 * x + square[h], lower, upper) for h in hours])
    edge = np.linspace(0, np.pi, 361)
    direction, weight = (edge[1:] + edge[:-1]) / 2, (np.cos(edge[:-1]) - np.cos(edge[1:])) / 2
    sky = (direction + fall > 0) & (direction + fall < np.pi)
    ones = np.ones(len(direction))
    open_sky = np.array(
        [
            (weight * ~hits(at * ones, 0 * ones, np.cos(direction), np.sin(direction), lower, upper))[sky].sum()
            for at in x
        ]
    )

    # The rear: what each line of sight meets.
    edge = np.linspace(lean - np.pi, lean, 721)
    direction, off = (edge[1:] + edge[:-1]) / 2, lean - np.pi / 2
    weight = (np.sin(edge[1:] - off) - np.sin(edge[:-1] - off)) / 2
    seen, from_sky = np.zeros(60), 0.0
    points = (np.arange(20) + 0.5) / 20
    for t in points:
        px, pz = t * np.cos(lean), height + t * np.sin(lean)
        start = (np.full(720, px), np.full(720, pz))
        free = ~hits(*start, np.cos(direction), np.sin(direction), lower, upper)
        above = free & (direction > 0) & (direction + fall > 0)
        from_sky += weight[above].sum() / len(points)
        down = free & (direction < 0)
        meets = px - pz / np.tan(direction[down])
        np.add.at(seen, (np.mod(meets / pitch, 1) * 60).astype(int) % 60, weight[down] / len(points))

    ghi = point.data["ghi"].to_numpy()
    facing = np.maximum(ghi - isotropic, 0) / np.cos(zenith)
    beam = (facing[hours] * square[hours]) @ (lit @ seen)
    diffuse = isotropic.sum() * (from_sky + surface.albedo * seen @ open_sky)
    on_back = np.maximum(-(np.cos(lean) * square - np.sin(lean) * behind), 0)  # the next row hides little of it
    return float((diffuse + surface.albedo * beam + (normal * on_back).sum()) / 1000)


@pytest.mark.parametrize("edge", [0.1, 0.57, 2.5])  # m
@pytest.mark.parametrize(
    ("tilt", "gcr", "albedo", "slope"),
    [(24, 0.576, 0.2, 0), (12, 0.511, 0.07, 0), (35, 0.4, 0.25, 0), (24, 0.68, 0.25, 5), (30, 0.35, 0.25, -8)],
)
def test_rear_is_that_of_rays(tilt, gcr, albedo, slope, edge):
    ground = {"ground_tilt": abs(slope), "ground_azimuth": 180.0 if slope > 0 else 0.0}
    surface = Surface(tilt, 180, "ground", gcr, albedo, row_length_m=ROW_LENGTH_M, edge_height_m=edge, **ground)
    settings = EnergySettings()
    felt = settings.bifacial.bifaciality * settings.bifacial.rear_share
    ours = simulate_surface(typical(), surface, settings, 8)["poa_rear"].sum() / 1000 / felt
    rays = rear_by_rays(surface, slope)
    assert ours == pytest.approx(rays, rel=0.05)


@pytest.mark.parametrize("height", [0.02, 0.3, 0.9])  # row lengths
@pytest.mark.parametrize(("tilt", "pitch"), [(12, 1.7), (24, 2.0), (50, 2.8)])
def test_shadows_of_rows_lie_where_rays_end(tilt, pitch, height):
    """Of each strip of the ground, how much the sun reaches, by the length of a shadow; rows lean towards smaller x."""
    lean = np.radians(tilt)
    lower = np.column_stack([np.arange(-60, 61) * pitch, np.full(121, height)])
    upper = lower + np.array([-np.cos(lean), np.sin(lean)])
    x = (np.arange(STRIPS * 30) + 0.5) / (STRIPS * 30) * pitch
    one_each = np.eye(STRIPS)
    of_each = np.ones((STRIPS, 1))
    ours = _in_the_sun(one_each, lean * of_each, pitch * of_each, height * of_each)
    for k in range(0, len(SHADOWS), 5):
        run = (SHADOWS[k] * pitch - np.cos(lean)) / np.sin(lean)  # of a ray to the sun along x, per height
        lit = ~hits(x, 0 * x, np.full_like(x, run), np.ones_like(x), lower, upper)
        assert ours[:, k] == pytest.approx(lit.reshape(STRIPS, -1).mean(axis=1), abs=0.04)


@pytest.mark.parametrize(("tilt", "gcr"), [(5, 0.6), (8, 0.4), (12, 0.511), (24, 0.576)])
def test_the_fit_holds_where_the_shadows_of_the_year_lie(tilt, gcr):
    """Of flat rows that is a narrow band, which a fit as good everywhere missed by a fifth."""
    lean, pitch, height = (np.array([[one]]) for one in (np.radians(tilt), 1 / gcr, 0.3))
    views = (np.array([rows.ground_view(side, gcr, 0.0)]) for side in (180 - tilt, tilt))
    seen, _ = _strips_seen(lean, pitch, height, *views)
    share = _in_the_sun(seen / seen.sum(), lean, pitch, height)[0]
    found = rear_ground(tilt, gcr, 0.0, 0.3).in_the_sun[0]
    fitted = (1 - np.abs(SHADOWS)) * np.polynomial.polynomial.polyval(SHADOWS, found)
    usual = (gcr * np.cos(lean[0]) < SHADOWS) & (gcr * (np.cos(lean[0]) + 1.5 * np.sin(lean[0])) > SHADOWS)
    assert usual.any()
    assert fitted[usual].mean() == pytest.approx(share[usual].mean(), rel=0.03)
