"""Masks: area goes to the first clause, all that touch are told, and what nobody checked is listed."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from findings.examples.masks import FIELDS
from findings.examples.village import BUILDINGS, check, feature, put, rectangle, rows

from pvmap.errors import ConfigError
from pvmap.findings import finding
from pvmap.settings.city import Mask
from pvmap.sites.expected_masks import EXPECTED_MASKS, not_checked
from pvmap.sites.masks import LoadedMask, load_masks, polygonal

FARMLAND = "自然资办发〔2023〕12号 (sourced; [land2023])"


def strip(town, west: float, east: float) -> np.ndarray:
    """Ground between two eastings counted from the site's middle."""
    x, y = town.origin
    return np.array([shapely.box(x + west, y - 5000, x + east, y + 5000)])


def test_area_goes_to_the_first_mask_and_each_tells_what_it_touches(town) -> None:
    """A pond of 400 x 250 m: the first mask covers its western half, the second the middle half."""
    masks = (
        LoadedMask("farmland", FARMLAND, strip(town, -1000, 0)),
        LoadedMask("red line", "clause b (unverified; judgement: test)", strip(town, -100, 100)),
    )
    alone = town.settings(fishpond={"min_cluster_ha": 2.0})
    placed = town.place("fishpond", town.read("fishpond", [town.rectangle(400, 250)]), alone, masks=masks)
    rows = placed.exclusions.set_index("reason")
    assert rows["area_m2"].to_dict() == {"farmland": pytest.approx(50_000), "red line": pytest.approx(25_000)}
    assert rows["area_touched_m2"].to_dict() == {"farmland": pytest.approx(50_000), "red line": pytest.approx(50_000)}
    assert rows.loc["farmland", "clause"] == FARMLAND
    assert placed.surfaces["plan_area_m2"].tolist() == [pytest.approx(25_000)]
    reversed_order = town.place("fishpond", town.read("fishpond", [town.rectangle(400, 250)]), alone, masks=masks[::-1])
    assert town.excluded(reversed_order) == {"red line": pytest.approx(50_000), "farmland": pytest.approx(25_000)}


@pytest.mark.parametrize("kind", ["rooftop", "mine", "fishpond"])
@pytest.mark.parametrize("bound", ["rooftop", "mine", "fishpond"])
def test_a_mask_binds_the_kinds_it_names(town, kind, bound) -> None:
    mask = LoadedMask("m", FARMLAND, strip(town, -1000, 1000), (bound,))
    placed = town.place(kind, town.read(kind, [town.rectangle(400, 250)]), masks=(mask,))
    assert ("m" in town.excluded(placed)) is (kind == bound)
    assert (len(placed.surfaces) == 0) is (kind == bound)


def test_overlapping_polygons_of_one_mask_count_once(town) -> None:
    mask = LoadedMask("m", FARMLAND, np.concatenate([strip(town, -300, -50), strip(town, -100, 0)]))
    placed = town.place("fishpond", town.read("fishpond", [town.rectangle(400, 250)]), masks=(mask,))
    assert town.excluded(placed)["m"] == pytest.approx(50_000)


def test_a_mask_beside_the_site_takes_nothing(town) -> None:
    mask = LoadedMask("m", FARMLAND, strip(town, 200, 300))  # shares the edge
    placed = town.place("fishpond", town.read("fishpond", [town.rectangle(400, 250)]), masks=(mask,))
    assert town.excluded(placed) == {}


def test_a_mask_without_polygons_is_a_checked_mask(town) -> None:
    mask = LoadedMask("m", FARMLAND, np.empty(0, object))
    assert len(town.place("rooftop", town.read("rooftop", [town.rectangle(40, 20)]), masks=(mask,)).surfaces) == 1


def test_a_mask_cuts_a_roof_before_its_setback(town) -> None:
    mask = LoadedMask("heritage protection zone", FARMLAND, strip(town, -1000, 0))
    sites = town.read("rooftop", [town.rectangle(40, 20)], building_use=["government"])
    placed = town.place("rooftop", sites, masks=(mask,))
    assert placed.surfaces.geometry.area.iloc[0] == pytest.approx(18.0 * 18.0)


def test_files_become_masks(town, tmp_path) -> None:
    """A GeoJSON with a buffer of 50 m and a class raster of which two values exclude; one mask without a file."""
    x, y = town.origin
    layer = town.layer([town.rectangle(100, 100)]).features[["geometry"]]
    layer.to_file(tmp_path / "zone.gpkg")
    cells = np.zeros((20, 20), "uint8")
    cells[:, :5], cells[:, 5:7] = 10, 20
    with rasterio.open(
        tmp_path / "cover.tif", "w", driver="GTiff", width=20, height=20, count=1, dtype="uint8", crs=town.crs.to_wkt(),
        transform=Affine(10, 0, x - 100, 0, -10, y + 100),
    ) as file:  # fmt: skip
        file.write(cells, 1)
    masks = (
        Mask(name="blasting distance", clause="a", input={"path": "zone.gpkg"}, buffer_m=50, applies_to=("mine",)),
        Mask(name="forest", clause="b", raster={"path": "cover.tif"}, values=(10, 20)),
        Mask(name="nobody has it", clause="c"),
    )
    bounds = (x - 1000, y - 1000, x + 1000, y + 1000)
    blasting, forest = load_masks(masks, tmp_path, town.crs, bounds)
    assert (blasting.name, blasting.applies_to) == ("blasting distance", ("mine",))
    assert shapely.area(blasting.polygons).sum() == pytest.approx(100 * 100 + 4 * 100 * 50 + np.pi * 50**2, rel=2e-3)
    assert shapely.union_all(forest.polygons).bounds == pytest.approx((x - 100, y - 100, x - 30, y + 100))
    assert shapely.area(forest.polygons).sum() == pytest.approx(70 * 200)
    assert all(
        len(mask.polygons) == 0 for mask in load_masks(masks, tmp_path, town.crs, (x + 5000, y, x + 6000, y + 1))
    )


def test_large_masks_cut_alike_whatever_the_window(town, tmp_path) -> None:
    """A circle of 3 km with 4,000 vertices, seen by one window or by several: the same area to the last bit."""
    x, y = town.origin
    town.layer([shapely.buffer(shapely.Point(x, y), 3000, quad_segs=1000)]).features[["geometry"]].to_file(
        tmp_path / "z.gpkg"
    )
    masks = (Mask(name="m", clause="c (sourced; [land2023])", input={"path": "z.gpkg"}),)
    rng = np.random.default_rng(2)
    polygons = [town.rectangle(300, 200, t, at=(2900 * np.cos(t), 2900 * np.sin(t))) for t in rng.uniform(0, 6.3, 40)]
    sites = town.read("rooftop", polygons)

    def taken(rows) -> dict[str, float]:
        loaded = load_masks(masks, tmp_path, town.crs, tuple(sites[rows].total_bounds))
        exclusions = town.place("rooftop", sites[rows], masks=loaded).exclusions
        return exclusions[exclusions["reason"] == "m"].set_index("site_id")["area_m2"].to_dict()

    whole = taken(np.ones(40, bool))
    assert len(whole) == 40
    assert taken(np.arange(40) % 2 == 0) | taken(np.arange(40) % 2 == 1) == whole
    circle = shapely.buffer(shapely.Point(x, y), 3000, quad_segs=1000)
    expected = {site.site_id: site.geometry.intersection(circle).area for site in sites.itertuples()}
    assert whole == pytest.approx(expected)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (Mask(name="m", clause="c", applies_to=("roof",)), "'roof' is no kind of site"),
        (Mask(name="m", clause="c", raster={"path": "x.tif"}), "values is empty"),
    ],
)
def test_a_mask_that_cannot_be_meant(town, tmp_path, mask, message) -> None:
    with pytest.raises(ConfigError, match=rf"masks \(m\): .*{message}"):
        load_masks((mask,), tmp_path, town.crs, (0, 0, 1, 1))


def test_not_checked_lists_what_no_file_answers(town) -> None:
    inputs = {"fishponds": [{"path": "p.gpkg"}]}
    nothing = {mask.name for mask in not_checked(town.settings(inputs=inputs), ())}
    assert {"permanent basic farmland", "aquaculture ban zone", "Grand Canal 2 km"} <= nothing
    assert "geological hazard zone" not in nothing  # binds mines only
    masks = [
        {"name": "Permanent Basic Farmland", "clause": "c", "input": {"path": "f.gpkg"}},
        {"name": "大运河核心监控区2公里", "clause": "c", "input": {"path": "g.gpkg"}},
        {"name": "our own zone", "clause": "d"},
        {"name": "flood detention area", "clause": "e"},
    ]
    rest = [mask.name for mask in not_checked(town.settings(inputs=inputs, masks=masks), ())]
    assert set(rest) == nothing - {"permanent basic farmland", "Grand Canal 2 km"} | {"our own zone"}
    assert len(rest) == len(set(rest))


def test_every_expected_mask_has_a_clause_with_its_mark() -> None:
    assert all("sourced" in mask.clause or "unverified" in mask.clause for mask in EXPECTED_MASKS)
    assert len({mask.name for mask in EXPECTED_MASKS}) == len(EXPECTED_MASKS)
    assert {kind for mask in EXPECTED_MASKS for kind in mask.applies_to} == {"rooftop", "mine", "fishpond"}


def test_only_areas_are_left_of_an_intersection() -> None:
    square, line, point = shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)]), shapely.Point(0, 0)
    mixed = shapely.GeometryCollection([square, line, point])
    found = polygonal(np.array([square, mixed, line, shapely.Polygon(), shapely.GeometryCollection()], object))
    assert shapely.area(found).tolist() == [1.0, 1.0, 0.0, 0.0, 0.0]
    assert set(shapely.get_dimensions(found[:2])) == {2}
    assert shapely.is_empty(found[2:]).all()


def test_a_mask_that_answers_nothing_stays_on_the_list_with_its_reason(town) -> None:
    masks = [{"name": "basic grassland", "clause": "c", "input": {"path": "g.gpkg"}}]
    settings = town.settings(inputs={"mines": [{"path": "m.gpkg"}]}, masks=masks)
    assert "basic grassland" not in {mask.name for mask in not_checked(settings, ())}
    elsewhere = finding("mask-touches-nothing", layer="basic grassland", column="g.gpkg", total=3, gap_km=900.0)
    (left,) = [mask for mask in not_checked(settings, [elsewhere]) if mask.name == "basic grassland"]
    assert "900.0 km" in left.as_record()["reason"] and "900.0" in left.as_record()["reason_zh"]


def test_with_a_buffer_points_and_lines_exclude_too(town, tmp_path) -> None:
    east, north = town.origin
    shapes = [shapely.Point(east, north), shapely.LineString([(east - 500, north + 200), (east + 500, north + 200)])]
    gpd.GeoDataFrame(geometry=shapes, crs=town.crs).to_file(tmp_path / "lines.geojson")
    bounds = (east - 1000.0, north - 1000.0, east + 1000.0, north + 1000.0)
    mask = Mask(name="line", clause="c", input={"path": "lines.geojson"}, buffer_m=50.0)
    (loaded,) = load_masks((mask,), tmp_path, town.crs, bounds)
    area = shapely.area(shapely.union_all(loaded.polygons))
    assert area == pytest.approx(1000 * 100 + 2 * np.pi * 50**2, rel=0.02)


def test_a_stray_polygon_far_away_does_not_widen_a_mask(tmp_path) -> None:
    """A mask that ends in the middle of the city ends there though one polygon of it lies in another province."""
    put(tmp_path, "b.geojson", rows(10))
    west = [feature(rectangle(10 * k, 0, 9, 40)) for k in range(25)]
    put(tmp_path, "m.geojson", [*west, feature(rectangle(900_000, 0))])
    assert "mask-covers-part" in {one.code for one in check(tmp_path, BUILDINGS + FIELDS)}


def test_how_far_a_mask_lies_is_told_by_its_polygons(tmp_path) -> None:
    put(tmp_path, "b.geojson", rows(4))
    put(tmp_path, "m.geojson", [feature(rectangle(20_000, 0)), feature(rectangle(-20_000, 0))])
    (told,) = [one for one in check(tmp_path, BUILDINGS + FIELDS) if one.code == "mask-touches-nothing"]
    assert 19.0 < told.values["gap_km"] < 20.1


@pytest.mark.parametrize(
    ("binds", "left"), [(["mine"], "fishponds"), ([], "fishponds, mines"), (["rooftop"], "fishponds")]
)
def test_a_mask_answers_its_rule_for_the_kinds_that_it_binds(town, binds, left) -> None:
    inputs = {"mines": [{"path": "m.gpkg"}], "fishponds": [{"path": "p.gpkg"}]}
    masks = [{"name": "永久基本农田", "clause": "c", "input": {"path": "f.gpkg"}, "applies_to": binds}]
    rest = not_checked(town.settings(inputs=inputs, masks=masks), ())
    (told,) = [mask for mask in rest if mask.name == "permanent basic farmland"]
    assert left in told.reason and "鱼塘" in told.reason_zh
    masks[0]["applies_to"] = ["mine", "fishpond"]
    assert told.name not in {mask.name for mask in not_checked(town.settings(inputs=inputs, masks=masks), ())}
