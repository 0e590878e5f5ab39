"""Ponds out of waters and mining land out of land use: truth tables, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from pyproj import CRS
from rasterio.transform import from_origin

from pvmap.settings.city import Settings, VectorInput
from pvmap.sites import SITE_TYPES
from pvmap.sites.chosen import choose
from pvmap.sources.vector import VectorLayer, read_vector
from pvmap.stages.site_layers import read_kind

METRES = CRS("EPSG:32650")
X, Y = 440_000.0, 3_560_000.0


def box(width: float, height: float, x: float = X) -> shapely.Polygon:
    return shapely.box(x, Y, x + width, Y + height)


def chosen(folder: Path, kind: str, of: str, shapes: list, inputs: dict | None = None, **columns: list) -> VectorLayer:
    gpd.GeoDataFrame(columns, geometry=shapes, crs=METRES).to_parquet(folder / "layer.parquet")
    source = VectorInput.model_validate({"path": "layer.parquet", "of": of, "columns": {c: c for c in columns}})
    city = {"name": "a", "title_zh": "", "title_en": ""}
    settings = Settings.model_validate({"city": city, "inputs": inputs or {}})
    layer = choose(kind, read_vector(source, folder, METRES), source, settings, folder, METRES)
    assert layer.n_parts == len(layer.features) + len(layer.rejects)
    return layer


@pytest.mark.parametrize(
    ("word", "name", "shape", "kept"),
    [
        ("pond", "", box(100, 80), True),
        ("fishpond", "", box(1000, 800), True),  # called a pond, whatever its size
        ("", "", box(100, 80), True),
        ("water", "", box(100, 80), True),
        ("", "", box(1000, 800), False),  # 80 ha without a word
        ("", "", box(1500, 20), False),  # a stretch of a river
        ("", "东湖", box(100, 80), False),
        ("", "Lake Anna", box(100, 80), False),
        ("", "张家塘", box(100, 80), True),
        ("lake", "", box(100, 80), False),
        ("river", "", box(100, 80), False),
        ("水库水面", "", box(100, 80), False),
        ("1104A", "", box(100, 80), True),
        ("canal", "", box(100, 80), False),
    ],
)
def test_which_waters_are_ponds(tmp_path: Path, word: str, name: str, shape: shapely.Polygon, kept: bool) -> None:
    layer = chosen(tmp_path, "fishpond", "waters", [shape], water_type=[word], name=[name])
    assert len(layer.features) == kept
    assert layer.rejects["reason"].tolist() == ([] if kept else ["no pond"])
    assert kept or layer.rejects["detail"].iloc[0]


def test_how_many_ponds_are_called_so_is_said_and_every_refused_row_is_kept(tmp_path: Path) -> None:
    """A pond by its word, one by its shape, a river, and a row whose outline is missing."""
    shapes = [box(100, 80), box(100, 80, X + 500), box(100, 80, X + 1000), None]
    layer = chosen(tmp_path, "fishpond", "waters", shapes, water_type=["pond", "", "river", "pond"])
    (found,) = [one for one in layer.findings if one.code == "ponds-chosen"]
    assert (found.count, found.total, found.values["n_named"]) == (2, 3, 1)
    assert layer.rejects.index.tolist() == [0, 1]
    assert sorted(layer.rejects["source_row"]) == [2, 3]


def test_a_ring_around_an_island_is_judged_by_its_outline(tmp_path: Path) -> None:
    ring = box(200, 200).difference(shapely.box(X + 50, Y + 50, X + 60, Y + 60))
    assert len(chosen(tmp_path, "fishpond", "waters", [ring], name=[""]).features) == 1


def test_chosen_ponds_and_mines_have_grade_d(tmp_path: Path) -> None:
    for kind, of, column, word in (
        ("fishpond", "waters", "water_type", "pond"),
        ("mine", "land_use", "land_use", "quarry"),
    ):
        layer = chosen(tmp_path, kind, of, [box(300, 300)], **{column: [word]})
        source = VectorInput.model_validate({"path": "layer.parquet", "of": of})
        settings = Settings.model_validate({"city": {"name": "a", "title_zh": "", "title_en": ""}})
        sites, _, _ = SITE_TYPES[kind].read([layer], [source], settings)
        assert sites["confidence"].tolist() == ["D"]


@pytest.mark.parametrize(
    ("word", "kept"), [("quarry", True), ("采矿用地", True), ("0602", True), ("forest", False), ("", False)]
)
def test_which_land_is_mining_land(tmp_path: Path, word: str, kept: bool) -> None:
    assert len(chosen(tmp_path, "mine", "land_use", [box(300, 300)], land_use=[word]).features) == kept


def cover(folder: Path, bare: np.ndarray) -> dict:
    """A raster of 10 m cells whose north-west corner is that of a box of 300 m."""
    values = np.where(bare, 60, 50).astype("uint8")
    profile = {"crs": METRES, "dtype": "uint8", "transform": from_origin(X - 50, Y + 350, 10, 10)}
    size = {"width": bare.shape[1], "height": bare.shape[0], "count": 1}
    with rasterio.open(folder / "cover.tif", "w", driver="GTiff", **size, **profile) as file:
        file.write(values, 1)
    return {"land_cover": {"path": "cover.tif"}}


def test_mining_land_is_cut_down_to_what_lies_bare(tmp_path: Path) -> None:
    bare = np.zeros((40, 40), bool)
    bare[5:15, 5:15] = True  # 100 x 100 m in the corner
    bare[25:30, 25:35] = True  # 50 x 100 m elsewhere
    layer = chosen(tmp_path, "mine", "land_use", [box(300, 300)], cover(tmp_path, bare), land_use=["quarry"])
    assert sorted(round(area) for area in layer.features.area) == [5_000, 10_000]
    assert layer.features["part"].tolist() == [0, 1] and layer.features["n_parts_of_row"].tolist() == [2, 2]
    (found,) = [one for one in layer.findings if one.code == "mines-chosen"]
    assert (found.values["kept_ha"], found.values["whole_ha"]) == pytest.approx((1.5, 9.0))


def test_mining_land_that_has_grown_over_is_refused(tmp_path: Path) -> None:
    nothing = cover(tmp_path, np.zeros((40, 40), bool))
    layer = chosen(
        tmp_path, "mine", "land_use", [box(300, 300), box(10, 10, X + 5)], nothing, land_use=["quarry", "park"]
    )
    assert len(layer.features) == 0
    assert sorted(layer.rejects["reason"]) == ["no mining land", "not bare"]


def test_where_nothing_is_chosen_every_row_is_refused(tmp_path: Path) -> None:
    chosen(tmp_path, "mine", "land_use", [box(300, 300), box(300, 300, X + 900)], land_use=["park", "wood"])
    source = VectorInput.model_validate(
        {"path": "layer.parquet", "of": "land_use", "columns": {"land_use": "land_use"}}
    )
    settings = Settings.model_validate({"city": {"name": "a", "title_zh": "", "title_en": ""}})
    sites, rejects, counts, _ = read_kind("mine", (source,), settings, tmp_path, METRES, {})
    assert not len(sites) and (counts["kept"], counts["refused"]) == (0, 2) == (0, sum(map(len, rejects)))
    assert sites["source"].tolist() == []  # by which rows of all kinds are counted


def test_a_layer_of_sites_passes_through(tmp_path: Path) -> None:
    layer = chosen(tmp_path, "fishpond", "sites", [box(1500, 20)], water_type=["river"])
    assert len(layer.features) == 1 and not layer.findings


@pytest.mark.slow
def test_hangzhous_waters_and_land(shared_data: Path) -> None:
    """OpenStreetMap of Hangzhou in Geofabrik's columns: no river or reservoir is a pond, and every quarry is found."""
    land = shared_data / "land"
    settings = Settings.model_validate({"city": {"name": "a", "title_zh": "", "title_en": ""}})
    found = {}
    for kind, of, file in (
        ("fishpond", "waters", "hangzhou_osm_water.geojson"),
        ("mine", "land_use", "hangzhou_osm_landuse.geojson"),
    ):
        source = VectorInput.model_validate({"path": file, "of": of, "preset": "geofabrik"})
        found[kind] = choose(kind, read_vector(source, land, METRES), source, settings, land, METRES)
    ponds, mines = found["fishpond"].features, found["mine"].features
    assert set(ponds["water_type"]) == {"water"} and ponds.area.max() <= 20e4
    assert not ponds["name"].fillna("").str.endswith(("河", "湖", "江")).any()
    quarries = gpd.read_file(land / "hangzhou_osm_landuse.geojson").query("fclass == 'quarry'")
    assert set(mines["id"]) == set(quarries["osm_id"].astype(str)) and len(mines)
