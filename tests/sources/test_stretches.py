"""A layer that is cleaned in stretches is the layer cleaned at once, whatever is wrong with its rows."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from pvmap import memory
from pvmap.settings.city import VectorInput
from pvmap.sources import columnar
from pvmap.sources.asleep import Asleep
from pvmap.sources.stretches import in_turn
from pvmap.sources.vector import clean_ahead, read_vector

ODD = [
    None,
    "POLYGON EMPTY",
    "POINT (119.4 32.1)",
    "POLYGON ((0 0, 0.0001 0, 0.0001 0.0001, 0 0.0001, 0 0))",  # where zeros stand for none
    "POLYGON ((119.4 32.1, 119.4001 32.1001, 119.4001 32.1, 119.4 32.1001, 119.4 32.1))",  # a figure of eight
    "POLYGON ((119.4 32.1, 119.4001 32.1, 119.4 32.1, 119.4 32.1))",  # no area
    "POLYGON ((119.4 32.1, 119.4001 32.1, 119.4001 32.100001, 119.4 32.1))",  # sliver
    "MULTIPOLYGON (((119.5 32.2, 119.5001 32.2, 119.5001 32.2001, 119.5 32.2)),"
    " ((119.6 32.2, 119.6001 32.2, 119.6001 32.2001, 119.6 32.2)))",
    "POLYGON Z ((119.3 32.1 5, 119.3001 32.1 5, 119.3001 32.1001 5, 119.3 32.1 5))",
]


def town() -> gpd.GeoDataFrame:
    """Rows of every kind, twins far apart."""
    west = 119.41 + 0.0005 * np.arange(24)
    whole = shapely.box(west, 32.05, west + 0.0002, 32.0502)
    odd = shapely.from_wkt(np.array(ODD, object))
    polygons = np.concatenate([whole[:12], odd, whole[12:], whole[[3]], shapely.reverse(whole[[17]])])
    height_m = np.where(np.arange(len(polygons)) % 5 == 0, np.nan, 6.0)
    height_m[-1] = np.nan
    ids = [f"b{i}" for i in range(len(polygons))]
    return gpd.GeoDataFrame({"nr": ids, "h": height_m}, geometry=polygons, crs=4326)


METRIC = CRS.from_epsg(4549)


def source_of(path: Path, **how: object) -> VectorInput:
    return VectorInput(path=path.name, columns={"id": "nr", "height_m": "h"}, **how)


@pytest.mark.parametrize("how", [{}, {"datum": "gcj02"}, {"explode": False}])
def test_stretches_change_nothing(how: dict[str, object], tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "town.parquet"
    town().to_parquet(path, row_group_size=9)
    source = source_of(path, **how)
    expected = read_vector(source, tmp_path, METRIC)
    assert clean_ahead(source, tmp_path, METRIC, in_turn, tmp_path / "scratch") is None  # too small
    monkeypatch.setattr(columnar, "LARGE", 1)
    monkeypatch.setattr(memory, "AT_ONCE", 11)
    runs = clean_ahead(source, tmp_path, METRIC, in_turn, tmp_path / "scratch")
    assert runs is not None and len(runs.stretches) == 4
    layer = read_vector(source, tmp_path, METRIC, runs=runs)
    assert isinstance(layer.features.geometry.array, Asleep)
    shapes = [shapely.to_wkb(one.features.geometry.to_numpy()).tolist() for one in (layer, expected)]
    assert shapes[0] == shapes[1]
    pd.testing.assert_frame_equal(
        pd.DataFrame(layer.features).drop(columns="geometry"), pd.DataFrame(expected.features).drop(columns="geometry")
    )
    pd.testing.assert_frame_equal(layer.rejects, expected.rejects)
    assert {"duplicate", "coordinates are zero", "sliver", "no geometry"} <= set(layer.rejects["reason"])
    told = [(one.n_rows, one.n_parts, one.n_repaired, one.findings) for one in (layer, expected)]
    assert told[0] == told[1]
