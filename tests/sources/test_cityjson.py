"""Roof planes of real CityJSON files are exact."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
import shapely
from pyproj import CRS

from pvmap.errors import InputError
from pvmap.settings.city import FileInput, VectorInput
from pvmap.sources.roof_faces import read_roof_planes
from pvmap.sources.vector import read_vector

SWISS = CRS("EPSG:2056")


def hut(tilt_deg: float) -> dict:
    """A gable hut 10 m long (north-south) and 8 m wide whose two planes fall east and west."""
    rise = 4 * np.tan(np.radians(tilt_deg))
    corners = [(0, 0, 3), (8, 0, 3), (8, 10, 3), (0, 10, 3), (4, 0, 3 + rise), (4, 10, 3 + rise)]
    geometry = {
        "type": "MultiSurface",
        "lod": "2",
        "boundaries": [[[1, 2, 5, 4]], [[3, 0, 4, 5]], [[0, 1, 4]]],
        "semantics": {"surfaces": [{"type": "RoofSurface"}, {"type": "WallSurface"}], "values": [0, 0, 1]},
    }
    return {
        "type": "CityJSON",
        "version": "2.0",
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/2056"},
        "CityObjects": {"hut": {"type": "Building", "geometry": [geometry]}},
        "vertices": [[x + 2684000, y + 1246000, z] for x, y, z in corners],
    }


def test_a_gable_hut_has_an_east_and_a_west_plane(tmp_path):
    (tmp_path / "hut.json").write_text(json.dumps(hut(30)))
    planes = read_roof_planes(FileInput(path="hut.json"), tmp_path, SWISS)
    assert planes["surface_tilt"].tolist() == pytest.approx([30, 30])
    assert planes["surface_azimuth"].tolist() == pytest.approx([90, 270])
    assert planes["area_m2"].tolist() == pytest.approx([40 / np.cos(np.pi / 6)] * 2)
    assert planes.area.tolist() == pytest.approx([40, 40])


FOOT_M = 1200.0 / 3937.0  # of the surveys of the United States


@pytest.mark.parametrize(
    ("system", "across_m", "up_m"),
    [("EPSG:2276", FOOT_M, FOOT_M), ("EPSG:2276+6360", FOOT_M, FOOT_M), ("EPSG:2276+5703", FOOT_M, 1.0)],
)
def test_a_model_in_feet_has_heights_in_feet(tmp_path, system, across_m, up_m):
    model = hut(30)
    model["metadata"]["referenceSystem"] = system
    model["vertices"] = [
        [2_500_000 + (x - 2684000) / across_m, 7_000_000 + (y - 1246000) / across_m, z / up_m]
        for x, y, z in model["vertices"]
    ]
    model["CityObjects"]["hut"]["geometry"][0]["semantics"]["surfaces"][1]["type"] = "GroundSurface"
    (tmp_path / "hut.json").write_text(json.dumps(model))
    planes = read_roof_planes(FileInput(path="hut.json"), tmp_path, CRS("EPSG:32614"))
    assert planes["surface_tilt"].tolist() == pytest.approx([30, 30], abs=0.1)
    assert planes.attrs["height_unit"].metres == pytest.approx(up_m)
    layer = read_vector(VectorInput(path="hut.json"), tmp_path, CRS("EPSG:32614"))
    assert layer.features["height_m"].tolist() == pytest.approx([4 * np.tan(np.pi / 6)])
    assert [found.code for found in layer.findings if "convert" in found.code] == ["heights-converted"] * (up_m < 1)


def test_zurich_planes_keep_plan_area_and_tilt_together(shared_data):
    planes = read_roof_planes(FileInput(path="zurich_subset_lod2.city.json"), shared_data / "buildings/cityjson", SWISS)
    assert planes["building"].nunique() == 49
    assert len(planes) > 600  # 644 RoofSurfaces, less those that stand upright
    plan = planes["area_m2"] * np.cos(np.radians(planes["surface_tilt"]))
    clean = shapely.is_valid(planes.geometry)
    assert np.allclose(plan[clean], planes.area[clean], rtol=0.02, atol=0.05)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rotterdam_subset.city.json", "declares no CRS"),
        ("delft.city.json", "no RoofSurface"),
        ("nothing.json", "not there"),
    ],
)
def test_files_without_usable_roofs_are_one_sentence(shared_data, name, words):
    with pytest.raises(InputError, match=words):
        read_roof_planes(FileInput(path=name), shared_data / "buildings/cityjson", CRS("EPSG:28992"))


def test_a_stated_crs_helps_where_the_file_has_none(shared_data):
    source = FileInput(path="rotterdam_subset.city.json", crs="EPSG:28992")
    planes = read_roof_planes(source, shared_data / "buildings/cityjson", CRS("EPSG:28992"))
    assert planes["building"].nunique() == 16


def changed(change: Callable[[dict], object]) -> dict:
    city = hut(30)
    change(city)
    return city


def geometry(city: dict) -> dict:
    return city["CityObjects"]["hut"]["geometry"][0]


OTHER_SHAPES = {
    "own parent": lambda c: c["CityObjects"]["hut"].update(parents=["hut"]),
    "circle": lambda c: c["CityObjects"].update(
        hut={**c["CityObjects"]["hut"], "parents": ["a"]}, a={"type": "x", "parents": ["b"]}, b={"parents": ["a"]}
    ),
    "parent that is not there": lambda c: c["CityObjects"]["hut"].update(parents=["nobody"]),
    "parents no list": lambda c: c["CityObjects"]["hut"].update(parents=7),
    "object no object": lambda c: c["CityObjects"].update(hut=[]),
    "objects a list": lambda c: c.update(CityObjects=[]),
    "no type": lambda c: c["CityObjects"]["hut"].pop("type"),
    "vertex too far": lambda c: geometry(c)["boundaries"][0][0].append(6),
    "negative vertex": lambda c: geometry(c)["boundaries"][0][0].append(-1),
    "vertex no number": lambda c: geometry(c)["boundaries"][0][0].append("1"),
    "half a vertex": lambda c: geometry(c)["boundaries"][0][0].append(1.5),
    "ring of two": lambda c: geometry(c)["boundaries"][0].__setitem__(0, [1, 2]),
    "flat boundaries": lambda c: geometry(c).update(boundaries=[1, 2, 3]),
    "boundaries too deep": lambda c: geometry(c).update(boundaries=[geometry(c)["boundaries"]] * 3),
    "fewer values": lambda c: geometry(c)["semantics"]["values"].pop(),
    "value too far": lambda c: geometry(c)["semantics"].update(values=[9, 9, 9]),
    "no surfaces": lambda c: geometry(c)["semantics"].pop("surfaces"),
    "vertices of two": lambda c: c.update(vertices=[[1, 2]] * 6),
    "a vertex that is no number": lambda c: c["vertices"].__setitem__(0, [None, 1, 2]),
    "a vertex that is infinite": lambda c: c["vertices"].__setitem__(0, [1e999, 1, 2]),
    "scale no numbers": lambda c: c.update(transform={"scale": ["a", 1, 1], "translate": [0, 0, 0]}),
    "no scale": lambda c: c.update(transform={"translate": [0, 0, 0]}),
    "crs that is none": lambda c: c["metadata"].update(referenceSystem="https://www.opengis.net/def/crs/EPSG/0/99"),
    "crs a number": lambda c: c["metadata"].update(referenceSystem=12),
    "metadata a list": lambda c: c.update(metadata=[]),
    "a geometry template": lambda c: geometry(c).update(type="GeometryInstance"),
    "no geometry": lambda c: c["CityObjects"]["hut"].update(geometry=None),
}


@pytest.mark.parametrize("change", OTHER_SHAPES.values(), ids=OTHER_SHAPES)
def test_cityjson_of_another_shape_is_one_sentence(tmp_path, change):
    (tmp_path / "hut.json").write_text(json.dumps(changed(change)))
    with pytest.raises(InputError, match=r"hut\.json"):
        read_roof_planes(FileInput(path="hut.json"), tmp_path, SWISS)


@pytest.mark.parametrize("text", ["", "[", "[]", "7", "null", "[" * 100_000, '{"a":' * 100_000, "9" * 5000, "\ufeff{}"])
def test_json_that_is_no_city_is_one_sentence(tmp_path, text):
    (tmp_path / "hut.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"hut\.json"):
        read_roof_planes(FileInput(path="hut.json"), tmp_path, SWISS)


def test_a_long_line_of_parents_is_walked_once(tmp_path):
    city = hut(30)
    geometry = city["CityObjects"]["hut"]["geometry"]
    parts = {f"p{k}": {"type": "BuildingPart", "parents": [f"p{k + 1}"], "geometry": geometry} for k in range(20_000)}
    city["CityObjects"] = {**parts, "p20000": {"type": "Building"}}
    (tmp_path / "hut.json").write_text(json.dumps(city))
    planes = read_roof_planes(FileInput(path="hut.json"), tmp_path, SWISS)
    assert set(planes["building"]) == {"p20000"}


def test_buildings_of_one_group_stay_buildings_of_their_own(tmp_path):
    model = hut(30)
    model["CityObjects"]["hut"]["parents"] = ["quarter"]
    model["CityObjects"]["shed"] = {"type": "BuildingPart", "parents": ["quarter", "hut"]}
    model["CityObjects"]["barn"] = {**hut(30)["CityObjects"]["hut"], "parents": ["quarter"]}
    model["CityObjects"]["quarter"] = {"type": "CityObjectGroup", "children": ["hut", "shed", "barn"]}
    (tmp_path / "hut.json").write_text(json.dumps(model))
    planes = read_roof_planes(FileInput(path="hut.json"), tmp_path, SWISS)
    assert planes["building"].value_counts().to_dict() == {"hut": 2, "barn": 2}


def test_a_sequence_of_features_is_told_as_such(tmp_path):
    feature = json.dumps({"type": "CityJSONFeature", "id": "hut", "CityObjects": {}, "vertices": []})
    (tmp_path / "hut.jsonl").write_text(f"{json.dumps(hut(30))}\n{feature}\n")
    with pytest.raises(InputError, match=r"hut\.jsonl is a sequence of CityJSON features.*cjio"):
        read_vector(VectorInput(path="hut.jsonl"), tmp_path, SWISS)


@pytest.mark.parametrize(("stated", "told"), [(None, 0), (5.3, 0), (17.4, 1), (999, 1), ("5,3 m", 1), (-1, 1)])
def test_a_height_that_is_stated_and_drawn_otherwise_is_told(tmp_path, stated, told):
    city = hut(30)
    if stated is not None:
        city["CityObjects"]["hut"]["attributes"] = {"measuredHeight": stated}
    (tmp_path / "hut.json").write_text(json.dumps(city))
    layer = read_vector(VectorInput(path="hut.json"), tmp_path, SWISS)
    assert [one.code for one in layer.findings].count("model-heights-disagree") == told


def test_roofs_without_the_number_of_their_zone_are_told(tmp_path):
    model = hut(30)
    model["metadata"]["referenceSystem"] = "EPSG:4528"
    model["vertices"] = [[x - 2_236_000, y + 2_317_000, z] for x, y, z in model["vertices"]]
    (tmp_path / "hut.json").write_text(json.dumps(model))
    with pytest.raises(InputError, match=r'hut\.json: its coordinates, .* lack the number of zone 40: .* "EPSG:4549"'):
        read_roof_planes(FileInput(path="hut.json"), tmp_path, CRS("EPSG:4549"))


def test_a_layer_in_the_place_of_a_city_model_is_answered_with_its_own(tmp_path):
    (tmp_path / "b.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(
        InputError, match=r"b\.geojson is neither CityJSON nor CityGML.*footprints go to inputs.buildings"
    ):
        read_roof_planes(FileInput(path="b.geojson"), tmp_path, SWISS)
