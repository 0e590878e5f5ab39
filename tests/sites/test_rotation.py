"""A scene turned whole: what does not look at the sun stays as it is, what does follows an independent computation.

Scenes turn counter-clockwise about the town's origin, their terrain with them; half the cell changes as little.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS
from shapely import affinity
from sites.quarries import HALF_M, draw

from pvmap.settings.roof_planes import RoofPlaneSettings
from pvmap.sites.masks import LoadedMask
from pvmap.sites.roof_planes import fit_roof_planes
from pvmap.sources.grid import Grid

ANGLES = (17.0, 45.0, 71.0)
OBLIQUITY = 23.45


def turned(town, polygons, angle: float):
    return [affinity.rotate(polygon, angle, origin=town.origin) for polygon in polygons]


def buildings(town, n: int = 30) -> list[shapely.Polygon]:
    """Rectangles and L-shapes, apart from each other."""
    rng = np.random.default_rng(11)
    shapes = []
    for number in range(n):
        at = (120.0 * (number % 6), 120.0 * (number // 6))
        length, width, lie = rng.uniform(15, 70), rng.uniform(10, 40), rng.uniform(0, 180)
        whole = town.rectangle(length, width, 0.0, at)
        corner = town.rectangle(length, width, 0.0, (at[0] + 0.6 * length, at[1] + 0.5 * width))
        shapes.append(affinity.rotate(shapely.difference(whole, corner) if number % 2 else whole, lie))
    return shapes


def masks(town, angle: float) -> tuple[LoadedMask, ...]:
    strips = [town.rectangle(900, 17, 31, (250, 60 + 140 * k)) for k in range(4)]
    return (LoadedMask("reserve", "a clause [unverified; test]", np.array(turned(town, strips, angle), object)),)


def account(placed) -> dict[str, np.ndarray]:
    """Areas by site: used, and excluded by reason."""
    used = placed.surfaces.groupby("site_id")["plan_area_m2"].sum()
    out = placed.exclusions.pivot_table(index="site_id", columns="reason", values="area_m2", aggfunc="sum")
    sites = sorted(set(used.index) | set(out.index))
    table = out.reindex(sites).fillna(0.0).assign(used=used.reindex(sites).fillna(0.0))
    return {name: table[name].to_numpy() for name in table}


@pytest.mark.parametrize("angle", ANGLES)
def test_flat_roofs_with_masks(town, angle: float) -> None:
    """Setbacks, shares, masks and the racks' density: areas to 1 %, whole modules to one."""

    def place(by: float):
        shapes = turned(town, buildings(town), by)
        sites = town.read("rooftop", shapes, building_use=["government"] * 30, height_m=[10.0] * 30)
        return town.place("rooftop", sites, masks=masks(town, by))

    still, moved = place(0.0), place(angle)
    one, other = account(still), account(moved)
    assert one.keys() == other.keys()
    for reason, area in one.items():
        assert other[reason] == pytest.approx(area, rel=0.01, abs=0.5), reason
    assert moved.surfaces["gcr"].to_numpy() == pytest.approx(still.surfaces["gcr"].to_numpy(), rel=1e-3)
    modules = [placed.surfaces["capacity_limit_kwp"].to_numpy() / 0.6 for placed in (still, moved)]
    assert np.abs(modules[0] - modules[1]).max() <= 1.0 + 1e-6


@pytest.mark.parametrize("angle", ANGLES)
def test_ponds_and_their_clusters(town, angle: float) -> None:
    rng = np.random.default_rng(4)
    ponds = [
        town.rectangle(*rng.uniform(25, 220, 2), rng.uniform(0, 90), (400.0 * (k % 8), 330.0 * (k // 8)))
        for k in range(48)
    ]
    one, other = (
        account(town.place("fishpond", town.read("fishpond", turned(town, ponds, by)), masks=masks(town, by)))
        for by in (0.0, angle)
    )
    assert one.keys() == other.keys() and len(one) >= 4
    for reason, area in one.items():
        assert other[reason] == pytest.approx(area, rel=0.01, abs=0.5), reason


@pytest.mark.parametrize("angle", (0.0, *ANGLES))
@pytest.mark.parametrize("pitch", [22.0])
def test_planes_that_face_the_pole_go(town, angle: float, pitch: float) -> None:
    """Rural houses whose ridge runs east before they turn: each plane is kept by its own azimuth alone."""
    house = turned(town, [town.rectangle(14, 10)], angle)
    sites = town.read("rooftop", house, building_use=["residential_rural"], height_m=[6.0])
    kept = town.place("rooftop", sites).surfaces
    expected = [azimuth for azimuth in ((180.0 - angle) % 360.0, -angle % 360.0) if 67.5 < azimuth < 292.5]
    assert sorted(kept["surface_azimuth"]) == pytest.approx(sorted(expected))
    assert kept["plan_area_m2"].to_numpy() == pytest.approx(13.2 * 4.2 * 0.93 * 0.96 * 0.952, rel=1e-4)


def even_ground(town, tilt: float, azimuth: float, cell_m: float = 30.0):
    """Terrain that falls towards an azimuth, on any window."""
    towards = np.radians(azimuth)

    def window(bounds):
        west, south = (np.floor(edge / cell_m) * cell_m for edge in bounds[:2])
        columns, rows = (int(np.ceil((bounds[k + 2] - start) / cell_m)) for k, start in enumerate((west, south)))
        x = west + (np.arange(columns) + 0.5) * cell_m - town.origin[0]
        y = south + (np.arange(rows)[::-1] + 0.5) * cell_m - town.origin[1]
        fall = np.tan(np.radians(tilt)) * (np.sin(towards) * x[None, :] + np.cos(towards) * y[:, None])
        return Grid(500.0 - fall, west, south + rows * cell_m, cell_m)

    return window


def clear_cover(tilt: float, slope: float, downhill: float) -> float:
    """Ground cover at which no row shades another at 9 or 15 h: sun on the ground over sun on the row."""
    phi, sun = np.radians(32.2), np.radians(-OBLIQUITY)
    fall, towards = np.tan(np.radians(slope)), np.radians(downhill)
    south = np.array([0.0, -1.0, fall * np.cos(towards)])  # along the ground, due south on the map
    south /= np.linalg.norm(south)
    up = np.array([fall * np.sin(towards), fall * np.cos(towards), 1.0])
    up /= np.linalg.norm(up)
    leans = np.radians(tilt) - np.arcsin(-south[2])
    found = []
    for hour in (-45.0, 45.0):
        h = np.radians(hour)
        ray = np.array(
            [
                -np.cos(sun) * np.sin(h),
                np.cos(phi) * np.sin(sun) - np.sin(phi) * np.cos(sun) * np.cos(h),
                np.sin(phi) * np.sin(sun) + np.cos(phi) * np.cos(sun) * np.cos(h),
            ]
        )
        found.append((ray @ up) / (np.cos(leans) * (ray @ up) + np.sin(leans) * (ray @ south)))
    return min(found)


@pytest.mark.parametrize("cell_m", [10.0, 30.0])
@pytest.mark.parametrize("start", [0.0, 90.0, 180.0, 250.0])
@pytest.mark.parametrize("tilt", [8.0, 14.0])
def test_even_slopes_by_aspect(town, tilt: float, start: float, cell_m: float) -> None:
    """Slope and area stay, limits and pitch follow the azimuth as computed by hand."""
    for angle in (0.0, *ANGLES):
        azimuth = (start - angle) % 360.0
        mine = town.read("mine", turned(town, [town.rectangle(500, 400)], angle))
        placed = town.place("mine", mine, terrain=even_ground(town, tilt, azimuth, cell_m))
        to_pole = min(azimuth, 360.0 - azimuth)
        if tilt > 10.0 and to_pole <= 45.0:
            assert len(placed.surfaces) == 0 and "slope and aspect" in town.excluded(placed)
            continue
        (surface,) = placed.surfaces.itertuples()
        assert surface.plan_area_m2 == pytest.approx(0.8 * 500 * 400, rel=1e-4)
        assert surface.ground_tilt == pytest.approx(tilt, abs=0.01)
        assert (surface.ground_azimuth - azimuth + 180.0) % 360.0 == pytest.approx(180.0, abs=0.05)
        assert surface.gcr == pytest.approx(min(clear_cover(24.0, tilt, azimuth), 0.70), rel=2e-3)


def quarry_mine(town, seed: int, angle: float, cell_m: float):
    """A quarry's pit as a mine, on its own terrain."""
    quarry = draw(seed, angle)
    grid = quarry.grid(cell_m)
    here = Grid(grid.values, town.origin[0] - HALF_M, town.origin[1] + HALF_M, cell_m)
    pit = affinity.translate(shapely.simplify(quarry.outline(), 2.0), *town.origin)
    largest = max(shapely.get_parts(pit), key=lambda part: part.area)
    return town.place("mine", town.read("mine", [largest]), terrain=lambda bounds: here)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [401, 402, 403])
def test_quarries_on_half_the_cell(town, seed: int) -> None:
    coarse, fine = (quarry_mine(town, seed, 0.0, cell).surfaces["plan_area_m2"].sum() for cell in (20.0, 10.0))
    assert coarse == pytest.approx(fine, rel=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [401, 402, 403])
def test_quarries_turned(town, seed: int) -> None:
    """Ground beside walls on 30 m cells within a spread of 8 %."""
    beside = []
    for angle in (0.0, *ANGLES):
        rows = quarry_mine(town, seed, angle, 30.0).exclusions.set_index("reason")
        beside.append(rows.loc["highwall", "area_touched_m2"])
    assert np.ptp(beside) <= 0.08 * np.mean(beside)


@pytest.mark.parametrize("angle", ANGLES)
def test_measured_planes_turned_and_on_half_the_cell(angle: float) -> None:
    """A hip roof of 24 m x 12 m with a chimney of 2 m x 2 m: planes to 1 % as they turn, to 3 % on half the cell."""

    def areas(by: float, cell_m: float) -> np.ndarray:
        x = (np.arange(round(36 / cell_m)) + 0.5) * cell_m - 18
        right, up = np.meshgrid(x, -x)
        turn = np.radians(by)
        u, v = right * np.cos(turn) + up * np.sin(turn), up * np.cos(turn) - right * np.sin(turn)
        rise = np.minimum(6 - np.abs(v), 12 - np.abs(u))
        roof = 6 + rise * np.tan(np.radians(30)) + 1.5 * ((np.abs(u - 2) < 1) & (np.abs(v + 3) < 1))
        outline = affinity.rotate(shapely.box(-12, -6, 12, 6), by, origin=(0, 0))
        grid = Grid(np.where(rise > 0, roof, 0.0), -18.0, 18.0, cell_m)
        found = fit_roof_planes(np.array([outline], object), grid, RoofPlaneSettings(), CRS(4549))
        assert isinstance(found, gpd.GeoDataFrame) and len(found) == 4
        return np.sort(found.geometry.area.to_numpy())

    still, moved = areas(0.0, 0.25), areas(angle, 0.25)
    assert moved == pytest.approx(still, rel=0.01)
    assert areas(angle, 0.5) == pytest.approx(moved, rel=0.03)
