"""The synthetic city: the geography it claims, the stock it claims, and files that read like anybody's."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from scipy import spatial

from pvmap import disk
from pvmap.config import file_inputs, load
from pvmap.crs import require_metric
from pvmap.errors import ConfigError, InputError
from pvmap.settings.city import Settings
from pvmap.settings.demo import DemoSettings
from pvmap.sources import demo
from pvmap.sources.demo import FILES, LABEL, DemoCity, make_demo, write_demo
from pvmap.sources.demo.blocks import USES
from pvmap.sources.demo.constraints import PLANTS
from pvmap.sources.demo.geography import districts
from pvmap.sources.demo.terrain import CELL_M, slope
from pvmap.sources.vector import read_vector

CITY_FILE = Path(__file__).resolve().parents[2] / "pipelines" / "demo.toml"
GROUP = {label: group for _, label, group in USES}

# [district_outlines]: area in km2; bounding box and centroid in degrees.
FACTS = {
    "京口区": (211.0, (119.434, 32.138, 119.717, 32.288), (119.569, 32.199)),
    "润州区": (122.1, (119.287, 32.094, 119.497, 32.264), (119.409, 32.184)),
    "丹徒区": (748.6, (119.237, 31.822, 119.823, 32.284), (119.489, 32.108)),
    "丹阳市": (1056.6, (119.402, 31.734, 119.897, 32.138), (119.633, 31.956)),
    "扬中市": (328.1, (119.691, 32.004, 119.967, 32.322), (119.834, 32.188)),
    "句容市": (1378.9, (118.964, 31.624, 119.381, 32.214), (119.195, 31.928)),
}
NEIGHBOURS = {  # who borders whom
    ("京口区", "润州区"),
    ("京口区", "丹徒区"),
    ("京口区", "扬中市"),
    ("润州区", "丹徒区"),
    ("润州区", "句容市"),
    ("丹徒区", "丹阳市"),
    ("丹徒区", "扬中市"),
    ("丹徒区", "句容市"),
    ("丹阳市", "扬中市"),
}


@pytest.fixture(scope="module")
def city() -> DemoCity:
    return make_demo(DemoSettings(n_quarries=45, n_ponds=3000))  # those of the whole stock, and many ponds


@pytest.fixture(scope="module")
def sound(city: DemoCity) -> gpd.GeoDataFrame:
    """The buildings without the deliberately bad rows."""
    return city.buildings.iloc[: DemoSettings().n_buildings]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(CITY_FILE)


@pytest.fixture(scope="module")
def raw(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw") / "demo"
    write_demo(settings, folder)
    return folder


# Geography


@pytest.mark.parametrize("name", FACTS)
def test_district_has_its_area_place_and_extent(name: str) -> None:
    area_km2, box, centroid = FACTS[name]
    sketch = districts().set_index("name")
    assert sketch.area[name] / 1e6 == pytest.approx(area_km2, rel=0.03)
    degrees = sketch.to_crs(4326).geometry[name]
    assert np.abs(np.array(degrees.bounds) - box).max() < 0.025
    assert np.abs(np.array(degrees.centroid.coords[0]) - centroid).max() < 0.025


def test_districts_leave_no_gap_and_do_not_overlap() -> None:
    sketch = districts()
    assert sketch.is_valid.all()
    whole = sketch.union_all()
    assert whole.geom_type == "Polygon" and not whole.interiors
    assert whole.area == pytest.approx(sketch.area.sum(), rel=1e-12)
    touching = {
        (a, b)
        for (a, p), (b, q) in itertools.combinations(zip(sketch["name"], sketch.geometry, strict=True), 2)
        if p.intersection(q).length > 0
    }
    assert touching == NEIGHBOURS


def test_sketch_lies_where_the_city_lies(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from pvmap.crs import gcj02_to_wgs84

    true = gpd.read_file(shared_data / "boundaries" / "zhenjiang_districts_gcj02.geojson")
    true["geometry"] = shapely.transform(true.geometry.to_numpy(), lambda p: np.column_stack(gcj02_to_wgs84(*p.T)))
    true = true.to_crs(4549).set_index("name")
    sketch = districts().set_index("name")
    overlap = {"whole city": (sketch.union_all(), true.union_all())}
    overlap |= {name: (sketch.geometry[name], true.geometry[name]) for name in FACTS}
    shares = {k: a.intersection(b).area / a.union(b).area for k, (a, b) in overlap.items()}
    with capsys.disabled():
        print("\nsketch against a newer edition, intersection over union:", {k: round(v, 2) for k, v in shares.items()})
    assert shares["whole city"] > 0.9
    # Jingkou, Runzhou and Dantu were cut anew since; the other three were not.
    assert min(shares[name] for name in ("丹阳市", "扬中市", "句容市")) > 0.8


def test_townships_fill_their_districts_and_are_named_synthetic(city: DemoCity) -> None:
    by_district = city.townships.dissolve("district").area
    whole = city.districts.set_index("name").area
    assert (by_district / whole[by_district.index]).to_numpy() == pytest.approx(1.0, rel=1e-9)
    assert city.townships["name"].is_unique and city.townships["name"].str.startswith("合成").all()


# Buildings


@pytest.mark.parametrize("n_buildings", [500, 6_000, 60_000, pytest.param(250_000, marks=pytest.mark.slow)])
def test_stock_has_the_number_and_the_footprint_shares_asked_for(n_buildings: int) -> None:
    settings = DemoSettings(n_buildings=n_buildings, n_ponds=100, faulty_rows=False)
    buildings = make_demo(settings).buildings
    assert len(buildings) == n_buildings
    share = buildings.area.groupby(buildings["用途"].astype(str).map(GROUP)).sum() / buildings.area.sum()
    asked = {key.removeprefix("share_"): getattr(settings, key) for key in settings.model_dump() if "share_" in key}
    tolerance = 0.10 if n_buildings < 6_000 else 0.02  # a handful of factory halls decides in a tiny city
    for group, value in asked.items():
        assert share[group] == pytest.approx(value, abs=tolerance), group


def test_no_buildings_overlap_and_some_touch(sound: gpd.GeoDataFrame) -> None:
    shapes = sound.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    common = shapely.area(shapely.intersection(shapes[first[pairs]], shapes[second[pairs]]))
    assert common.max() < 0.05  # m2: walls shared to the millimetre
    assert pairs.sum() > 1000


def test_settlements_are_as_dense_as_towns_not_dust(sound: gpd.GeoDataFrame) -> None:
    centres = shapely.get_coordinates(sound.centroid.to_numpy())
    tree = spatial.cKDTree(centres)
    within = np.array([len(n) - 1 for n in tree.query_ball_point(centres[::20], 100.0)])
    per_km2 = within / (np.pi * 0.1**2)
    use = sound["用途"].astype(str).map(GROUP).to_numpy()[::20]
    assert np.median(per_km2[use == "rural"]) > 800
    assert 150 < np.median(per_km2[use == "urban"]) < 2500
    assert np.quantile(per_km2[use == "urban"], 0.95) > 1200  # old centres


def test_buildings_have_courts_corners_and_heights_by_use(sound: gpd.GeoDataFrame) -> None:
    shapes = sound.geometry.to_numpy()
    assert (shapely.get_num_interior_rings(shapes) == 1).sum() > 100
    corners = shapely.get_num_points(shapely.get_exterior_ring(shapes)) - 1
    assert set(np.unique(corners)) == {4, 6, 8}
    height = sound["高度"].groupby(sound["用途"].astype(str)).median()
    assert height["农村住宅"] < 12 < height["多层住宅"] + 6 and height["高层住宅"] > 30
    assert 0.001 < sound["高度"].isna().mean() < 0.01
    assert sound.loc[sound["高度"].isna(), "层数"].notna().all()


def test_rural_houses_face_south(sound: gpd.GeoDataFrame) -> None:
    rural = sound[sound["用途"] == "农村住宅"].geometry.to_numpy()[::50]
    edge = shapely.get_coordinates(shapely.get_point(shapely.get_exterior_ring(rural), 1))
    edge -= shapely.get_coordinates(shapely.get_point(shapely.get_exterior_ring(rural), 0))
    off = np.degrees(np.arctan2(edge[:, 1], edge[:, 0]))
    off = (off + 90.0) % 180.0 - 90.0  # a wall has no direction
    assert np.quantile(np.abs(off), 0.9) < 30.0


def test_nothing_stands_on_water_pits_or_ponds(city: DemoCity, sound: gpd.GeoDataFrame) -> None:
    for taken in (city.water, city.quarries, city.ponds.dropna(subset="geometry")):
        assert not len(gpd.sjoin(sound, taken[["geometry"]]))
    assert sound.representative_point().within(city.districts.union_all()).all()


# Mines, ponds, terrain


def test_quarries_have_the_number_and_the_area_asked_for(city: DemoCity) -> None:
    pits = city.quarries.drop_duplicates("编号")
    hectares = pits.area / 1e4
    assert len(pits) == 45 and hectares.sum() == pytest.approx(800.0, rel=0.01)
    assert hectares.min() >= 2.99 and hectares.max() <= 60.01


def test_terrain_covers_the_city_and_every_quarry_is_cut_into_it(city: DemoCity) -> None:
    grid = city.lattice
    west, south, east, north = city.districts.total_bounds
    assert grid.west < west - 2000 and grid.north > north + 2000
    assert grid.west + grid.columns * CELL_M > east + 2000 and grid.north - grid.rows * CELL_M < south - 2000
    assert np.isfinite(city.height).all() and city.height.min() > 0 and city.height.max() < 500
    steep = slope(city.height)
    for pit in city.quarries.geometry:
        inside = rasterio.features.geometry_mask([pit], city.height.shape, grid.transform, invert=True)
        assert steep[inside].min() < 5.0  # a floor
        rim = rasterio.features.geometry_mask([pit.boundary.buffer(60)], city.height.shape, grid.transform, invert=True)
        assert steep[rim].max() > 12.0  # a wall


def test_ponds_have_the_number_asked_for_and_some_that_are_too_small(city: DemoCity) -> None:
    ponds = city.ponds.dropna(subset="geometry").drop_duplicates("编号")
    assert len(ponds) == 3000
    hectares = ponds.area / 1e4
    assert 2_400 < hectares.sum() < 3_600  # about 30 % of the 10,000 ha the city may have
    assert 20 < (hectares < 0.3).sum() < 200
    assert 0.1 < (ponds["含塘埂"] == "是").mean() < 0.5
    shapes = ponds.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    assert shapely.area(shapely.intersection(shapes[first], shapes[second])).sum() < 1.0


def test_plants_stand_on_sites_of_their_district(city: DemoCity) -> None:
    assert city.plants["装机_MW"].max() == pytest.approx(270.0 * 3000 / 10_000)
    for (*_, name, _), place in zip(PLANTS, city.plants.geometry.head(len(PLANTS)), strict=True):
        assert place.representative_point().within(city.districts.set_index("name").geometry[name])


def test_what_stands_on_roofs_is_in_proportion_to_the_buildings(city: DemoCity, sound: gpd.GeoDataFrame) -> None:
    roofs = city.plants.iloc[len(PLANTS) :]
    assert roofs["装机_MW"].sum() == pytest.approx(DemoSettings().roof_stock_mw * 60_000 / 700_000, rel=1e-4)
    ponds = city.plants.loc[city.plants["类型"] == "渔光互补", "装机_MW"].sum()
    assert ponds == pytest.approx(310.0 * 3000 / 10_000, rel=1e-4)  # of the ponds' share, not of the buildings'
    on = gpd.sjoin(roofs, sound[["编号", "用途", "geometry"]], predicate="within")
    assert len(on) == len(roofs) and on["编号"].is_unique
    groups = {"工商业屋顶": "industrial", "公共建筑屋顶": "public", "户用": "rural"}
    assert (on["用途"].astype(str).map(GROUP) == on["类型"].map(groups)).all()
    area_m2 = sound.set_index("编号").area[on["编号"]].to_numpy()
    assert (on["装机_MW"].to_numpy() * 1e6 / area_m2).max() < 100.0  # W a square metre of roof: less than modules give
    inside = gpd.sjoin(roofs, city.districts[["name", "geometry"]], predicate="within")["name"]
    assert inside.value_counts().reindex(list(FACTS)).min() > 50  # spread, not in one district


def test_roads_lead_from_seat_to_seat_and_cross_no_wide_water(city: DemoCity) -> None:
    seats = shapely.points(city.townships[["x", "y"]].to_numpy())
    net = city.roads.union_all()
    reached = shapely.distance(seats, net) < 1.0
    assert reached.mean() > 0.9 and len(city.roads) > len(seats)  # a net, not a tree
    assert city.roads.intersection(city.water.union_all()).length.max() < 2500.0
    assert city.districts.union_all().buffer(1.0).contains(net)


# Repeatability and files


def test_the_same_seed_gives_the_same_city_and_another_another() -> None:
    small = {"n_buildings": 1500, "n_ponds": 60}
    first, again, other = (make_demo(DemoSettings(**small, seed=seed)) for seed in (7, 7, 8))
    for layer in ("buildings", "ponds", "quarries", "townships", "plants", "roads"):
        pd.testing.assert_frame_equal(getattr(first, layer), getattr(again, layer))
    assert np.array_equal(first.height, again.height)
    assert not np.array_equal(first.height, other.height)
    assert not first.buildings.geometry.iloc[0].equals(other.buildings.geometry.iloc[0])


def test_files_are_those_the_city_file_names_and_say_that_they_are_synthetic(settings: Settings, raw: Path) -> None:
    assert {one.path for _, one in file_inputs(settings)} <= {path.name for path in raw.iterdir()}
    assert "Synthetic" in (raw / LABEL).read_text(encoding="utf-8")
    assert not [path for path in raw.iterdir() if path.name.startswith(".writing")]
    assert (raw / "dem.tif").stat().st_size < 25e6


def test_rows_read_are_kept_or_refused_with_a_reason(settings: Settings, raw: Path) -> None:
    crs = require_metric("EPSG:4549")
    buildings = read_vector(settings.inputs.buildings[0], raw, crs)
    assert buildings.n_rows == 60_009
    assert buildings.n_parts == len(buildings.features) + len(buildings.rejects)
    refused = set(buildings.rejects["source_row"])
    rows = gpd.read_parquet(raw / "buildings.parquet", columns=["名称", "geometry"])["名称"].iloc[60_000:]
    names = rows.str.removeprefix("合成错误行：")
    assert set(names[names.isin(["重复", "缺图形", "空图形", "狭长碎片", "微小"])].index) == refused
    for source, kept in ((settings.inputs.mines[0], 4), (settings.inputs.fishponds[0], 860)):
        layer = read_vector(source, raw, crs)
        assert len(layer.features) == kept and len(layer.rejects) == layer.n_parts - kept > 0
    for mask in settings.masks:
        assert mask.input is not None and len(read_vector(mask.input, raw, crs).features)


def test_files_are_written_once_and_again_when_something_changed(settings: Settings, tmp_path: Path) -> None:
    small = settings.model_copy(update={"demo": DemoSettings(n_buildings=600, n_ponds=50)})
    mine = tmp_path / "my own file.txt"
    mine.write_text("mine", encoding="utf-8")
    write_demo(small, tmp_path)
    buildings = tmp_path / "buildings.parquet"
    first = buildings.stat().st_mtime_ns
    write_demo(small, tmp_path)
    assert buildings.stat().st_mtime_ns == first
    (tmp_path / "dem.tif").unlink()
    write_demo(small, tmp_path)
    assert (tmp_path / "dem.tif").exists() and buildings.stat().st_mtime_ns > first
    write_demo(small.model_copy(update={"demo": DemoSettings(n_buildings=700, n_ponds=50)}), tmp_path)
    assert len(gpd.read_parquet(buildings)) == 709
    assert mine.read_text(encoding="utf-8") == "mine"


def test_a_city_without_a_demo_table_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no table \[demo\]"):
        write_demo(settings.model_copy(update={"demo": None}), tmp_path)
    assert not list(tmp_path.iterdir())


def test_shares_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match=r"add up to 1\.100"):
        DemoSettings(share_rural=0.48)


TINY = DemoSettings(n_buildings=500, n_ponds=10, n_quarries=4)


@pytest.fixture(scope="module")
def tiny_city() -> DemoCity:
    return make_demo(TINY)


@pytest.fixture
def tiny(tiny_city, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a city that is made once: what is tried here is the writing."""
    monkeypatch.setattr(demo, "make_demo", lambda _: tiny_city)
    return load(CITY_FILE).model_copy(update={"demo": TINY})


@pytest.mark.parametrize("name", ["dem.tif", "districts.geojson", LABEL])
def test_the_demo_never_writes_over_what_it_has_not_written(tmp_path, tiny, name):
    (tmp_path / name).write_bytes(b"the user's own")
    with pytest.raises(InputError, match=r"was not written by the demo.*\[demo\]"):
        write_demo(tiny, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"the user's own"


def test_what_was_put_in_a_demo_files_place_stays(tmp_path, tiny):
    write_demo(tiny, tmp_path)
    (tmp_path / "dem.tif").write_bytes(b"the user's own")
    write_demo(tiny, tmp_path)  # all is there: nothing to do
    other = tiny.model_copy(update={"demo": TINY.model_copy(update={"seed": 7})})
    with pytest.raises(InputError, match=r"dem\.tif was not written by the demo"):
        write_demo(other, tmp_path)
    assert (tmp_path / "dem.tif").read_bytes() == b"the user's own"
    (tmp_path / "dem.tif").unlink()
    write_demo(other, tmp_path)
    assert (tmp_path / "dem.tif").stat().st_size > 1000


def test_a_demo_that_was_killed_while_writing_is_written_again(tmp_path, tiny, monkeypatch):
    real, done = disk.replace, []

    def killed(fresh: Path, path: Path) -> None:
        if len(done) == 3 and path.name in FILES:
            raise KeyboardInterrupt
        done.extend([path.name] if path.name in FILES else [])
        real(fresh, path)

    monkeypatch.setattr(disk, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write_demo(tiny, tmp_path)
    monkeypatch.setattr(disk, "replace", real)
    assert sum((tmp_path / name).exists() for name in FILES) == 3
    write_demo(tiny, tmp_path)
    assert all((tmp_path / name).exists() for name in FILES)


def test_files_are_the_same_bytes_whatever_system_writes_them(tmp_path, tiny, monkeypatch):
    """Stamps of two machines agree, and those of another hour."""
    one, other = tmp_path / "one", tmp_path / "other"
    write_demo(tiny, one)
    monkeypatch.setattr(os, "linesep", "\r\n")
    monkeypatch.setenv("OGR_SQLITE_JOURNAL", "WAL")
    write_demo(tiny, other)
    assert [name for name in FILES if (one / name).read_bytes() != (other / name).read_bytes()] == []


def test_the_demo_is_a_city_in_small() -> None:
    """Ponds, quarries and plants are there in the share of the buildings."""
    demo = DemoSettings()
    share = demo.n_buildings / 700_000
    assert demo.n_ponds / 10_000 == pytest.approx(share, rel=0.02)
    assert demo.n_quarries / 45 == pytest.approx(share, abs=0.5 / 45)


def test_plants_are_as_much_smaller_as_the_demo(tiny_city: DemoCity) -> None:
    on_ponds = tiny_city.plants[tiny_city.plants["类型"] == "渔光互补"]
    assert on_ponds["装机_MW"].sum() == pytest.approx(310.0 * TINY.n_ponds / 10_000, abs=2e-3)
    on_ground = tiny_city.plants[tiny_city.plants["类型"] == "地面"]
    assert on_ground["装机_MW"].sum() == pytest.approx(30.0 * TINY.n_buildings / 700_000, abs=1e-3)
