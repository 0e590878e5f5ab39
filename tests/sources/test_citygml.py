"""CityGML of both versions and the flavours that surveys deliver: the same hut in each, with planes known by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from findings.examples.village import EAST, NORTH, check
from pyproj import CRS, Transformer

from pvmap.errors import InputError
from pvmap.settings.city import FileInput, VectorInput
from pvmap.sources.city_model import crs_of_name
from pvmap.sources.roof_faces import read_roof_planes
from pvmap.sources.vector import read_vector

RISE = 4 * np.tan(np.radians(30))
CORNERS = np.array(  # 10 m from south to north, 8 m wide, eaves at 3 m; planes of 30 degrees fall east and west
    [(0, 0, 0), (8, 0, 0), (8, 10, 0), (0, 10, 0), (0, 0, 3), (8, 0, 3), (8, 10, 3), (0, 10, 3), (4, 0, 3 + RISE),
     (4, 10, 3 + RISE)]
)  # fmt: skip
FACES = {"GroundSurface": [(3, 2, 1, 0)], "RoofSurface": [(5, 6, 9, 8), (7, 4, 8, 9)], "WallSurface": [(0, 1, 5, 8, 4)]}
V2 = {
    "core": "http://www.opengis.net/citygml/2.0",
    "bldg": "http://www.opengis.net/citygml/building/2.0",
    "con": "http://www.opengis.net/citygml/building/2.0",
    "gml": "http://www.opengis.net/gml",
    "xlink": "http://www.w3.org/1999/xlink",
}
V3 = V2 | {
    "core": "http://www.opengis.net/citygml/3.0",
    "bldg": "http://www.opengis.net/citygml/building/3.0",
    "con": "http://www.opengis.net/citygml/construction/3.0",
    "gml": "http://www.opengis.net/gml/3.2",
}
SITES = {  # where the hut stands: EPSG, easting and northing of its corner
    "german": (25832, 458877.0, 5438353.0),
    "dutch": (28992, 85000.0, 447000.0),
    "chinese": (4549, EAST, NORTH),
    "tokyo": (6677, -8000.0, -36000.0),
}


def polygon(corners, name=""):
    ring = [*corners, corners[0]]
    numbers = " ".join(f"{value:.9f}" for corner in ring for value in corner)
    return (
        f'<gml:Polygon gml:id="{name}"><gml:exterior><gml:LinearRing><gml:posList>{numbers}</gml:posList>'
        "</gml:LinearRing></gml:exterior></gml:Polygon>"
    )


def surfaces(place, version, lod="lod2"):
    """The hut as thematic surfaces, in the places where the version keeps them."""
    around, within = ("core:boundary", "core") if version is V3 else ("bldg:boundedBy", "bldg")
    parts = []
    for kind, faces in FACES.items():
        for number, face in enumerate(faces):
            shape = polygon([place(CORNERS[k]) for k in face], f"{kind}{number}")
            parts.append(
                f"<{around}><con:{kind}><{within}:{lod}MultiSurface><gml:MultiSurface><gml:surfaceMember>{shape}"
                f"</gml:surfaceMember></gml:MultiSurface></{within}:{lod}MultiSurface></con:{kind}></{around}>"
            )
    return "".join(parts)


def solid(place, lod="lod1"):
    """A box of 8 m by 10 m and 5 m height, without thematic surfaces."""
    box = [CORNERS[k] for k in range(4)]
    top = [corner + np.array([0, 0, 5]) for corner in box]
    sides = [[box[i], box[i - 3], top[i - 3], top[i]] for i in range(4)]
    faces = "".join(
        f"<gml:surfaceMember>{polygon([place(c) for c in face])}</gml:surfaceMember>"
        for face in (box[::-1], top, *sides)
    )
    shell = f"<gml:exterior><gml:CompositeSurface>{faces}</gml:CompositeSurface></gml:exterior>"
    return f"<bldg:{lod}Solid><gml:Solid>{shell}</gml:Solid></bldg:{lod}Solid>"


def write(path, body, srs="", version=V2, head="", name="hut"):
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in version.items())
    envelope = f'<gml:boundedBy><gml:Envelope srsName="{srs}" srsDimension="3"/></gml:boundedBy>' if srs else ""
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<core:CityModel {spaces}>{envelope}<core:cityObjectMember>'
        f'<bldg:Building gml:id="{name}">{body}</bldg:Building></core:cityObjectMember></core:CityModel>'
    )


def at(site):
    """Corners in the site's own metres."""
    _, east, north = SITES[site]
    return lambda corner: (corner[0] + east, corner[1] + north, corner[2])


def tokyo_degrees(corner):
    """Corners as PLATEAU writes them: latitude, longitude, height."""
    x, y, z = at("tokyo")(corner)
    longitude, latitude = Transformer.from_crs(6677, 6668, always_xy=True).transform(x, y)
    return latitude, longitude, z


FLAVOURS = [
    ("german", "urn:adv:crs:ETRS89_UTM32*DE_DHHN92_NH", at("german")),
    ("german", "urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH", at("german")),
    ("german", "urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::5783", at("german")),
    ("german", "urn:ogc:def:crs,crs:EPSG:6.12:25832,crs:EPSG:6.12:5783", at("german")),
    ("german", "http://www.opengis.net/gml/srs/epsg.xml#25832", at("german")),
    ("dutch", "urn:ogc:def:crs:EPSG::7415", at("dutch")),
    ("dutch", "EPSG:28992", at("dutch")),
    ("tokyo", "http://www.opengis.net/def/crs/EPSG/0/6697", tokyo_degrees),
]


@pytest.mark.parametrize("version", [V2, V3], ids=["2.0", "3.0"])
@pytest.mark.parametrize(("site", "srs", "place"), FLAVOURS, ids=[srs for _, srs, _ in FLAVOURS])
def test_the_hut_has_its_two_planes_and_its_outline(tmp_path, site, srs, place, version):
    write(tmp_path / "hut.gml", surfaces(place, version), srs, version)
    epsg, east, north = SITES[site]
    planes = read_roof_planes(FileInput(path="hut.gml"), tmp_path, CRS(epsg)).sort_values("surface_azimuth")
    np.testing.assert_allclose(planes["surface_tilt"], 30, atol=0.05)
    np.testing.assert_allclose(planes["surface_azimuth"], [90, 270], atol=0.05)
    np.testing.assert_allclose(planes["area_m2"], 10 * 4 / np.cos(np.radians(30)), rtol=1e-3)
    layer = read_vector(VectorInput(path="hut.gml"), tmp_path, CRS(epsg))
    (row,) = layer.features.to_dict("records")
    assert row["id"] == "hut" and row["height_m"] == pytest.approx(3 + RISE, abs=0.01)
    assert row["geometry"].area == pytest.approx(80, rel=1e-3)
    assert row["geometry"].bounds == pytest.approx((east, north, east + 8, north + 10), abs=0.05)


@pytest.mark.parametrize("form", ["solid", "outline", "measured"])
def test_lod1_and_lod0(tmp_path, form):
    place = at("german")
    flat_one = polygon([place(CORNERS[k] + np.array([0, 0, 7])) for k in range(4)])
    outline = (
        f"<bldg:lod0RoofEdge><gml:MultiSurface><gml:surfaceMember>{flat_one}</gml:surfaceMember></gml:MultiSurface>"
    )
    body = {
        "solid": solid(place),
        "outline": f"{outline}</bldg:lod0RoofEdge>",
        "measured": f'<bldg:measuredHeight uom="m">6.5</bldg:measuredHeight>{solid(place)}',
    }[form]
    write(tmp_path / "b.gml", body, "EPSG:25832")
    (row,) = read_vector(VectorInput(path="b.gml"), tmp_path, CRS(25832)).features.to_dict("records")
    assert row["geometry"].area == pytest.approx(80, rel=1e-4)
    assert row["height_m"] == pytest.approx({"solid": 5.0, "measured": 6.5}.get(form, np.nan), nan_ok=True)
    with pytest.raises(InputError, match="holds no RoofSurface"):
        read_roof_planes(FileInput(path="b.gml"), tmp_path, CRS(25832))


def test_parts_fold_into_their_building(tmp_path):
    """The taller part gives the height, both give the outline; ids of parts are not ids of buildings."""
    place = at("german")
    higher = solid(lambda corner: place(corner * [1, 1, 2] + [8, 0, 0]))
    parts = "".join(
        f'<bldg:consistsOfBuildingPart><bldg:BuildingPart gml:id="p{k}">{shape}</bldg:BuildingPart>'
        "</bldg:consistsOfBuildingPart>"
        for k, shape in enumerate((solid(place), higher))
    )
    write(tmp_path / "b.gml", parts, "EPSG:25832")
    (row,) = read_vector(VectorInput(path="b.gml"), tmp_path, CRS(25832)).features.to_dict("records")
    assert (row["id"], row["height_m"]) == ("hut", 10.0)
    assert row["geometry"].area == pytest.approx(160, rel=1e-3)
    assert row["geometry"].geom_type == "Polygon"


def test_surfaces_may_link_to_the_polygons_of_the_solid(tmp_path):
    place = at("german")
    roofs = "".join(polygon([place(CORNERS[k]) for k in face], f"r{n}") for n, face in enumerate(FACES["RoofSurface"]))
    members = "".join(
        f"<gml:surfaceMember>{one}</gml:Polygon></gml:surfaceMember>" for one in roofs.split("</gml:Polygon>")[:2]
    )
    shell = (
        f"<gml:Solid><gml:exterior><gml:CompositeSurface>{members}</gml:CompositeSurface></gml:exterior></gml:Solid>"
    )
    around, within = "bldg:boundedBy", "bldg:lod2MultiSurface"
    links = "".join(
        f'<{around}><bldg:RoofSurface><{within}><gml:MultiSurface><gml:surfaceMember xlink:href="#r{n}"/>'
        f"</gml:MultiSurface></{within}></bldg:RoofSurface></{around}>"
        for n in range(2)
    )
    write(tmp_path / "b.gml", f"<bldg:lod2Solid>{shell}</bldg:lod2Solid>{links}", "EPSG:25832")
    assert len(read_roof_planes(FileInput(path="b.gml"), tmp_path, CRS(25832))) == 2


def test_the_finer_of_two_levels_of_detail_counts_once(tmp_path):
    place = at("german")
    both = surfaces(place, V2).replace(
        "</bldg:lod2MultiSurface></con:RoofSurface>",
        "</bldg:lod2MultiSurface><bldg:lod3MultiSurface><gml:MultiSurface><gml:surfaceMember>"
        + polygon([place(CORNERS[k]) for k in FACES["RoofSurface"][0]])
        + "</gml:surfaceMember></gml:MultiSurface></bldg:lod3MultiSurface></con:RoofSurface>",
        1,
    )
    write(tmp_path / "b.gml", both, "EPSG:25832")
    assert len(read_roof_planes(FileInput(path="b.gml"), tmp_path, CRS(25832))) == 2


def test_the_crs_may_stand_at_the_geometry_or_in_the_city_file(tmp_path):
    write(tmp_path / "b.gml", solid(at("german")).replace("<gml:Solid>", '<gml:Solid srsName="EPSG:25832">'))
    assert len(read_vector(VectorInput(path="b.gml"), tmp_path, CRS(25832)).features) == 1
    write(tmp_path / "c.gml", solid(at("german")))
    with pytest.raises(InputError, match=r"c\.gml declares no CRS; state it in the city file \(inputs"):
        read_vector(VectorInput(path="c.gml"), tmp_path, CRS(25832))
    assert len(read_vector(VectorInput(path="c.gml", crs="EPSG:25832"), tmp_path, CRS(25832)).features) == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("urn:adv:crs:DE_DHDN_3GK3*DE_DHHN92_NH", 31467),
        ("urn:adv:crs:ETRS89_UTM33*DE_DHHN2016_NH", 25833),
        ("urn:ogc:def:crs,crs:EPSG::28992,crs:EPSG::5109", 28992),
        ("https://www.opengis.net/def/crs/EPSG/0/7415", 7415),
        ("urn:ogc:def:crs:EPSG:6.9:3414", 3414),
        ("epsg:4549", 4549),
    ],
)
def test_names_of_crs(name, code):
    assert crs_of_name(name, "b.gml", "inputs.buildings").to_epsg() == code


def test_a_crs_nobody_knows_is_a_sentence():
    with pytest.raises(InputError, match=r"'LOCAL' is not a CRS; state it in the city file \(inputs\.buildings\.crs\)"):
        crs_of_name("LOCAL", "b.gml", "inputs.buildings")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda t: t.replace("<core:CityModel", f"{BOMB}<core:CityModel", 1), "declares a document type"),
        (lambda t: t.replace("<core:CityModel", '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">\n<core:CityModel', 1),
         "declares a document type"),
        (lambda t: t[: len(t) // 2], "is not XML that can be read; export it again"),
        (lambda t: t.replace("<gml:posList>", "<gml:posList>1 ", 1), "hut has a ring that is not x y z"),
        (lambda t: t.replace("<gml:posList>", "<gml:posList>nan nan nan ", 1), "hut has a ring"),
        (lambda t: t.replace("<bldg:Building ", "<bldg:Bridge ").replace("</bldg:Building>", "</bldg:Bridge>"),
         "CityGML without any building"),
    ],
    ids=["bomb", "remote", "cut", "odd", "nan", "bridge"],
)  # fmt: skip
def test_what_cannot_be_read_is_one_sentence(tmp_path, change, text):
    path: Path = tmp_path / "b.gml"
    write(path, solid(at("german")), "EPSG:25832")
    path.write_text(change(path.read_text()))
    with pytest.raises(InputError, match=text) as caught:
        read_vector(VectorInput(path="b.gml"), tmp_path, CRS(25832))
    assert "\n" not in str(caught.value)


def test_cityjson_is_read_as_buildings_too(tmp_path, shared_data):
    source = shared_data / "buildings/cityjson/delft.city.json"
    layer = read_vector(VectorInput(path=str(source)), tmp_path, CRS(28992))
    assert len(layer.features) + len(layer.rejects) == 160 == layer.n_rows  # data: 160 LoD1 buildings
    assert layer.features["height_m"].between(0.5, 60).all()
    (tmp_path / "a.city.json").write_text(json.dumps({"type": "CityJSON", "CityObjects": {}, "vertices": []}))
    with pytest.raises(InputError, match=r"a\.city\.json is CityJSON .*planes of LoD2 go to inputs\.roofs_cityjson"):
        read_vector(VectorInput(path="a.city.json"), tmp_path, CRS(28992))


def test_buildings_of_a_model_are_no_ponds(tmp_path):
    write(tmp_path / "b.gml", surfaces(at("chinese"), V2), "EPSG:4549")
    with pytest.raises(InputError, match=r"b\.gml is a city model, .* no fishpond sites; it belongs to inputs\.build"):
        check(tmp_path, '[[inputs.fishponds]]\npath = "b.gml"\n')


def test_a_city_of_one_gml_file_passes_the_check(tmp_path):
    """As buildings and as roofs, whose planes lie on the outlines."""
    write(tmp_path / "b.gml", surfaces(at("chinese"), V2), "EPSG:4549")
    body = '[[inputs.buildings]]\npath = "b.gml"\n[inputs.roofs_cityjson]\npath = "b.gml"\n'
    found = {one.code for one in check(tmp_path, body)}
    assert not {code for code in found if "height" in code}
