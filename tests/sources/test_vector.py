"""What reading does to formats, columns, filters, CRS and errors, on files written here."""

import contextlib
import json
import sqlite3
import struct
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import rasterio
import shapely
from pyproj import CRS, Transformer

from pvmap.crs import wgs84_to_bd09, wgs84_to_gcj02
from pvmap.errors import ConfigError, InputError
from pvmap.settings.city import VectorInput
from pvmap.sources.vector import layer_crs, read_vector

METRIC = CRS.from_epsg(4549)
COLUMNS = {"id": "bid", "height_m": "h", "building_use": "use"}


@pytest.fixture
def houses() -> gpd.GeoDataFrame:
    """Four houses of 200 m2 near Zhenjiang, in degrees, with Z."""
    x = 450_000.0 + 100.0 * np.arange(4)
    frame = gpd.GeoDataFrame(
        {"bid": ["a1", "a2", "a3", "a4"], "h": [9.0, 12.5, np.nan, 30.0], "use": ["厂房", "住宅", "", "厂房"]},
        geometry=shapely.force_3d(shapely.box(x, 3_550_000.0, x + 20.0, 3_550_010.0), 7.0),
        crs=METRIC,
    )
    return frame.to_crs(4326)


def _zip(path: Path, frame: gpd.GeoDataFrame) -> None:
    folder = path.parent / "unzipped"
    folder.mkdir()
    pyogrio.write_dataframe(frame, folder / "houses.shp", encoding="UTF-8")
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.iterdir():
            archive.write(part, f"some folder/{part.name}")
        archive.writestr("__MACOSX/some folder/._houses.shp", b"")


def _wkt_csv(path: Path, frame: gpd.GeoDataFrame) -> None:
    pd.DataFrame(frame.drop(columns="geometry")).assign(WKT=frame.geometry.to_wkt(rounding_precision=12)).to_csv(
        path, index=False
    )


def _gbk_csv(path: Path, frame: gpd.GeoDataFrame) -> None:
    table = pd.DataFrame(frame.drop(columns="geometry")).assign(WKT=frame.geometry.to_wkt(rounding_precision=12))
    table.to_csv(path, index=False, sep=";", encoding="gbk")


WRITERS = {
    "houses.gpkg": lambda p, f: pyogrio.write_dataframe(f, p),
    "houses.fgb": lambda p, f: pyogrio.write_dataframe(f, p),
    "houses.geojson": lambda p, f: pyogrio.write_dataframe(f, p),
    "houses.shp": lambda p, f: pyogrio.write_dataframe(f, p, encoding="GBK"),
    "houses.zip": _zip,
    "houses.parquet": lambda p, f: f.to_parquet(p),
    "houses.csv": _wkt_csv,
    "gbk.csv": _gbk_csv,
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("where", ["", "use = '厂房' AND h > 3"])
def test_every_format_gives_the_same_layer(tmp_path, houses, name, where):
    WRITERS[name](tmp_path / name, houses)
    crs = "EPSG:4326" if name.endswith(".csv") else ""
    layer = read_vector(VectorInput(path=name, columns=COLUMNS, where=where, crs=crs), tmp_path, METRIC)
    rows = [0, 3] if where else [0, 1, 2, 3]
    assert layer.n_rows == layer.n_parts == len(rows)
    assert layer.rejects.empty
    expected = houses.iloc[rows]
    by_row = layer.features.sort_values("source_row").reset_index(drop=True)
    if name.endswith(".fgb"):  # FlatGeobuf lays rows along a curve: its row numbers are its own
        by_row = by_row.sort_values("id").reset_index(drop=True)
    else:
        assert by_row["source_row"].tolist() == rows
    assert by_row["id"].tolist() == expected["bid"].tolist()
    assert by_row["building_use"].tolist() == expected["use"].tolist()
    np.testing.assert_array_equal(by_row["height_m"], expected["h"])
    np.testing.assert_allclose(by_row.area, 200.0, rtol=1e-6)
    assert set(layer.features["source"]) == {name}
    assert not shapely.has_z(layer.features.geometry.to_numpy()).any()
    assert layer.features.crs == METRIC
    assert layer_crs(VectorInput(path=name, crs=crs), tmp_path) == METRIC


def test_points_from_longitude_and_latitude(tmp_path):
    (tmp_path / "plants.csv").write_text(
        "名称,经度,纬度,容量\n一号,119.45,32.20,12.5\n二号,119.45,32.20,3 to 4\n三号,,32.1,1\n四号,119.5,32.1,-2\n",
        "utf-8",
    )
    source = VectorInput(path="plants.csv", crs="EPSG:4326", columns={"name": "名称", "capacity_mw": "容量"})
    layer = read_vector(source, tmp_path, METRIC, kinds=("Point", "Polygon"))
    assert layer.features["name"].tolist() == ["一号", "二号", "四号"]  # one place, two plants: no duplicate
    np.testing.assert_array_equal(layer.features["capacity_mw"], [12.5, np.nan, np.nan])
    assert layer.rejects[["source_row", "reason"]].values.tolist() == [[2, "no geometry"]]
    (found,) = [one for one in layer.findings if one.code == "values-not-numbers"]
    assert (found.column, found.count, found.rows, found.values["value"]) == ("capacity_mw", 1, (1,), "3 to 4")
    x, y = Transformer.from_crs(4326, METRIC, always_xy=True).transform(119.45, 32.20)
    assert layer.features.geometry.iloc[0].distance(shapely.Point(x, y)) < 1e-6


def test_points_that_agree_in_everything_are_duplicates(tmp_path):
    (tmp_path / "p.csv").write_text("n,x,y,mw\na,119.45,32.2,1\na,119.45,32.2,1\nb,119.45,32.2,1\n", "utf-8")
    source = VectorInput(path="p.csv", crs="EPSG:4326", columns={"name": "n", "capacity_mw": "mw"})
    layer = read_vector(source, tmp_path, METRIC, kinds=("Point",))
    assert layer.features["name"].tolist() == ["a", "b"]


@pytest.mark.parametrize(("datum", "shift"), [("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
@pytest.mark.parametrize("labelled", [4326, 4549])
def test_shifted_coordinates_come_home(tmp_path, houses, datum, shift, labelled):
    shifted = houses.set_geometry(
        shapely.transform(houses.geometry.to_numpy(), lambda xy: np.column_stack(shift(*xy.T)))
    ).set_crs(4326)
    shifted.to_crs(labelled).to_parquet(tmp_path / "h.parquet")
    layer = read_vector(VectorInput(path="h.parquet", datum=datum), tmp_path, METRIC)
    assert (layer.features.distance(houses.to_crs(METRIC)) == 0).all()
    assert (layer.features.centroid.distance(houses.to_crs(METRIC).centroid) < 0.001).all()


def test_heights_that_are_none_become_missing_and_are_counted(tmp_path, houses):
    frame = pd.concat([houses, houses.translate(0.01).to_frame("geometry").assign(bid="b", use="x")], ignore_index=True)
    frame["h"] = ["12.5", "tall", "0", "-3", "", None, "9999", " 7 "]
    frame.to_parquet(tmp_path / "h.parquet")
    layer = read_vector(VectorInput(path="h.parquet", columns=COLUMNS), tmp_path, METRIC)
    np.testing.assert_array_equal(layer.features["height_m"], [12.5, *[np.nan] * 6, 7.0])
    found = {one.code: one for one in layer.findings}
    assert found["values-not-numbers"].rows == (1,) and found["values-not-numbers"].values["value"] == "tall"
    assert found["values-implausible"].count == 2 and found["zeros-are-missing"].rows == (2,)


@pytest.mark.parametrize("name", [n for n in WRITERS if n != "gbk.csv"])
@pytest.mark.parametrize("missing", [True, False])
def test_ids_of_eighteen_digits_stay_whole_in_every_format(tmp_path, houses, name, missing):
    first = 321_102_001_001_001_234
    houses["bid"] = pd.array([first, first + 1, first + 2, None if missing else first + 3], dtype="Int64")
    WRITERS[name](tmp_path / name, houses)
    crs = "EPSG:4326" if name.endswith(".csv") else ""
    layer = read_vector(VectorInput(path=name, columns={"id": "bid"}, crs=crs), tmp_path, METRIC)
    ids = {str(first + k) for k in range(3)} | {"" if missing else str(first + 3)}
    assert set(layer.features["id"]) == ids


CONDITIONS = {
    "code = '0601'": ["a1"],
    "code LIKE '06%' AND h > 10": ["a2"],
    "use = 'HALL'": ["a1", "a4"],  # case does not matter
    "use ILIKE 'H%' AND use <> 'ilike'": ["a1", "a2", "a4"],
    "h IS NULL": ["a3"],
    "h > 9 OR use = 'hall'": ["a1", "a2", "a4"],
    "FID = 1 OR OGR_GEOM_AREA > 9": ["a2"],
}


@pytest.mark.parametrize("name", [*(n for n in WRITERS if n != "gbk.csv"), "houses.gdb"])
@pytest.mark.parametrize("columns", [{"id": "bid"}, {"id": "bid", "height_m": "h", "building_use": "use"}])
@pytest.mark.parametrize("where", CONDITIONS)
def test_a_condition_means_the_same_in_every_format_whatever_is_mapped(tmp_path, houses, name, columns, where):
    if "FID" in where and name.endswith(".fgb"):
        pytest.skip("FlatGeobuf has an order of its own")
    houses["code"], houses["use"] = ["0601", "0602", "1104", "1104"], ["Hall", "home", "", "hall"]
    if name.endswith(".gdb"):
        pyogrio.write_dataframe(houses, tmp_path / name, driver="OpenFileGDB")
    else:
        WRITERS[name](tmp_path / name, houses)
    crs = "EPSG:4326" if name.endswith(".csv") else ""
    layer = read_vector(VectorInput(path=name, columns=columns, where=where, crs=crs), tmp_path, METRIC)
    assert sorted(layer.features["id"]) == CONDITIONS[where]


def test_the_metric_crs_comes_from_all_rows_in_any_order(tmp_path):
    west = shapely.box(75.99 + 0.0001 * np.arange(2_000), 39.47, 75.9901 + 0.0001 * np.arange(2_000), 39.4701)
    east = shapely.box(119.45 + 0.00001 * np.arange(9_000), 32.2, 119.45001 + 0.00001 * np.arange(9_000), 32.2001)
    for name, rows in (("a", [*west, *east]), ("b", [*east, *west])):
        gpd.GeoDataFrame(geometry=rows, crs=4326).to_parquet(tmp_path / f"{name}.parquet")
        assert layer_crs(VectorInput(path=f"{name}.parquet"), tmp_path) == METRIC


def test_whole_numbers_stay_whole_as_text(tmp_path, houses):
    houses["bid"] = [1.0, 2.0, np.nan, 4.5]
    houses.to_parquet(tmp_path / "h.parquet")
    layer = read_vector(VectorInput(path="h.parquet", columns=COLUMNS), tmp_path, METRIC)
    assert layer.features["id"].tolist() == ["1", "2", "", "4.5"]


def test_two_of_our_columns_may_come_from_one(tmp_path, houses):
    houses.to_file(tmp_path / "h.gpkg")
    layer = read_vector(VectorInput(path="h.gpkg", columns={"id": "bid", "name": "bid"}), tmp_path, METRIC)
    assert layer.features["id"].tolist() == layer.features["name"].tolist() == ["a1", "a2", "a3", "a4"]


def test_the_city_files_crs_overrules_and_says_so(tmp_path, houses):
    houses.to_crs(METRIC).set_crs(32650, allow_override=True).to_parquet(tmp_path / "h.parquet")
    layer = read_vector(VectorInput(path="h.parquet", crs="EPSG:4549"), tmp_path, METRIC)
    np.testing.assert_allclose(layer.features.area, 200.0, rtol=1e-6)
    assert "crs-overruled" in {found.code for found in layer.findings}


def test_layer_names_its_rows(tmp_path, houses):
    houses.to_file(tmp_path / "h.gpkg", layer="old")
    houses.iloc[:1].to_file(tmp_path / "h.gpkg", layer="new")
    assert read_vector(VectorInput(path="h.gpkg", layer="new"), tmp_path, METRIC).features["source"].tolist() == [
        "h.gpkg:new"
    ]
    with pytest.raises(InputError, match="has 2 layers; name one as layer: old, new"):
        read_vector(VectorInput(path="h.gpkg"), tmp_path, METRIC)
    with pytest.raises(InputError, match="has no layer 'newest' with geometry; it has old, new"):
        read_vector(VectorInput(path="h.gpkg", layer="newest"), tmp_path, METRIC)


def _broken(path: Path, houses: gpd.GeoDataFrame) -> None:
    path.write_bytes(b"PAR1 and then nothing")


def _no_crs(path: Path, houses: gpd.GeoDataFrame) -> None:
    houses.set_crs(None, allow_override=True).to_parquet(path)


BAD_INPUT = {
    "missing file": (
        lambda p, h: None,
        {"origin": "the bureau"},
        InputError,
        "is not there; it is to be had from the b",
    ),
    "broken file": (_broken, {}, InputError, "is not Parquet that can be read"),
    "no CRS": (_no_crs, {}, InputError, "h.parquet states no CRS; state it in the city file"),
    "CRS that is none": (_no_crs, {"crs": "EPSG:1"}, ConfigError, "crs = 'EPSG:1' is not a CRS"),
    "empty": (lambda p, h: h.iloc[:0].to_parquet(p), {}, InputError, "h.parquet is empty"),
    "no row left": (lambda p, h: h.to_parquet(p), {"where": "h > 99"}, InputError, "no row satisfies where = 'h > 99'"),
    "no condition": (lambda p, h: h.to_parquet(p), {"where": "h >"}, InputError, "where = 'h >' is not a condition"),
    "column not there": (
        lambda p, h: h.to_parquet(p),
        {"columns": {"height_m": "Height"}},
        InputError,
        r"has no column 'Height' \(columns.height_m\); it has bid, h, use\.",
    ),
    "column not ours": (
        lambda p, h: h.to_parquet(p),
        {"columns": {"heigth_m": "h"}},
        ConfigError,
        "columns.heigth_m is not a column pvmap knows; it knows id, name,",
    ),
    "degrees called metres": (
        lambda p, h: h.to_parquet(p),
        {"crs": "EPSG:4549"},
        InputError,
        r"\(119.4\d+, 32.0\d+\), are not metres",
    ),
    "metres called degrees": (
        lambda p, h: h.to_crs(METRIC).to_parquet(p),
        {"crs": "EPSG:4326"},
        InputError,
        "are not longitude and latitude in degrees as WGS 84 wants them; state the CRS",
    ),
    "latitude first": (
        lambda p, h: h.set_geometry(shapely.transform(h.geometry.to_numpy(), lambda c: c[:, ::-1])).to_parquet(p),
        {"crs": "EPSG:4326"},
        InputError,
        "latitude and longitude are swapped",
    ),
    "plain Parquet": (
        lambda p, h: pd.DataFrame(h.drop(columns="geometry")).to_parquet(p),
        {"crs": "EPSG:4326"},
        InputError,
        "is Parquet without geometry",
    ),
    "nothing usable": (
        lambda p, h: h.set_geometry(h.centroid.buffer(1e-7)).to_parquet(p),
        {},
        InputError,
        r"none of its 4 rows can be used: sliver \(4\)",
    ),
}


@pytest.mark.filterwarnings("ignore:Geometry is in a geographic CRS")
@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_one_sentence(tmp_path, houses, case):
    write, more, error, match = BAD_INPUT[case]
    write(tmp_path / "h.parquet", houses)
    with pytest.raises(error, match=match) as raised:
        read_vector(VectorInput(path="h.parquet", **more), tmp_path, METRIC)
    assert "\n" not in str(raised.value)
    assert str(raised.value).endswith(".")
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize("srs_id", [0, -1, 99999])  # undefined in degrees, undefined in metres, none of the file's
def test_a_geopackage_whose_crs_nobody_has_said_is_a_sentence(tmp_path, houses, srs_id):
    path = tmp_path / "h.gpkg"
    pyogrio.write_dataframe(houses, path)
    with contextlib.closing(sqlite3.connect(path)) as file:
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            file.execute(f"UPDATE {table} SET srs_id = {srs_id}")
        file.commit()
    with pytest.raises(InputError, match=r"h\.gpkg states no CRS; state it"):
        read_vector(VectorInput(path="h.gpkg"), tmp_path, METRIC)


def test_unknown_encoding_is_a_sentence(tmp_path):
    (tmp_path / "p.csv").write_text("x,y\n119,32\n", "utf-8")
    with pytest.raises(ConfigError, match="encoding = 'utf-9' is not one"):
        read_vector(VectorInput(path="p.csv", encoding="utf-9", crs="EPSG:4326"), tmp_path, METRIC, kinds=("Point",))


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_chinese_shapefile_without_cpg_is_not_garbled(tmp_path, houses, encoding):
    pyogrio.write_dataframe(houses.assign(use="镇江市丹徒区"), tmp_path / "h.shp", encoding=encoding)
    (tmp_path / "h.cpg").unlink(missing_ok=True)
    layer = read_vector(VectorInput(path="h.shp", columns=COLUMNS), tmp_path, METRIC)
    assert set(layer.features["building_use"]) == {"镇江市丹徒区"}
    assert [one for one in layer.findings if one.values.get("encoding") == "GB18030"] or encoding == "UTF-8"


@pytest.mark.parametrize("name", ["GBK", "你好", "gbk utf", ""])
def test_a_cpg_that_names_no_encoding_says_nothing(tmp_path, houses, name):
    pyogrio.write_dataframe(houses.assign(use="学校"), tmp_path / "h.shp", encoding="GBK")
    (tmp_path / "h.cpg").write_text(name, encoding="utf-8")
    layer = read_vector(VectorInput(path="h.shp", columns=COLUMNS), tmp_path, METRIC)
    assert set(layer.features["building_use"]) == {"学校"}


@pytest.mark.parametrize(
    ("word", "encoding"), [("学校", "GBK"), ("Größe", "ISO-8859-1"), ("École élémentaire", "CP1252")]
)
@pytest.mark.parametrize("declared", ["code page", ".cpg"])
def test_a_western_encoding_that_is_named_holds_where_the_text_is_not_chinese(
    tmp_path, houses, word, encoding, declared
):
    pyogrio.write_dataframe(houses.assign(use=word), tmp_path / "h.shp", encoding=encoding)
    table = tmp_path / "h.dbf"
    if declared == ".cpg":
        (tmp_path / "h.cpg").write_text("ISO-8859-1")
    else:  # 0x57: what programs write for the code page of their machine
        (tmp_path / "h.cpg").unlink(missing_ok=True)
        table.write_bytes(table.read_bytes()[:29] + b"\x57" + table.read_bytes()[30:])
    layer = read_vector(VectorInput(path="h.shp", columns=COLUMNS), tmp_path, METRIC)
    assert set(layer.features["building_use"]) == {word}
    assert [one.code for one in layer.findings].count("encoding-guessed") == (encoding == "GBK")


@pytest.mark.parametrize(
    ("ids", "lost"),
    [
        (np.array([16_777_217, 16_777_219, 5, 7], "float32"), 2),  # of four bytes, which hold seven digits
        (["321102001001001000", "321102001001002000", "321102001001003000", "7"], 3),
        (["321102001001001000", "321102001001002000", "7", "8"], 0),  # by chance
        (["321102001001001000", "321102001001002000", "321102001001003001", "7"], 0),
    ],
)
def test_ids_that_were_rounded_are_told(tmp_path, houses, ids, lost):
    houses.assign(bid=ids).to_parquet(tmp_path / "h.parquet")
    layer = read_vector(VectorInput(path="h.parquet", columns={"id": "bid"}), tmp_path, METRIC)
    assert sum(one.count for one in layer.findings if one.code == "ids-rounded") == lost


def test_ids_of_a_second_column_stay_whole(tmp_path, houses):
    old = pd.array([None, 321102001001005678, None, 7], dtype="Int64")
    houses.assign(bid=pd.array([321102001001001234, None, None, 5], dtype="Int64"), old=old).to_parquet(
        tmp_path / "h.parquet"
    )
    source = VectorInput(path="h.parquet", columns={"id": "bid"}, also={"id": "old"})
    ids = read_vector(source, tmp_path, METRIC).features["id"].tolist()
    assert ids == ["321102001001001234", "321102001001005678", "", "5"]


def test_a_column_of_bytes_is_a_sentence(tmp_path, houses):
    houses.assign(bid=[b"a", None, b"\xff", b"c"]).to_parquet(tmp_path / "h.parquet")
    with pytest.raises(InputError, match="'bid' holds bytes, not text or numbers"):
        read_vector(VectorInput(path="h.parquet", columns={"id": "bid"}), tmp_path, METRIC)


def test_geojson_in_utf16_is_told_as_such(tmp_path, houses):
    (tmp_path / "h.geojson").write_text(houses.to_json(), encoding="utf-16")
    with pytest.raises(InputError, match=r"h\.geojson is text in UTF-16; save it as UTF-8"):
        read_vector(VectorInput(path="h.geojson"), tmp_path, METRIC)


def test_one_unreadable_geometry_costs_one_row(tmp_path, houses):
    """Well-known binary of a polygon whose ring has three points, which GEOS will not even build."""
    houses.to_parquet(tmp_path / "h.parquet", geometry_encoding="WKB")
    table = pq.read_table(tmp_path / "h.parquet")
    wkb = table["geometry"].to_pylist()
    wkb[2] = struct.pack("<BIII6d", 1, 3, 1, 3, *[119.4, 32.1, 119.5, 32.1, 119.5, 32.2])
    table = table.set_column(table.schema.get_field_index("geometry"), "geometry", pa.array(wkb, pa.binary()))
    pq.write_table(table, tmp_path / "h.parquet")
    layer = read_vector(VectorInput(path="h.parquet", columns=COLUMNS), tmp_path, METRIC)
    assert layer.features["id"].tolist() == ["a1", "a2", "a4"]
    assert layer.rejects[["source_row", "reason"]].values.tolist() == [[2, "no geometry"]]


def test_zip_of_several_wants_a_name(tmp_path, houses):
    houses.to_file(tmp_path / "a.gpkg")
    with zipfile.ZipFile(tmp_path / "h.zip", "w") as archive:
        archive.write(tmp_path / "a.gpkg", "a.gpkg")
        archive.write(tmp_path / "a.gpkg", "b.gpkg")
    with pytest.raises(InputError, match=r"holds 2 vector files \(a.gpkg, b.gpkg\); name one by layer"):
        read_vector(VectorInput(path="h.zip"), tmp_path, METRIC)


def test_geographic_city_crs_is_refused(tmp_path, houses):
    houses.to_parquet(tmp_path / "h.parquet")
    with pytest.raises(ConfigError, match="not projected"):
        read_vector(VectorInput(path="h.parquet"), tmp_path, CRS.from_epsg(4326))


@pytest.mark.parametrize("ring", [None, [[119.45, 32.2], [119.46, 32.2], [119.46, 32.21]]], ids=["none", "unclosed"])
def test_a_layer_without_any_geometry_is_named(tmp_path, ring):
    geometry = None if ring is None else {"type": "Polygon", "coordinates": [ring]}
    rows = [{"type": "Feature", "properties": {"a": n}, "geometry": geometry} for n in range(3)]
    (tmp_path / "b.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    with pytest.raises(InputError, match=r"b\.geojson: none of its 3 rows has a geometry that can be read"):
        layer_crs(VectorInput(path="b.geojson"), tmp_path)


@pytest.mark.parametrize("cell", ["0103000000010000000400000000", "SRID=4326;POLYGON ((0 0, 1 0, 1 1, 0 0))"])
def test_a_geometry_of_a_database_is_told_to_be_no_wkt(tmp_path, cell):
    (tmp_path / "b.csv").write_text(f'id,geom\na,"{cell}"\n')
    with pytest.raises(InputError, match=r"b\.csv: column 'geom' holds no WKT, first '.*'; write it as POLYGON"):
        read_vector(VectorInput(path="b.csv", crs="EPSG:4326"), tmp_path, CRS.from_epsg(4549))


@pytest.mark.parametrize("n_lost", [1, 5])
def test_rows_at_zero_are_lost_however_many_they_are(tmp_path, n_lost):
    where = [(119.45, 32.2), (119.46, 32.2), *[(0.0, 0.0002 * k) for k in range(n_lost)]]
    shapes = [shapely.box(x, y, x + 0.0004, y + 0.0003) for x, y in where]
    gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326").to_file(tmp_path / "b.gpkg")
    layer = read_vector(VectorInput(path="b.gpkg"), tmp_path, CRS.from_epsg(4549))
    assert layer.features["source_row"].tolist() == [0, 1]
    assert layer_crs(VectorInput(path="b.gpkg"), tmp_path).to_epsg() == 4549
    assert [one.count for one in layer.findings if one.code == "rows-at-zero"] == [n_lost]


@pytest.mark.parametrize(
    ("x", "code", "remedy"),
    [
        (40_448_000, 4549, 'begin with the number of zone 40: .* state crs = "EPSG:4528"'),
        (448_000, 4528, 'lack the number of zone 40: .* state crs = "EPSG:4549"'),
        (20_731_000, 4508, 'begin with the number of zone 20: .* state crs = "EPSG:4498"'),
        (731_000, 4498, 'lack the number of zone 20: .* state crs = "EPSG:4509"'),
        (99_448_000, 4549, "state the CRS they are in as crs"),
    ],
)
def test_eastings_with_the_number_of_a_zone_or_without_it_are_told(tmp_path, x, code, remedy):
    shape = shapely.box(x, 3_563_000, x + 50, 3_563_040)
    gpd.GeoDataFrame(geometry=[shape], crs=code).to_file(tmp_path / "b.gpkg")
    source, city = VectorInput(path="b.gpkg"), CRS.from_epsg(4549)
    for read in (lambda: layer_crs(source, tmp_path), lambda: read_vector(source, tmp_path, city)):
        with pytest.raises(InputError, match=rf"b\.gpkg: its coordinates, .* are no place in CGCS2000 .*; .*{remedy}"):
            read()
    if "EPSG" in remedy:
        named = VectorInput(path="b.gpkg", crs=remedy[-10:-1])
        assert read_vector(named, tmp_path, CRS.from_epsg(4549)).features.area.sum() == pytest.approx(2000, rel=0.01)


def test_what_is_not_utf8_names_a_remedy_that_holds(tmp_path, houses):
    (tmp_path / "h.geojson").write_bytes(houses.assign(use="镇江市").to_json(ensure_ascii=False).encode("gbk"))
    with pytest.raises(InputError, match="'use' is not UTF-8 text; save the file as UTF-8"):
        read_vector(VectorInput(path="h.geojson", columns=COLUMNS), tmp_path, METRIC)
    with pytest.raises(
        InputError, match="encoding = 'gbk' holds for shapefiles and tables only; save the file as UTF-8"
    ):
        read_vector(VectorInput(path="h.geojson", columns=COLUMNS, encoding="gbk"), tmp_path, METRIC)


@pytest.mark.parametrize(("name", "said"), [("h.tif", "is a raster"), ("h.zip", "is not read packed; unpack it")])
def test_a_file_of_another_kind_is_answered_with_its_place(tmp_path, name, said):
    with zipfile.ZipFile(tmp_path / "h.zip", "w") as packed:
        packed.writestr("a.city.json", '{"type": "CityJSON", "version": "1.1", "CityObjects": {}, "vertices": []}')
    with rasterio.open(tmp_path / "h.tif", "w", driver="GTiff", width=2, height=2, count=1, dtype="uint8") as file:
        file.write(np.ones((1, 2, 2), "uint8"))
    with pytest.raises(InputError, match=said):
        read_vector(VectorInput(path=name), tmp_path, METRIC)
