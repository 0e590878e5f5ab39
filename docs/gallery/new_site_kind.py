"""A new kind of site: canopies over car parks, from polygons to a table of surfaces, to energy, to the map.

Every kind of site reduces itself to the contract table "surfaces"; all that follows is blind to the kind. This script
does it beside a run; CONTRIBUTING.md says in which five places a kind becomes one that every stage knows.
"""

import folium
import geopandas as gpd
import numpy as np
import shapely

import pvmap
from pvmap import energy
from pvmap.sites.base import Placement, surfaces_frame
from pvmap.sites.ledger import Ledger
from pvmap.tables.contract import check

COVERED = 0.45  # share of a car park under canopies: lanes and trees stay open
TILT, AZIMUTH, GCR = 7.0, 180.0, 0.9


def place(sites: gpd.GeoDataFrame, settings) -> Placement:
    """Lay canopies over car parks: area in, surfaces and what is left out, with its reason, out."""
    footprint = shapely.area(sites.geometry.to_numpy())
    ledger = Ledger(sites["site_id"])
    ledger.add("lanes and trees", "own judgement", np.arange(len(sites)), footprint * (1 - COVERED))
    area = footprint * COVERED
    modules = np.floor(area * GCR / settings.module.area_m2)
    columns = {
        "surface_tilt": TILT,
        "surface_azimuth": AZIMUTH,
        "gcr": GCR,
        "albedo": 0.2,
        "mounting": "flush",
        "area_m2": area,
        "plan_area_m2": area,
        "capacity_limit_kwp": modules * settings.module.power_kwp,
        "height_m": 3.5,
        "ground_tilt": 0.0,
        "ground_azimuth": 180.0,
        "row_length_m": 0.0,
        "edge_height_m": 3.5,
    }
    surfaces = surfaces_frame(columns, sites.geometry.to_numpy(), sites.crs, site_ids=sites["site_id"].to_numpy())
    return Placement(check("surfaces", surfaces), ledger.frame())


run = pvmap.run_city("demo")
here = run.sites.geometry.iloc[0].centroid
squares = [shapely.box(here.x + 400 * i, here.y, here.x + 400 * i + 80, here.y + 60) for i in range(3)]
parks = gpd.GeoDataFrame({"site_id": ["park-1", "park-2", "park-3"]}, geometry=squares, crs=run.sites.crs)
placed = place(parks, run.settings)
used = placed.surfaces.groupby("site_id")["plan_area_m2"].sum() + placed.exclusions.groupby("site_id")["area_m2"].sum()
assert np.allclose(used, shapely.area(squares)), "used + excluded = footprint"

point = run.about["weather"][0]
weather = run.weather.query("weather_id == @point['weather_id']").set_index("time")
station = energy.Station(
    weather, point["longitude"], point["latitude"], point["altitude_m"], point["sun_offset_minutes"]
)
sky = energy.sky_over(station, run.settings.city.utc_offset_hours, run.settings.energy)
planes = placed.surfaces
light = energy.simulate(sky, planes["surface_tilt"], planes["surface_azimuth"], planes["mounting"], planes["gcr"])
planes["energy_kwh"] = light.energy_kwh_per_kwp.sum(axis=1) * planes["capacity_limit_kwp"]
print(planes[["site_id", "capacity_limit_kwp", "energy_kwh"]].round(0))

city = run.map()
canopies = folium.FeatureGroup(name="停车场光伏车棚 / car-park canopies")
folium.GeoJson(planes[["site_id", "energy_kwh", "geometry"]].to_crs(4326).to_json()).add_to(canopies)
canopies.add_to(city)
city.save("car_parks.html")
