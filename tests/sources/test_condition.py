"""A condition on rows may compare columns with values; a query of its own it may not be."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from pvmap.errors import ConfigError, InputError
from pvmap.settings.city import VectorInput
from pvmap.sources.condition import require_plain
from pvmap.sources.vector import read_vector

METRIC = CRS.from_epsg(4549)
PLAIN = {
    "": [0, 1, 2, 3],
    "fclass = 'quarry'": [0, 2],
    "\"fclass\" = 'quarry' AND h >= 9.5": [2],
    "fclass IN ('quarry', 'pit')": [0, 1, 2],
    "NOT (h < 9 OR fclass LIKE 'p%')": [2, 3],
    "状态 <> '拆除'": [0, 1, 2],
    "h BETWEEN 8 AND 9": [0, 1],
    "h IS NOT NULL and 状态 != '拆除'": [0, 1, 2],
    "h > -1e3 AND fclass = 'it''s (select)'": [3],
}
TOO_MUCH = [
    "h > (SELECT max(h) FROM layer)",
    "1=1) UNION SELECT * FROM (layer",
    "EXISTS (select 1)",
    "fclass IN (SELECT name FROM sqlite_master)",
    "fclass in(select(1))",
    "h = 1; DROP TABLE layer",
    "h = 1 -- all",
    "h = 1 /* */ OR 1=1",
    "load_extension('x')",
    "\"load_extension\"('x')",
    "h = abs(-9)",
    "ogr_geocode ('Zhenjiang') is null",
    "h = randomblob(1000000000)",
    "CASE WHEN h > 1 THEN 1 END",
    "h = 9 || 1",
    "(h = 9",
    "h = 9)",
    "h = 'open",
    "h = 9" + " OR h = 9" * 600,
    "fclass = char(10)\x00",
]


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory):
    """The same rows in a format that OGR filters, and in two that we filter."""
    folder = tmp_path_factory.mktemp("condition")
    table = pd.DataFrame(
        {
            "fclass": ["quarry", "pit", "quarry", "it's (select)"],
            "h": [8.0, 9.0, 10.0, 11.0],
            "状态": ["在", "在", "在", "拆除"],
        }
    )
    squares = [shapely.box(530_000 + 50 * k, 3_560_000, 530_040 + 50 * k, 3_560_030) for k in range(4)]
    frame = gpd.GeoDataFrame(table, geometry=squares, crs=METRIC)
    frame.to_file(folder / "a.gpkg")
    frame.to_parquet(folder / "a.parquet")
    table.assign(wkt=[one.wkt for one in squares]).to_csv(folder / "a.csv", index=False)
    return folder


@pytest.mark.parametrize("name", ["a.gpkg", "a.parquet", "a.csv"])
@pytest.mark.parametrize("where", PLAIN)
def test_a_plain_condition_keeps_its_rows(layers, name, where):
    assert require_plain(where, name) == where
    layer = read_vector(VectorInput(path=name, crs="EPSG:4549", where=where), layers, METRIC)
    assert layer.features["source_row"].tolist() == PLAIN[where]


@pytest.mark.parametrize("name", ["a.gpkg", "a.parquet", "a.csv"])
@pytest.mark.parametrize("where", TOO_MUCH)
def test_more_than_a_condition_is_refused(layers, name, where):
    with pytest.raises((ConfigError, InputError), match="where = "):
        read_vector(VectorInput(path=name, crs="EPSG:4549", where=where), layers, METRIC)
