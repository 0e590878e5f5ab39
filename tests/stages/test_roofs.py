"""Measured planes of a tile's roofs: whose they are."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import affinity

from pvmap.settings.city import Settings
from pvmap.stages.job import TileJob
from pvmap.stages.roofs import roof_planes

EAST, NORTH = 2684000.0, 1246000.0


def gable_hut() -> dict:
    """A hut of 8 m by 10 m in CityJSON, two planes of 30 degrees."""
    rise = 4 * np.tan(np.radians(30))
    corners = [(0, 0, 3), (8, 0, 3), (8, 10, 3), (0, 10, 3), (4, 0, 3 + rise), (4, 10, 3 + rise)]
    roof = {
        "type": "MultiSurface",
        "lod": "2",
        "boundaries": [[[1, 2, 5, 4]], [[3, 0, 4, 5]]],
        "semantics": {"surfaces": [{"type": "RoofSurface"}], "values": [0, 0]},
    }
    return {
        "type": "CityJSON",
        "version": "2.0",
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/2056"},
        "CityObjects": {"hut": {"type": "Building", "geometry": [roof]}},
        "vertices": [[x + EAST, y + NORTH, z] for x, y, z in corners],
    }


@pytest.mark.parametrize(("overlap_m", "owns"), [(0.3, False), (2.0, False), (8.0, True)])
def test_a_neighbours_edge_is_no_roof(tmp_path: Path, overlap_m: float, owns: bool) -> None:
    """The second footprint, 12 m wide, laps over the hut: its planes count where they cover 30 % of it."""
    (tmp_path / "hut.json").write_text(json.dumps(gable_hut()), encoding="utf-8")
    city = {"name": "t", "title_zh": "t", "title_en": "t"}
    settings = Settings.model_validate({"city": city, "inputs": {"roofs_cityjson": {"path": "hut.json"}}})
    job = TileJob(settings, tmp_path, tmp_path, "EPSG:2056", "tile", 0, 1, f"stamp {overlap_m}")
    own, other = shapely.box(0, 0, 8, 10), shapely.box(8 - overlap_m, 0, 20 - overlap_m, 10)
    sites = gpd.GeoDataFrame(geometry=[affinity.translate(shape, EAST, NORTH) for shape in (own, other)], crs=2056)
    planes = roof_planes(job)
    assert planes is not None
    found = planes(sites)
    assert found is not None
    assert (found["roof"] == 0).sum() == 2
    assert (found["roof"] == 1).any() == owns
