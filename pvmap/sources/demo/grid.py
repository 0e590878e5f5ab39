"""A made-up grid and plan for the synthetic city: stations of two levels, supply areas, projects, targets, parks.

As much smaller than a real one as the city has fewer buildings. What is connected is what the city's plants come to. In
two districts a power station of another kind fills one transformer station and in one all headroom is registered, so
that every grade is seen at work.
"""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.settings.demo import DemoSettings
from pvmap.sources.demo.geography import METRIC_CRS, WEB_CRS, blob
from pvmap.sources.demo.sketch import DISTRICTS

LIKE = 60_000  # buildings of the demo that the figures below are made for
MVA_PER_THOUSAND = 0.056  # of one of two units of the 220 kV station
STATIONS = 3  # of 110 kV in a district
UNIT_110 = 0.4  # of one of two units there, of a unit of the 220 kV station
LOADING = 0.4  # load at the assessed hours over rating
RED, YELLOW = ("丹阳市", "扬中市"), ("句容市",)  # where the first station is full, and where it is booked up
FULL, LEFT = 1.76, 0.7  # of a unit, a little over load and upward limit; of what is connected, less than its output
BOOKED, BOOKED_ELSEWHERE = 2.2, 0.1  # of a unit: more than hosting, and little
GROWTH = {2026: 0.15, 2027: 0.35, 2028: 0.55, 2029: 0.78, 2030: 1.0}  # of what is to be added by 2030
ADDED_MW = 190.0  # by 2030, in the demo's city
POND_MW = 90.0  # of it on ponds
DC_PER_AC = 1.2
PARKS = (("丹徒区", "合成开发区一"), ("丹阳市", "合成开发区二"))
PARK_RADIUS_M, PARK_LOAD_KW = 2500.0, 20_000.0


class Grid(NamedTuple):
    """Tables and layers by the name of their file."""

    tables: dict[str, pd.DataFrame]
    supply_areas: gpd.GeoDataFrame
    parks: gpd.GeoDataFrame


def make_grid(
    settings: DemoSettings,
    districts: gpd.GeoDataFrame,
    townships: gpd.GeoDataFrame,
    plants: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> Grid:
    """Make stations, their supply areas, registered projects, targets, yearly limits and two parks.

    Parameters
    ----------
    settings
        How many buildings and ponds there are.
    districts, townships, plants
        Of the synthetic city, in the metric CRS.
    rng
        For the outlines of the parks.
    """
    size = settings.n_buildings / LIKE
    devices, areas = [], []
    for one in DISTRICTS:
        unit = 1e3 * one.population * MVA_PER_THOUSAND * size  # kVA
        seat = gpd.GeoSeries(gpd.points_from_xy([one.seats[0][0]], [one.seats[0][1]]), crs=WEB_CRS).to_crs(METRIC_CRS)
        towns = townships[townships["district"] == one.name]
        at = _spread(towns, seat.iloc[0])
        supply = _supply(towns, at, [_id(one.name, number) for number in range(len(at))])
        stands = _connected(supply, plants)
        low = [_station(one.name, number, unit * UNIT_110, stands) for number in range(len(at))]
        high = _top(one.name, unit, low)
        points = gpd.GeoSeries([seat.iloc[0], *towns.representative_point().iloc[at]], crs=METRIC_CRS).to_crs(WEB_CRS)
        devices += [
            {**row, "longitude": round(x, 6), "latitude": round(y, 6)}
            for row, x, y in zip([high, *low], points.x, points.y, strict=True)
        ]
        areas.append(supply)
    table = pd.DataFrame(devices)
    tables = {
        "grid_devices.csv": table,
        "registered.csv": _registered(table, size),
        "targets.csv": _targets(districts, plants, settings),
        "rates.csv": pd.DataFrame({"year": list(GROWTH), "district": "", "class": "ci_general"}).assign(
            max_mw_per_year=round(60.0 * size, 3)
        ),
        "park_loads.csv": _park_loads(size),
    }
    return Grid(tables, gpd.GeoDataFrame(pd.concat(areas, ignore_index=True), crs=METRIC_CRS), _parks(districts, rng))


def _spread(towns: gpd.GeoDataFrame, seat: shapely.Point) -> list[int]:
    """Positions of townships for stations: the nearest to the seat, then always the farthest from all before."""
    points = shapely.get_coordinates(towns.representative_point().to_numpy())
    first = int(np.hypot(*(points - (seat.x, seat.y)).T).argmin())
    at, far = [first], np.hypot(*(points - points[first]).T)
    while len(at) < min(STATIONS, len(points)):
        at.append(int(far.argmax()))
        far = np.minimum(far, np.hypot(*(points - points[at[-1]]).T))
    return at


def _id(district: str, number: int) -> str:
    return f"合成-{district}-110-{number + 1}"


def _connected(supply: gpd.GeoDataFrame, plants: gpd.GeoDataFrame) -> dict[str, float]:
    """AC capacity of the plants in each supply area, by the station [kW]."""
    points, kwac = plants.representative_point(), 1e3 * plants["装机_MW"] / DC_PER_AC
    inside = {one: points.within(area) for one, area in zip(supply["设备编号"], supply.geometry, strict=True)}
    return {one: float(kwac[here].sum()) for one, here in inside.items()}


def _station(district: str, number: int, unit_kva: float, stands: dict[str, float]) -> dict[str, object]:
    """Station of 110 kV with two units in parallel."""
    red, yellow = number == 0 and district in RED, number == 0 and district in YELLOW
    connected = stands[_id(district, number)]
    return {
        "device_id": _id(district, number),
        "name": f"合成{district}{number + 1}号110千伏变电站",
        "district": district,
        "level_kv": 110,
        "parent_id": f"合成-{district}-220",
        "unit_kva": round(unit_kva, 1),
        "units": 2,
        "mode": "parallel",
        "load_kw": round(2 * unit_kva * LOADING, 1),
        "other_generation_kw": round(max(unit_kva * FULL - connected * LEFT, 0.0), 1) if red else 0.0,
        "connected_kwac": round(connected, 1),
        "registered_kwac": round(unit_kva * (BOOKED if yellow else BOOKED_ELSEWHERE), 1),
    }


def _top(district: str, unit_kva: float, below: list[dict[str, object]]) -> dict[str, object]:
    """Station of 220 kV with two units on separate busbars."""
    low = pd.DataFrame(below)
    added = ("other_generation_kw", "connected_kwac", "registered_kwac")
    sums = {name: round(float(low[name].sum()), 1) for name in added}
    return {
        "device_id": f"合成-{district}-220",
        "name": f"合成{district}220千伏变电站",
        "district": district,
        "level_kv": 220,
        "parent_id": "",
        "unit_kva": round(unit_kva, 1),
        "units": 2,
        "mode": "split",
        "load_kw": round(2 * unit_kva * LOADING, 1),
        **sums,
    }


def _supply(towns: gpd.GeoDataFrame, at: list[int], ids: list[str]) -> gpd.GeoDataFrame:
    """Supply areas: each township is served by the nearest station."""
    points = shapely.get_coordinates(towns.representative_point().to_numpy())
    nearest = np.stack([np.hypot(*(points - points[one]).T) for one in at]).argmin(axis=0)
    served = towns[["geometry"]].assign(设备编号=[ids[one] for one in nearest])
    return served.dissolve("设备编号").reset_index()


def _registered(devices: pd.DataFrame, size: float) -> pd.DataFrame:
    """Projects that come to what the stations say is registered, and one that has run out."""
    low = devices[devices["level_kv"] == 110].reset_index(drop=True)
    rows = pd.DataFrame(
        {
            "project_id": [f"合成备案{number + 1:03d}" for number in range(len(low))],
            "device_id": low["device_id"],
            "class": [_class_of(number, one) for number, one in enumerate(low["district"])],
            "kwac": low["registered_kwac"],
            "valid_until": "2027-12-31",
            "expected_year": [2026 + number % 2 for number in range(len(low))],
        }
    )
    gone = rows.head(1).assign(project_id="合成备案999", kwac=round(500.0 * size, 1), valid_until="2026-06-30")
    return pd.concat([rows, gone], ignore_index=True)


def _class_of(number: int, district: str) -> str:
    """Class of a registered project: the large one that books up a station is on ponds."""
    if number % STATIONS == 0 and district in YELLOW:
        return "fishpond"
    return "ci_general" if number % 2 else "home_company"


def _targets(districts: gpd.GeoDataFrame, plants: gpd.GeoDataFrame, settings: DemoSettings) -> pd.DataFrame:
    """Targets of every district by year, and one of the city's ponds."""
    size, people = settings.n_buildings / LIKE, sum(one.population for one in DISTRICTS)
    points = plants.representative_point()
    stands = {}
    for name, outline in zip(districts["name"], districts.geometry, strict=True):
        stands[name] = float(plants["装机_MW"][points.within(outline)].sum()) / DC_PER_AC
    rows = [
        {
            "year": year,
            "district": one.name,
            "class": "",
            "target_mw": round(stands[one.name] + ADDED_MW * size * one.population / people * share, 3),
        }
        for one in DISTRICTS
        for year, share in GROWTH.items()
    ]
    ponds = POND_MW * settings.n_ponds / 860
    rows.append({"year": 2030, "district": "", "class": "fishpond", "target_mw": round(ponds, 3)})
    return pd.DataFrame(rows).assign(kind="cumulative", basis="ac", document="合成目标")


def _parks(districts: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Outlines of two parks beside the seats of their districts."""
    shapes = []
    for district, _ in PARKS:
        seat = next(one.seats[0] for one in DISTRICTS if one.name == district)
        point = gpd.GeoSeries(gpd.points_from_xy([seat[0]], [seat[1]]), crs=WEB_CRS).to_crs(METRIC_CRS).iloc[0]
        inside = districts.geometry[districts["name"] == district].iloc[0]
        shapes.append(blob(np.array([point.x, point.y]), PARK_RADIUS_M, rng).intersection(inside))
    return gpd.GeoDataFrame({"名称": [name for _, name in PARKS]}, geometry=shapes, crs=METRIC_CRS)


def _park_loads(size: float) -> pd.DataFrame:
    """Hours of the first park, the other's are not known: two shifts on workdays, less at weekends."""
    times = pd.date_range("2023-01-01", periods=8760, freq="h")
    shift = np.where((times.hour >= 7) & (times.hour < 22), 1.0, 0.55)
    shift = shift * np.where(times.day_of_week >= 5, 0.7, 1.0)
    hours = pd.DataFrame({"time": times.strftime("%Y-%m-%d %H:%M"), "load_kw": PARK_LOAD_KW * size * shift})
    return hours.assign(district=PARKS[0][1]).round({"load_kw": 1})
