"""Columns that the city file names nothing of are told by their usual names, in every format, and never used."""

import geopandas as gpd
import pytest
import shapely

from pvmap.settings.city import VectorInput
from pvmap.sources.unmapped import doubt_unmapped


@pytest.fixture
def buildings() -> gpd.GeoDataFrame:
    outlines = [shapely.box(x, 0, x + 10, 10) for x in (0, 20)]
    there = {
        "Floor": [2, 3],
        "Height_m": [6.0, 9.0],
        "用途": ["学校", "医院"],
        "altitude": [3, 4],
        "geometry": outlines,
    }
    return gpd.GeoDataFrame(there, crs="EPSG:4549")


def write(buildings, path):
    if path.suffix == ".parquet":
        buildings.to_parquet(path)
    elif path.suffix == ".csv":
        buildings.assign(wkt=buildings.geometry.to_wkt()).drop(columns="geometry").to_csv(path, index=False)
    else:
        buildings.to_file(path)


@pytest.mark.parametrize("name", ["b.parquet", "b.csv", "b.gpkg", "b.geojson", "b.shp", "b.fgb", "b.gml"])
@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({}, {"height_m": "Height_m", "floors": "Floor", "building_use": "用途"}),
        ({"height_m": "Height_m"}, {"floors": "Floor", "building_use": "用途"}),
        ({"height_m": "altitude"}, {"floors": "Floor", "building_use": "用途"}),
        ({"height_m": "Height_m", "floors": "Floor", "building_use": "用途"}, {}),
        ({"building_use": "用途", "id": "Floor"}, {"height_m": "Height_m"}),
    ],
)
def test_usual_names_are_told_where_nothing_is_mapped_to_ours(tmp_path, buildings, name, columns, told):
    write(buildings, tmp_path / name)
    (tmp_path / "b.xsd").unlink(missing_ok=True)  # which GDAL writes beside GML: others' files come without
    there = set(tmp_path.iterdir())
    found = doubt_unmapped(VectorInput(path=name, columns=columns), tmp_path)
    mapping = ", ".join(f'{ours} = "{theirs}"' for ours, theirs in told.items())
    assert [one.values["mapping"] for one in found] == ([mapping] if told else [])
    assert set(tmp_path.iterdir()) == there, "nothing is left beside the data"
