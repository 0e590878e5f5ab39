"""Uses of buildings out of land use: only where nobody says one, the smallest area first, graded as unknown."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from pvmap.settings.city import Settings, VectorInput
from pvmap.sites import SITE_TYPES
from pvmap.sites.use_from_land import with_uses_of_land
from pvmap.sources.vector import read_vector

METRES = CRS("EPSG:32650")
X, Y = 440_000.0, 3_560_000.0
LAND = {
    "industrial": shapely.box(X, Y, X + 1000, Y + 1000),
    "hospital": shapely.box(X + 400, Y, X + 600, Y + 200),  # inside the first
    "forest": shapely.box(X + 2000, Y, X + 3000, Y + 1000),
    "农村宅基地": shapely.box(X + 4000, Y, X + 5000, Y + 1000),
}


@pytest.mark.parametrize(
    ("word", "at", "use", "grade"),
    [
        ("", 100, "industrial_steel", "C"),
        ("yes", 100, "industrial_steel", "C"),
        ("school", 100, "education", "B"),  # says so itself
        ("", 450, "health", "C"),  # the smaller area counts
        ("", 2100, "other", "D"),  # a forest tells nothing of a house
        ("", 4100, "residential_rural", "D"),  # its ridge may run either way
        ("", 9000, "other", "D"),  # no land there
    ],
)
def test_which_use_counts(tmp_path: Path, word: str, at: float, use: str, grade: str) -> None:
    house = shapely.box(X + at, Y + 50, X + at + 20, Y + 70)
    columns = {"building_use": [word], "height_m": [5.0]}
    gpd.GeoDataFrame(columns, geometry=[house], crs=METRES).to_parquet(tmp_path / "b.parquet")
    gpd.GeoDataFrame({"land_use": list(LAND)}, geometry=list(LAND.values()), crs=METRES).to_parquet(
        tmp_path / "l.parquet"
    )
    buildings = VectorInput(path="b.parquet", columns={"building_use": "building_use", "height_m": "height_m"})
    land = VectorInput(path="l.parquet", columns={"land_use": "land_use"})
    layers = [read_vector(buildings, tmp_path, METRES)]
    layers, _ = with_uses_of_land(layers, [buildings], read_vector(land, tmp_path, METRES), land)
    settings = Settings.model_validate({"city": {"name": "a", "title_zh": "", "title_en": ""}})
    sites, _, _ = SITE_TYPES["rooftop"].read(layers, [buildings], settings)
    assert (sites["building_use"].iloc[0], sites["confidence"].iloc[0]) == (use, grade)
