"""The rules on real polygons: the account closes on every site, and the city's figures lie where they should."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import CRS

from pvmap.settings.city import RasterInput, VectorInput
from pvmap.sites import SITE_TYPES, overlaps
from pvmap.sites.base import Ground
from pvmap.sources.raster import read_window
from pvmap.sources.vector import read_vector


def read(town, shared_data, kind, crs, settings=None, **given):
    source = VectorInput(**given)
    return SITE_TYPES[kind].read([read_vector(source, shared_data, crs)], [source], settings or town.settings())[0]


BUILDINGS = {
    "suzhou": ("suzhou_buildings.geojson", {"height_m": "height", "floors": "Floor"}, 4549),
    "shenzhen": ("shenzhen_nanshan_building.geojson", {"height_m": "height"}, 4547),
    "boulder": ("boulder_buildings.zip", {}, 32613),
    "shanghai": ("shanghai_osm_buildings.geojson", {"height_m": "height"}, 32651),
}


@pytest.fixture(scope="module", params=BUILDINGS)
def roofs(request, town, shared_data):
    file, columns, epsg = BUILDINGS[request.param]
    sites = read(town, shared_data, "rooftop", CRS(epsg), path=f"buildings/{file}", columns=columns)
    return request.param, overlaps.resolve({"rooftop": sites})[0]["rooftop"]


@pytest.mark.parametrize("use", ["residential_low", "residential_rural", "industrial_steel"])
def test_account_of_roofs_closes(town, roofs, use) -> None:
    name, stock = roofs
    stock = stock.assign(building_use=use)
    placed = SITE_TYPES["rooftop"].place(stock, Ground(stock.crs, 32.0), town.settings())
    town.check(stock, placed)
    wp_per_m2 = placed.surfaces["capacity_limit_kwp"].sum() * 1e3 / stock["footprint_area_m2"].sum()
    print(f"{name} as {use}: {len(stock)} roofs, {wp_per_m2:.0f} Wp per m2 of footprint before shade")
    assert 20.0 < wp_per_m2 < 190.0  # 0.82 x 232 at most


def test_one_hangzhou_quarry_lies_on_the_terrain_and_is_assessed(town, shared_data) -> None:
    crs, settings = (
        CRS(4549),
        town.settings(inputs={"dem": {"path": "terrain/hangzhou_hills_dem_1as_from_contours.tif"}}),
    )
    dem = RasterInput(path="terrain/hangzhou_hills_dem_1as_from_contours.tif")
    sites = read(town, shared_data, "mine", crs, settings, path="land/hangzhou_osm_landuse.geojson",
                 where="fclass = 'quarry'", columns={"id": "osm_id", "name": "name"})  # fmt: skip
    ground = Ground(crs, 30.2, lambda bounds: read_window(dem, shared_data, crs, bounds))
    placed = SITE_TYPES["mine"].place(sites, ground, settings)
    town.check(sites, placed)
    assert placed.surfaces["site_id"].nunique() == 1
    refused = placed.exclusions[placed.exclusions["reason"] == "no terrain"]
    assert len(refused) == len(sites) - 1
    whole = sites.set_index("site_id")["footprint_area_m2"]
    assert refused.set_index("site_id")["area_m2"].to_dict() == pytest.approx(whole[refused["site_id"]].to_dict())
    net_ha = placed.surfaces["plan_area_m2"].sum() / 0.80 / 1e4
    density = placed.surfaces["capacity_limit_kwp"].sum() / 1e3 / net_ha
    print(f"Hangzhou quarry: {net_ha:.1f} net ha, {density:.2f} MWp per net ha")
    assert 0.6 <= density <= 1.2  # broken ground to flat


def test_account_of_hangzhou_waters_closes(town, shared_data) -> None:
    crs, settings = CRS(4549), town.settings()
    sites = read(town, shared_data, "fishpond", crs, path="land/hangzhou_osm_water.geojson",
                 where="fclass = 'water'", columns={"id": "osm_id", "name": "name"})  # fmt: skip
    sites = SITE_TYPES["fishpond"].prepare(sites, settings)
    placed = SITE_TYPES["fishpond"].place(sites, Ground(crs, 30.2), settings)
    town.check(sites, placed)
    assert placed.surfaces["gcr"].max() == pytest.approx(0.511, abs=1e-3)
    assert {"pond too small", "pond too narrow", "cluster too small"} <= set(placed.exclusions["reason"])


def test_contracted_roofs_give_about_107_wp_per_m2(town) -> None:
    """Nanjing Luhe: 389,000 m2 of public and commercial roofs hold 41.6 MW ([luhe2022]; range 90-130).

    A county's contract as it might be: half steel halls, the rest concrete factories, offices and schools.
    """
    stock = {"industrial_steel": 20, "industrial_concrete": 8, "government": 6, "education": 6}
    sizes = {
        "industrial_steel": (90, 45),
        "industrial_concrete": (70, 40),
        "government": (60, 18),
        "education": (70, 16),
    }
    uses = [use for use, n in stock.items() for _ in range(n)]
    polygons = [
        town.rectangle(*sizes[use], turn) for use, turn in zip(uses, np.linspace(0, 90, len(uses)), strict=True)
    ]
    sites = town.read("rooftop", polygons, building_use=uses, height_m=[12.0] * len(uses))
    placed = town.place("rooftop", sites)
    wp_per_m2 = placed.surfaces["capacity_limit_kwp"].sum() * 1e3 / sites["footprint_area_m2"].sum()
    per_use = (
        placed.surfaces.merge(sites[["site_id", "building_use"]]).groupby("building_use")["capacity_limit_kwp"].sum()
    )
    area = sites.groupby("building_use")["footprint_area_m2"].sum()
    print(
        f"contracted roofs: {wp_per_m2:.0f} Wp/m2 (Luhe 107); "
        + ", ".join(f"{u} {1e3 * v:.0f}" for u, v in (per_use / area).items())
    )
    assert 90.0 <= wp_per_m2 <= 130.0
