"""Inputs the fuzzer has found, each the smallest of its kind: what was a traceback or a wait is a sentence."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
import town
from affine import Affine
from pyproj import CRS
from rasterio.transform import from_origin

from pvmap.errors import InputError, PvmapError
from pvmap.settings.city import FileInput, Mask, RasterInput, VectorInput
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sites.masks import load_masks
from pvmap.sources.raster import read_window
from pvmap.sources.roof_faces import read_roof_planes
from pvmap.sources.vector import read_vector
from pvmap.sources.weather import read_weather
from pvmap.sources.weather.reading import numeric
from pvmap.sources.weather.units import keep_possible

METRIC = CRS.from_epsg(town.METRIC)
COLUMNS = {"id": "no", "name": "nm", "height_m": "h", "building_use": "u"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    town.build(folder)
    return folder


def exchanged(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        assert old in content
        return content.replace(old, new, 1)

    return change


def without_layer(content: bytes) -> bytes:
    """A FlatGeobuf whose header is that of none."""
    return content[:8] + struct.pack("<I", 4) + content[12:]


LAYERS = {
    "text that is no UTF-8 in a .fgb": ("b.fgb", exchanged("一号楼".encode(), b"\xff\xfe\xfd")),
    "text that is no UTF-8 in a .geojson": ("b.geojson", exchanged("一号楼".encode(), b"\xff\xfe\xfd")),
    "a column twice": ("b.dbf", exchanged(b"nm\x00", b"no\x00")),
    "no layer": ("b.fgb", without_layer),
    "a geometry without its kind": (
        "b.fgb",
        exchanged(bytes.fromhex("08000c0004000800"), bytes.fromhex("08000c0000000800")),
    ),
    "a header that ends early": ("b.dbf", lambda content: content[:40]),
    "a zip that ends early": ("b.zip", lambda content: content[:-30]),
    "a member that cannot be unpacked": ("b.zip", lambda content: content[:60] + b"\xff" * 40 + content[100:]),
    "a .shp that ends early": ("b.shp", lambda content: content[:130]),
    "a .prj of another kind": ("b.prj", lambda _: b"\xff\xfe PROJCS[["),
    "a .prj whose name is no UTF-8": ("b.prj", lambda content: content.replace(b'"', b'"\xed', 1)),
    "Parquet whose text is no UTF-8": ("b.parquet", lambda content: content.replace("一号楼".encode(), b"\xff" * 9)),
    "Parquet whose description is no text": ("b.parquet", exchanged(b'"primary_column"', b'"primary\xff\xfeolumn"')),
    "Parquet whose description is of another shape": ("b.parquet", exchanged(b'"primary_column"', b'"primery_column"')),
    "Parquet whose CRS is none": ("b.parquet", exchanged(b'"GeographicCRS"', b'"GeographisCRS"')),
    "Parquet without its end": ("b.parquet", lambda content: content[:-20]),
    "all in one line": ("b.csv", lambda content: b",".join(content.splitlines() * 400)),
}


@pytest.mark.parametrize(("name", "change"), LAYERS.values(), ids=LAYERS)
def test_a_spoilt_layer_is_read_or_refused(tmp_path, sound, name, change):
    for companion in sound.glob("b.*"):
        (tmp_path / companion.name).write_bytes(companion.read_bytes())
    (tmp_path / name).write_bytes(change((sound / name).read_bytes()))
    path = "b.shp" if name in ("b.dbf", "b.prj") else name
    try:
        layer = read_vector(VectorInput(path=path, crs="EPSG:4326", columns=COLUMNS), tmp_path, METRIC)
    except PvmapError as error:
        assert path in str(error) or name in str(error)
    else:
        assert len(layer.features) + len(layer.rejects) == layer.n_parts >= 1


def shape(change: Callable[[dict], object]) -> Callable[[bytes], bytes]:
    def spoil(content: bytes) -> bytes:
        tree = json.loads(content)
        change(tree)
        return json.dumps(tree).encode()

    return spoil


WEATHER = {
    "POWER without a header": ("power.json", shape(lambda t: t.pop("header"))),
    "POWER whose parameters are a list": ("power.json", shape(lambda t: t["properties"].update(parameter=[]))),
    "POWER whose units are none": ("power.json", shape(lambda t: t.update(parameters=[1]))),
    "POWER whose unit is an object": (
        "power.json",
        shape(lambda t: t["parameters"]["ALLSKY_SFC_SW_DWN"].update(units={"a": 1})),
    ),
    "POWER whose place is words": ("power.json", shape(lambda t: t["geometry"].update(coordinates="ab"))),
    "POWER that is a list": ("power.json", lambda _: b"[]"),
    "POWER with a year that is none": ("power.csv", exchanged(b"\n2023,1,1,0", b"\nx,1,1,0")),
    "PVGIS whose inputs are a list": ("pvgis.json", shape(lambda t: t.update(inputs=[]))),
    "PVGIS without a place": ("pvgis.json", shape(lambda t: t["inputs"].pop("location"))),
    "PVGIS whose place is a number": ("pvgis.json", shape(lambda t: t["inputs"].update(location=7))),
    "PVGIS whose plane is a number": ("hourly.json", shape(lambda t: t["inputs"].update(mounting_system=7))),
    "PVGIS whose hours are numbers": ("hourly.json", shape(lambda t: t["outputs"].update(hourly=[1, 2]))),
    "PVGIS beyond the sky": ("hourly.json", shape(lambda t: t["inputs"]["location"].update(elevation=10**30))),
    "PVGIS nested too deeply": ("pvgis.json", lambda _: b'"tmy_hourly"' + b"[" * 100_000),
    "PVGIS in one line": ("pvgis.csv", lambda content: content.replace(b"\r\n", b";")),
    "EPW without a place": ("w.epw", exchanged(b"LOCATION,Town", b"LOCATION")),
    "EPW with a month 13": ("w.epw", exchanged(b"\n2023,1,1,1,", b"\n2023,13,1,1,")),
    "UMEP of the middle ages": ("umep.txt", exchanged(b"\n2023", b"\n223")),
    "UMEP with a year that is none": ("umep.txt", exchanged(b"\n2023", b"\n1e308")),
    "UMEP with an endless year": ("umep.txt", exchanged(b"\n2023", b"\n" + b"9" * 30)),
    "a table in one line": ("w.csv", lambda content: content.replace(b"\n", b",")),
}


@pytest.mark.parametrize(("name", "change"), WEATHER.values(), ids=WEATHER)
def test_spoilt_weather_is_refused_by_name(tmp_path, sound, name, change):
    (tmp_path / name).write_bytes(change((sound / name).read_bytes()))
    kind = {"pvgis": "pvgis", "hourly": "pvgis", "power": "nasa_power", "w": "csv", "umep": "umep"}[name.split(".")[0]]
    where = {"longitude": town.LONGITUDE, "latitude": town.LATITUDE}
    file = WeatherFile(path=name, format="epw" if name.endswith(".epw") else kind, **where)
    with pytest.raises(PvmapError, match=name):
        read_weather(WeatherSettings(points=(file,)), tmp_path, 8.0)


def test_a_text_grid_that_ends_early_is_refused_at_once(tmp_path, sound):
    content = (sound / "dem.asc").read_bytes()
    for n_bytes in (170, len(content) // 2, len(content) - 40):
        (tmp_path / "dem.asc").write_bytes(content[:n_bytes])
        here = (town.EAST, town.NORTH, town.EAST + 300, town.NORTH + 300)
        with pytest.raises(InputError, match=r"dem\.asc .* ends before the last of them"):
            read_window(RasterInput(path="dem.asc"), tmp_path, METRIC, here)


@pytest.mark.parametrize("word", [b"\0", b"EPSG:0", b"a12", b"<td>7"])
def test_a_text_grid_holds_nothing_but_numbers(tmp_path, sound, word):
    content = (sound / "dem.asc").read_bytes()
    (tmp_path / "dem.asc").write_bytes(content.replace(b" 17 ", b" " + word + b" ", 1))
    here = (town.EAST, town.NORTH, town.EAST + 300, town.NORTH + 300)
    with pytest.raises(InputError, match=r"dem\.asc holds .* between its numbers"):
        read_window(RasterInput(path="dem.asc", crs="EPSG:4549"), tmp_path, METRIC, here)


def test_a_prefix_that_nobody_declared_is_no_name(tmp_path, sound):
    content = (sound / "roofs.gml").read_bytes()
    (tmp_path / "roofs.gml").write_bytes(content.replace(b"xmlns:gml=", b"xmlns:gm1=", 1))
    with pytest.raises(InputError, match=r"roofs\.gml"):
        read_roof_planes(FileInput(path="roofs.gml"), tmp_path, METRIC)


def test_a_mask_is_not_cut_along_all_the_world(tmp_path):
    corners = [(x, y) for x, y in zip(range(600), [0, 1] * 300, strict=True)]
    world = shapely.Polygon([*((-5e6 + 1e4 * x, 1e6 * y) for x, y in corners), (1e6, -9e6), (-5e6, -9e6)])
    gpd.GeoDataFrame(geometry=[world], crs=METRIC).to_file(tmp_path / "m.gpkg")
    mask = Mask(name="m", clause="c", input=VectorInput(path="m.gpkg"))
    with pytest.raises(InputError, match="which no city does"):
        load_masks([mask], tmp_path, METRIC, (-5e6, -9e6, 5e6, 9e6))
    assert pd.notna(load_masks([mask], tmp_path, METRIC, (0.0, -2000.0, 1000.0, -1000.0))[0].polygons).all()


@pytest.mark.parametrize("said", ["", 'LOCAL_CS["a site\'s own grid",UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]'])
def test_a_grid_that_lies_nowhere_on_earth_is_no_place(tmp_path, sound, said):
    """A raster and a layer of a surveyor's own grid; the city file may say where it lies."""
    local = CRS.from_wkt('LOCAL_CS["a site\'s own grid",UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]')
    with rasterio.open(tmp_path / "local.tif", "w", driver="GTiff", height=4, width=4, count=1, dtype="float32",
                       crs=local.to_wkt(), transform=from_origin(0, 4, 1, 1)) as file:  # fmt: skip
        file.write(np.ones((1, 4, 4), "float32"))
    gpd.GeoDataFrame({"no": ["1"]}, geometry=[shapely.box(0, 0, 9, 9)], crs=local).to_file(tmp_path / "local.shp")
    for read in (
        lambda: read_window(RasterInput(path="local.tif", crs=said), tmp_path, METRIC, (0.0, 0.0, 9.0, 9.0)),
        lambda: read_vector(VectorInput(path="local.shp", crs=said), tmp_path, METRIC),
    ):
        with pytest.raises(PvmapError, match=r"local\.(tif|shp).*state .* in the city file"):
            read()


def test_a_number_of_400_digits_is_read_as_one_too_large():
    assert numeric(pd.DataFrame({"ghi": [10**400, 5, "x"]}, dtype=object))["ghi"].tolist()[:2] == [np.inf, 5.0]


@pytest.mark.parametrize(
    "georeference",
    [
        Affine(30, 0, 540_800, 0, -30, np.nan),
        Affine(30, 0, np.inf, 0, -30, 3e6),
        Affine(np.nan, 0, 540_800, 0, -30, 3e6),
        Affine(30, 30, 540_800, 30, 30, 3e6),
        Affine(1e308, 0, 0, 0, -1e308, 0),
    ],
)
def test_a_raster_whose_georeference_is_no_grid_is_refused(tmp_path, georeference):
    with rasterio.open(tmp_path / "dem.tif", "w", driver="GTiff", height=8, width=8, count=1, dtype="float32",
                       crs=METRIC.to_wkt(), transform=georeference) as file:  # fmt: skip
        file.write(np.ones((1, 8, 8), "float32"))
    with pytest.raises(InputError, match=r"dem\.tif lies nowhere: its georeference \("):
        read_window(RasterInput(path="dem.tif"), tmp_path, METRIC, (540_800.0, 3e6 - 200, 541_000.0, 3e6))


def test_a_parquet_file_whose_column_has_a_name_that_is_no_text(tmp_path: Path):
    frame = gpd.GeoDataFrame({"qqqqqqqq": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs=METRIC)
    frame.to_parquet(tmp_path / "b.parquet")
    content = (tmp_path / "b.parquet").read_bytes()
    assert b"qqqqqqqq" in content
    (tmp_path / "b.parquet").write_bytes(content.replace(b"qqqqqqqq", b"qq\xffqqqqq"))
    with pytest.raises(InputError, match="not Parquet that can be read"):
        read_vector(VectorInput(path="b.parquet"), tmp_path, METRIC, kinds=("Polygon",))


def test_irradiance_without_end_is_no_unit(tmp_path: Path):
    endless = pd.DataFrame({"ghi": [0.0, 500.0, *[np.inf] * 98]})
    with pytest.raises(PvmapError, match="ghi reaches inf, which is not possible"):
        keep_possible(tmp_path / "power.json", endless)
