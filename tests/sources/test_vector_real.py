"""Reading other people's files: each has a quirk that a city's own files will have."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from pvmap.errors import InputError
from pvmap.settings.city import VectorInput
from pvmap.sources.vector import VectorLayer, layer_crs, read_vector

# [district_outlines]: areas of the districts [km2]. Since that edition part of Dantu has gone to Jingkou, so these
# two are compared together.
DISTRICTS_KM2 = {
    ("京口区", "丹徒区"): 211.0 + 748.6,
    ("润州区",): 122.1,
    ("丹阳市",): 1056.6,
    ("扬中市",): 328.1,
    ("句容市",): 1378.9,
}


def read(folder: Path, path: str, *, kinds=("Polygon",), **more) -> VectorLayer:
    source = VectorInput(path=path, **more)
    layer = read_vector(source, folder, layer_crs(source, folder), kinds=kinds)
    assert layer.n_parts == len(layer.features) + len(layer.rejects) >= layer.n_rows
    assert shapely.is_valid(layer.features.geometry.to_numpy()).all()
    return layer


@pytest.mark.parametrize(
    ("path", "n_rows", "n_exploded", "reasons", "n_repaired", "epsg"),
    [
        # counts of rows, invalid and duplicate geometries: SOURCES.md
        ("buildings/shanghai_osm_buildings.geojson", 1572, 0, {"duplicate": 110}, 0, 4549),
        ("buildings/tokyo_buildings.geojson", 1374, 0, {}, 3, 32654),
        ("land/hangzhou_osm_water.geojson", 2721, 14, {"duplicate": 12}, 0, 4549),
        ("terrain/goteborg/buildings.shp", 137, 0, {}, 2, 32632),
    ],
)
def test_counts_equal_those_of_the_source(shared_data, path, n_rows, n_exploded, reasons, n_repaired, epsg):
    layer = read(shared_data, path)
    assert (layer.n_rows, layer.n_parts - layer.n_rows) == (n_rows, n_exploded)
    assert layer.rejects["reason"].value_counts().to_dict() == reasons
    assert layer.n_repaired == n_repaired
    assert layer.features.crs == CRS.from_epsg(epsg)


def test_repeated_buildings_are_kept_once_and_point_to_their_twin(shared_data):
    layer = read(shared_data, "buildings/shanghai_osm_buildings.geojson", columns={"height_m": "height"})
    shapes = shapely.to_wkb(shapely.normalize(layer.features.geometry.to_numpy()))
    assert len(set(shapes)) == len(shapes)
    kept = set(zip(layer.features["source_row"], layer.features["part"], strict=True))
    for detail in layer.rejects["detail"]:
        _, part, _, _, row = detail.split()
        assert (int(row), int(part)) in kept


def test_one_multipolygon_a_height_class_becomes_thousands_of_buildings(shared_data):
    apart = read(shared_data, "buildings/shenzhen_nanshan_building.geojson", columns={"height_m": "height"})
    whole = read(shared_data, "buildings/shenzhen_nanshan_building.geojson", explode=False)
    assert (apart.n_rows, whole.n_rows, whole.n_parts) == (10, 10, 10)
    assert len(apart.features) > 5000
    assert apart.features["height_m"].between(18, 228).all()
    assert apart.features.groupby("source_row")["height_m"].nunique().eq(1).all()
    # Parts that overlap count once as a whole and twice apart, slivers fall away: little, on either side.
    assert apart.features.area.sum() == pytest.approx(whole.features.area.sum(), rel=0.005)


def test_zipped_shapefile_is_read_where_it_lies(shared_data):
    layer = read(shared_data, "buildings/boulder_buildings.zip")
    assert layer.n_rows == 13491
    assert layer.n_repaired == 10
    assert set(layer.rejects["reason"]) == {"sliver"}
    assert 150 < layer.features.area.median() < 300  # one-family houses


def test_utf8_without_cpg_is_not_garbled(shared_data):
    layer = read(shared_data, "messy/china_shp_utf8_nocpg/china.shp", columns={"name": "FCNAME"})
    assert {"黑龙江省", "江苏省", "广东省"} <= set(layer.features["name"])


def test_stated_encoding_wins(shared_data):
    layer = read(shared_data, "messy/china_shp_utf8_nocpg/china.shp", columns={"name": "FCNAME"}, encoding="latin-1")
    assert "江苏省".encode().decode("latin-1") in set(layer.features["name"].str.strip())


def test_wrong_stated_encoding_is_a_sentence(shared_data):
    source = VectorInput(path="terrain/goteborg/buildings.shp", encoding="utf-8", columns={"name": "TYP"})
    with pytest.raises(InputError, match="is not text in utf-8; state its encoding"):
        read_vector(source, shared_data, CRS.from_epsg(3007))


def test_latin1_field_name_can_be_mapped(shared_data):
    layer = read(shared_data, "terrain/goteborg/buildings.shp", columns={"name": "OPERATÖR"})
    assert "SBKGIS" in set(layer.features["name"])
    assert "encoding-guessed" in {found.code for found in layer.findings}


def test_quarries_are_found_by_condition_at_their_true_rows(shared_data):
    where = "fclass = 'quarry'"
    quarries = read(shared_data, "land/hangzhou_osm_landuse.geojson", where=where, columns={"id": "osm_id"})
    everything = read(shared_data, "land/hangzhou_osm_landuse.geojson", columns={"id": "osm_id", "name": "fclass"})
    assert quarries.n_rows == 5
    all_quarries = everything.features[everything.features["name"] == "quarry"]
    assert sorted(quarries.features["source_row"]) == sorted(all_quarries["source_row"])
    assert sorted(quarries.features["id"]) == sorted(all_quarries["id"])
    by_row = quarries.features.dissolve("source_row").area / 1e6
    assert by_row.min() == pytest.approx(0.13, abs=0.005)  # SOURCES.md: 0.13..0.72 km2
    assert by_row.max() == pytest.approx(0.72, abs=0.005)


def test_districts_come_home_from_gcj02(shared_data):
    path, columns = "boundaries/zhenjiang_districts_gcj02.geojson", {"name": "name", "id": "adcode"}
    converted = read(shared_data, path, columns=columns, datum="gcj02").features
    labelled = read(shared_data, path, columns=columns).features
    assert converted.crs == CRS.from_epsg(4549)
    ours = shapely.get_coordinates(converted.geometry.to_numpy())
    theirs = shapely.get_coordinates(labelled.geometry.to_numpy())
    east, north = (theirs - ours).T
    assert 440 < east.min() < east.max() < 520  # SOURCES.md: +450..+510 m east
    assert -260 < north.min() < north.max() < -200  # -210..-250 m north
    areas = converted.dissolve("name").area / 1e6
    for names, expected in DISTRICTS_KM2.items():
        assert areas[list(names)].sum() == pytest.approx(expected, rel=0.03)
    assert areas.sum() == pytest.approx(3845, rel=0.03)


def test_converted_districts_fit_an_independent_outline_better(shared_data):
    """The prefecture outline is WGS84 but heavily simplified, so it fits only roughly."""
    outlines = read(
        shared_data, "boundaries/jiangsu_prefectures_wgs84_coarse.geojson", where="ADM2_ZH = '镇江市'", explode=False
    ).features
    assert len(outlines) == 1
    outline = outlines.geometry.iloc[0]
    path, overlap = "boundaries/zhenjiang_districts_gcj02.geojson", {}
    for datum in ("wgs84", "gcj02"):
        city = read(shared_data, path, datum=datum).features.to_crs(outlines.crs).union_all()
        overlap[datum] = city.intersection(outline).area / city.union(outline).area
    assert overlap["gcj02"] > overlap["wgs84"]


def test_register_without_geometry_is_a_sentence(shared_data):
    source = VectorInput(path="land/taiwan_fishpond_register_BB.csv", crs="EPSG:4326")
    with pytest.raises(InputError, match=r"has no geometry: none of its columns \(項次, .*\) holds WKT or longitude"):
        read_vector(source, shared_data, CRS.from_epsg(3826))


def test_contour_lines_are_no_polygons(shared_data):
    source = VectorInput(path="terrain/hangzhou_contours_10m.geojson")
    with pytest.raises(InputError, match=r"none of its 903 rows can be used: wrong geometry type \(903\); .*buffer_m"):
        read_vector(source, shared_data, CRS.from_epsg(4549))
    assert len(read(shared_data, source.path, kinds=("LineString",)).features) == 903


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("SOURCES.md", "export it as GeoPackage"),
        ("terrain/athens/DEM.tif", "is a raster, where polygons are wanted; heights go to inputs.dem"),
    ],
)
def test_what_is_no_vector_file_is_a_sentence(shared_data, path, remedy):
    with pytest.raises(InputError, match=remedy) as raised:
        read_vector(VectorInput(path=path), shared_data, CRS.from_epsg(4549))
    assert "\n" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_metric_areas_equal_geodesic_ones(shared_data):
    """Gauss-Kruger at Suzhou, 0.6 degrees off the meridian, changes areas by under 0.02 %."""
    features = read(shared_data, "buildings/suzhou_buildings.geojson").features
    geod = features.crs.get_geod()
    back = Transformer.from_crs(features.crs, 4326, always_xy=True)
    ring = shapely.get_coordinates(features.geometry.iloc[0].exterior)
    area, _ = geod.polygon_area_perimeter(*back.transform(*ring.T))
    holes = sum(shapely.Polygon(hole).area for hole in features.geometry.iloc[0].interiors)
    assert abs(area) - holes == pytest.approx(features.area.iloc[0], rel=2e-4)
    assert np.isfinite(features.area).all()
