"""No data file makes GDAL open a connection, wait, run or write: tried with a server that counts what it is asked."""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from pyproj import CRS
from rasterio._env import get_gdal_config
from rasterio.transform import from_origin

from pvmap.errors import PvmapError
from pvmap.settings.city import RasterInput, VectorInput
from pvmap.sources.dataset import files_of
from pvmap.sources.raster import read_window
from pvmap.sources.tiles import opened
from pvmap.sources.vector import read_vector

METRIC = CRS.from_epsg(4549)
EAST, NORTH = 530_000, 3_560_000
WINDOW = (EAST, NORTH - 300, EAST + 300, NORTH)
FEATURE = '{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[119.45,32.2]}}'
BAND = '<VRTRasterBand dataType="Float32" band="1"{more}>{inside}</VRTRasterBand>'
SOURCE = '<SimpleSource><SourceFilename relativeToVRT="{relative}">{name}</SourceFilename></SimpleSource>'


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[str]]]:
    """Address of a server on this machine, and what it was asked for."""
    asked: list[str] = []

    class Counter(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.send_error(404)

        do_HEAD = do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}", asked
    http.shutdown()


def mosaic(inside: str, attributes: str = "", more: str = "") -> str:
    """A .vrt of 10 x 10 cells of 30 m with one band."""
    place = f"{EAST}, 30, 0, {NORTH}, 0, -30"
    return (
        f'<VRTDataset rasterXSize="10" rasterYSize="10"{attributes}><SRS>EPSG:4549</SRS>'
        f"<GeoTransform>{place}</GeoTransform>{BAND.format(inside=inside, more=more)}</VRTDataset>"
    )


def tile(path: Path, height: float = 5.0) -> Path:
    profile = {"driver": "GTiff", "height": 10, "width": 10, "count": 1, "dtype": "float32", "crs": "EPSG:4549"}
    with rasterio.open(path, "w", transform=from_origin(EAST, NORTH, 30, 30), **profile) as file:
        file.write(np.full((10, 10), height, "float32"), 1)
    return path


def rasters(address: str) -> dict[str, str]:
    """Files that pose as terrain and name an address."""
    wms = f"<GDAL_WMS><Service name='TMS'><ServerUrl>{address}/${{z}}</ServerUrl></Service></GDAL_WMS>"
    escaped = wms.replace("<", "&lt;").replace(">", "&gt;")
    return {
        **{
            f"member {prefix or 'http'}": mosaic(SOURCE.format(relative=0, name=f"{prefix}{address}/d.tif"))
            for prefix in ("", "/vsicurl/", "/vsicurl_streaming/", "/vsigzip//vsicurl/", "/vsisubfile/0_9,/vsicurl/")
        },
        "member that is a service": mosaic(SOURCE.format(relative=0, name=escaped)),
        "member as an attribute": mosaic(f'<SimpleSource SourceFilename="/vsicurl/{address}/d.tif"/>'),
        "member in small letters": mosaic(f"<simplesource><sourcefilename>{address}/d</sourcefilename></simplesource>"),
        "warped": mosaic("", ' subClass="VRTWarpedDataset"', ' subClass="VRTWarpedRasterBand"').replace(
            "</VRTDataset>",
            f"<GDALWarpOptions><SourceDataset>/vsicurl/{address}/d</SourceDataset></GDALWarpOptions></VRTDataset>",
        ),
        "raw band": mosaic(
            f"<SourceFilename>/vsicurl/{address}/d</SourceFilename>", more=' subClass="VRTRawRasterBand"'
        ),
        "overview": mosaic(f"<Overview><SourceFilename>/vsicurl/{address}/d</SourceFilename></Overview>"),
        "service": wms,
        "wms": f"<GDAL_WMS><Service name='WMS'><ServerUrl>{address}/wms?</ServerUrl></Service></GDAL_WMS>",
        "wcs": f"<WCS_GDAL><ServiceURL>{address}/wcs?</ServiceURL><CoverageName>a</CoverageName></WCS_GDAL>",
        "wmts": f"<GDAL_WMTS><GetCapabilitiesUrl>{address}/wmts</GetCapabilitiesUrl></GDAL_WMTS>",
        "cached": f"<MRF_META><CachedSource><Source>/vsicurl/{address}/x.tif</Source></CachedSource></MRF_META>",
        "code": mosaic(
            "<PixelFunctionType>f</PixelFunctionType><PixelFunctionLanguage>Python</PixelFunctionLanguage>"
            f"<PixelFunctionCode>import urllib.request as u; u.urlopen('{address}')</PixelFunctionCode>",
            more=' subClass="VRTDerivedRasterBand"',
        ),
        "entity": mosaic("&e;").replace("<VRT", f'<!DOCTYPE a [<!ENTITY e SYSTEM "{address}/e">]><VRT', 1),
    }


def vectors(address: str) -> dict[str, str]:
    """Files that pose as layers and name an address."""
    collection = '{"type":"FeatureCollection",%s"features":[' + FEATURE + "]}"
    gml = (
        '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" xmlns:x="x"'
        ' xmlns:gml="http://www.opengis.net/gml"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x {address}/s?SERVICE=WFS&amp;'
        'VERSION=1.1.0&amp;REQUEST=DescribeFeatureType&amp;TYPENAME=x:f"><gml:featureMember><x:f><x:g><gml:Point>'
        "<gml:coordinates>119.45,32.2</gml:coordinates></gml:Point></x:g></x:f></gml:featureMember></wfs:FeatureCollection>"
    )
    return {
        "crs link.geojson": collection % f'"crs":{{"type":"link","properties":{{"href":"{address}/crs"}}}},',
        "crs url.geojson": collection % f'"crs":{{"type":"url","properties":{{"url":"{address}/crs"}}}},',
        "pipeline.geojson": f'{{"type":"gdal_streamed_alg","command_line":"gdal vector info /vsicurl/{address}/a"}}',
        "schema.gml": gml,
        "wfs.gml": f"<OGRWFSDataSource><URL>{address}/wfs</URL></OGRWFSDataSource>",
        "vrt.gml": f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{address}/a</SrcDataSource></OGRVRTLayer>'
        "</OGRVRTDataSource>",
        "vrt.shp": '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/'
        f"{address}/a</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        "link.kml": '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><Point><coordinates>119.45,32.2'
        f"</coordinates></Point></Placemark><NetworkLink><Link><href>{address}/a</href></Link></NetworkLink>"
        "</Document></kml>",
        "entity.kml": f'<!DOCTYPE a [<!ENTITY e SYSTEM "{address}/e">]><kml><Document>&e;</Document></kml>',
        "bomb.gml": "<!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;'>]>" + gml.replace("119.45", "&c;"),
        "service.gpkg": f"<GDAL_WMS><Service name='WMS'><ServerUrl>{address}/w</ServerUrl></Service></GDAL_WMS>",
    }


@pytest.mark.parametrize("proxy", ["", "127.0.0.1", "*"])
@pytest.mark.parametrize("name", rasters(""))
def test_no_raster_makes_a_request(tmp_path, monkeypatch, server, name, proxy):
    monkeypatch.setenv("no_proxy", proxy)  # hosts that would be asked past a proxy
    address, asked = server
    (tmp_path / "dem.tif").write_text(rasters(address)[name])
    asked.clear()
    with pytest.raises(PvmapError, match=r"dem\.tif"):
        read_window(RasterInput(path="dem.tif"), tmp_path, METRIC, WINDOW)
    assert not asked
    assert os.environ["no_proxy"] == proxy


@pytest.mark.parametrize("proxy", ["", "127.0.0.1", "*"])
@pytest.mark.parametrize("name", vectors(""))
def test_no_layer_makes_a_request_or_leaves_a_file(tmp_path, monkeypatch, server, name, proxy):
    monkeypatch.setenv("no_proxy", proxy)
    address, asked = server
    (tmp_path / name).write_text(vectors(address)[name])
    asked.clear()
    try:
        read_vector(VectorInput(path=name, crs="EPSG:4326"), tmp_path, METRIC, kinds=("Point",))
    except PvmapError as error:
        assert name in str(error)
    assert not asked
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.slow  # a process of its own: PROJ looks at the environment once
def test_a_datum_fetches_no_grids_though_the_environment_lets_proj(tmp_path, server):
    """As conda's does. Between OSGB36 and WGS84 PROJ knows a grid that nobody ships."""
    address, asked = server
    asked.clear()
    raw = tmp_path / "data" / "raw" / "x"
    raw.mkdir(parents=True)
    houses = shapely.box([430_000, 430_100], 250_000, [430_040, 430_140], 250_030)
    gpd.GeoDataFrame({"no": ["a", "b"], "h": 8.0}, geometry=houses, crs="EPSG:27700").to_parquet(raw / "b.parquet")
    profile = {"driver": "GTiff", "height": 200, "width": 200, "count": 1, "dtype": "float32", "crs": "EPSG:27700"}
    with rasterio.open(raw / "d.tif", "w", transform=from_origin(427_000, 253_000, 30, 30), **profile) as file:
        file.write(np.full((200, 200), 50, "float32"), 1)
    lines = [
        *("[city]", 'name = "x"', 'title_zh = "x"', 'title_en = "x"', 'country = "generic"'),
        *("utc_offset_hours = 0", 'crs = "EPSG:32630"', "[[inputs.buildings]]", 'path = "b.parquet"'),
        *('columns = { id = "no", height_m = "h" }', "[inputs.dem]", 'path = "d.tif"'),
        *("[[weather.points]]", 'format = "typical"'),
    ]
    (tmp_path / "x.toml").write_text("\n".join(lines), encoding="utf-8")
    around = {**os.environ, "PROJ_NETWORK": "ON", "PROJ_NETWORK_ENDPOINT": address}
    around |= {"PROJ_USER_WRITABLE_DIRECTORY": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "pvmap", "check", str(tmp_path / "x.toml"), "--root", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=around)
    assert asked == [], done
    assert done.stderr == "", done  # nor does it speak of a grid that is not here: the way it takes is good to metres


def test_gdal_keeps_the_blocks_of_a_raster_in_some_memory_but_not_in_much(tmp_path):
    """Its cache is told in bytes here, and in megabytes elsewhere."""
    tile(tmp_path / "dem.tif", 7.0)
    with opened(RasterInput(path="dem.tif"), tmp_path):
        assert 64e6 < get_gdal_config("GDAL_CACHEMAX") < 256e6


def test_a_plain_mosaic_is_read_and_its_tiles_are_input(tmp_path):
    (tmp_path / "tiles").mkdir()
    tile(tmp_path / "tiles" / "a[1].tif", 7.0)
    (tmp_path / "tiles" / "a[1].tfw").write_text("30\n0\n0\n-30\n0\n0\n")
    inner = mosaic(SOURCE.format(relative=1, name="tiles/a[1].tif"))
    (tmp_path / "inner.vrt").write_text(inner)
    (tmp_path / "dem.vrt").write_text(mosaic(SOURCE.format(relative=1, name="inner.vrt")))
    source = RasterInput(path="dem.vrt")
    grid = read_window(source, tmp_path, METRIC, WINDOW)
    assert grid is not None and np.nanmax(grid.values) == np.nanmin(grid.values) == 7.0
    names = {path.name for path in files_of(source, tmp_path)}
    assert names == {"dem.vrt", "inner.vrt", "a[1].tif", "a[1].tfw"}


@pytest.mark.parametrize("relative", [0, 1])
@pytest.mark.parametrize("up", ["../outside.tif", "{outside}", "tiles/../../outside.tif"])
def test_a_mosaic_names_nothing_outside_the_folder(tmp_path, up, relative):
    raw = tmp_path / "raw"
    (raw / "tiles").mkdir(parents=True)
    name = up.format(outside=tile(tmp_path / "outside.tif"))
    (raw / "dem.vrt").write_text(mosaic(SOURCE.format(relative=relative, name=name)))
    with pytest.raises(PvmapError, match="does not lie in"):
        read_window(RasterInput(path="dem.vrt"), raw, METRIC, WINDOW)


def test_a_mosaic_in_a_circle_is_a_sentence(tmp_path):
    (tmp_path / "a.vrt").write_text(mosaic(SOURCE.format(relative=1, name="b.vrt")))
    (tmp_path / "b.vrt").write_text(mosaic(SOURCE.format(relative=1, name="a.vrt")))
    with pytest.raises(PvmapError, match="names itself"):
        read_window(RasterInput(path="a.vrt"), tmp_path, METRIC, WINDOW)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
@pytest.mark.parametrize("name", ["dem.tif", "dem.tif.aux.xml", "dem.tfw", "dem.TFW", "dem.tif.ovr", "dem.prj"])
def test_pipes_in_a_raster_s_place_or_beside_it_are_not_waited_for(tmp_path, name):
    if name != "dem.tif":
        tile(tmp_path / "dem.tif")
    os.mkfifo(tmp_path / name)
    with pytest.raises(PvmapError, match="is a named pipe, not a regular file"):
        read_window(RasterInput(path="dem.tif"), tmp_path, METRIC, WINDOW)


def houses() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"h": [8.0]}, geometry=[shapely.box(EAST, NORTH, EAST + 40, NORTH + 30)], crs=METRIC)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
@pytest.mark.parametrize(
    ("path", "special"),
    [
        *(("b.shp", name) for name in ("b.shp", "b.dbf", "b.prj", "b.cpg", "b.qix")),
        *(("b.gpkg", name) for name in ("b.gpkg", "b.gpkg-wal", "b.gpkg-journal")),
        *((name, name) for name in ("b.geojson", "b.csv", "b.parquet", "b.zip", "b.fgb", "b.gml")),
        ("b.gdb", "b.gdb/a00000001.gdbtable"),
    ],
)
def test_pipes_in_a_layer_s_place_or_beside_it_are_not_waited_for(tmp_path, path, special):
    if path.endswith((".shp", ".gpkg")):
        houses().to_file(tmp_path / path)
    (tmp_path / special).parent.mkdir(exist_ok=True)
    (tmp_path / special).unlink(missing_ok=True)
    os.mkfifo(tmp_path / special)
    with pytest.raises(PvmapError, match="is a named pipe, not a regular file"):
        read_vector(VectorInput(path=path, crs="EPSG:4549"), tmp_path, METRIC)


def test_other_things_than_files_are_named(tmp_path):
    (tmp_path / "folder.geojson").mkdir()
    (tmp_path / "link.geojson").symlink_to(tmp_path / "nowhere")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s.csv"))
        for name, told in [
            ("folder.geojson", "is a folder"),
            ("link.geojson", "nowhere, which is not there"),
            ("zero.csv", "is a device"),
            ("s.csv", "is a socket"),
            ("x" * 300, "cannot be opened"),
        ]:
            with pytest.raises(PvmapError, match=told):
                read_vector(VectorInput(path=name, crs="EPSG:4549"), tmp_path, METRIC)


@pytest.mark.parametrize("inner", ["../b.geojson", "/b.geojson", "a/../../b.geojson", "a\\b.geojson", "C:/b.geojson"])
def test_a_zip_s_names_lead_nowhere(tmp_path, inner):
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr(inner, houses().to_crs(4326).to_json())
    with pytest.raises(PvmapError, match="leads out of the zip"):
        read_vector(VectorInput(path="b.zip"), tmp_path, METRIC)


@pytest.mark.parametrize("inner", ["a{b}.geojson", "镇江 (1).geojson", "a!b?.geojson", "a.zip/b.geojson"])
def test_a_zip_s_odd_names_are_names(tmp_path, inner):
    with zipfile.ZipFile(tmp_path / "b[1] {2}.zip", "w") as archive:
        archive.writestr(inner, houses().to_crs(4326).to_json())
    assert len(read_vector(VectorInput(path="b[1] {2}.zip"), tmp_path, METRIC).features) == 1


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_packed_by_another_method_is_named(tmp_path, method):
    with zipfile.ZipFile(tmp_path / "b.zip", "w", method) as archive:
        archive.writestr("b.geojson", houses().to_crs(4326).to_json())
    with pytest.raises(PvmapError, match=r"b\.zip is packed in a way that GDAL does not read; unpack it"):
        read_vector(VectorInput(path="b.zip"), tmp_path, METRIC)


def test_a_zip_that_unpacks_without_end_is_refused_unopened(tmp_path):
    with (
        zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("b.geojson", "w") as out,
    ):
        for _ in range(300):
            out.write(bytes(1 << 20))
    with pytest.raises(PvmapError, match=r"unpacks to 315 MB out of"):
        read_vector(VectorInput(path="b.zip"), tmp_path, METRIC)


@pytest.mark.parametrize(
    "name", ["b;1.gpkg", "b!.gpkg", "b?x.gpkg", "b#.gpkg", "b [1] {2}.gpkg", "100%.gpkg", "-.gpkg"]
)
def test_odd_file_names_are_read_or_named(tmp_path, name):
    houses().to_file(tmp_path / "plain.gpkg")
    (tmp_path / "plain.gpkg").rename(tmp_path / name)
    try:
        assert len(read_vector(VectorInput(path=name), tmp_path, METRIC).features) == 1
    except PvmapError as error:
        assert "rename it" in str(error)


@pytest.mark.parametrize("name", ["dem.tif.ovr", "dem.tif.msk", "dem.tif.ovr.ovr", "dem.tif.msk.ovr", "dem.TIF.OVR"])
def test_overviews_and_masks_beside_a_raster_are_geotiff(tmp_path, server, name):
    address, asked = server
    tile(tmp_path / "dem.tif")
    tile(tmp_path / "dem.tif.ovr").rename(tmp_path / "kept")
    (tmp_path / name).write_text(mosaic(SOURCE.format(relative=0, name=f"/vsicurl/{address}/d.tif")))
    asked.clear()
    with pytest.raises(PvmapError, match=f"{name} is no GeoTIFF"):
        read_window(RasterInput(path="dem.tif"), tmp_path, METRIC, WINDOW)
    assert not asked
    (tmp_path / name).unlink()
    (tmp_path / "kept").rename(tmp_path / "dem.tif.ovr")
    assert read_window(RasterInput(path="dem.tif"), tmp_path, METRIC, WINDOW) is not None
    assert {path.name for path in files_of(RasterInput(path="dem.tif"), tmp_path)} == {"dem.tif", "dem.tif.ovr"}


@pytest.mark.parametrize("named", ["/vsicurl/{address}/d.tif", "{outside}", ":::BASE:::../outside.tif"])
@pytest.mark.parametrize("where", ["inside", "beside", "in the overviews"])
def test_a_raster_takes_its_overviews_from_no_other_place(tmp_path, server, named, where):
    address, asked = server
    raw = tmp_path / "raw"
    raw.mkdir()
    named = named.format(address=address, outside=tile(tmp_path / "outside.tif"))
    holder = tile(raw / ("dem.tif.ovr" if where == "in the overviews" else "dem.tif"))
    if where == "beside":
        told = f'<MDI key="OVERVIEW_FILE">{named}</MDI>'
        text = f'<PAMDataset><Metadata domain="OVERVIEWS">{told}</Metadata></PAMDataset>'
        (raw / "dem.tif.aux.xml").write_text(text)
    else:
        with rasterio.open(holder, "r+") as file:
            file.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=named)
    tile(raw / "dem.tif") if where == "in the overviews" else None
    asked.clear()
    with pytest.raises(PvmapError, match=r"takes its overviews from|in a way pvmap does not follow"):
        read_window(RasterInput(path="dem.tif"), raw, METRIC, WINDOW)
    assert not asked


ENDLESS = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n) SELECT b.* FROM b, n WHERE k < 0"


def with_view(path: Path, name: str, query: str, *, listed: bool = True) -> None:
    """Put a view into a GeoPackage, as a layer of it."""
    houses().to_file(path, layer="b", driver="GPKG")
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute(f"CREATE VIEW {name} AS {query}")
        if listed and not name.startswith("gpkg_"):
            bounds = "min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents"
            file.execute(f"INSERT INTO gpkg_contents SELECT '{name}', 'features', '{name}', '', last_change, {bounds}")
            shape = "'geom', 'POLYGON', srs_id, 0, 0 FROM gpkg_geometry_columns"
            file.execute(f"INSERT INTO gpkg_geometry_columns SELECT '{name}', {shape}")
        file.commit()


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("v", ENDLESS),
        ("v", "SELECT * FROM b"),
        ("gpkg_metadata", ENDLESS),
        ("V", "SELECT *, randomblob(9) AS x FROM b"),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_no_query_of_a_database_runs(tmp_path, name, query, zipped):
    path = tmp_path / "b.gpkg"
    with_view(path, name, query)
    if zipped:
        with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
            archive.write(path, "b.gpkg")
    path = "b.zip" if zipped else "b.gpkg"
    before = sorted(tmp_path.iterdir())
    for layer in ("", "b", name):
        with pytest.raises(PvmapError, match=f"'{name}' in it is a view"):
            read_vector(VectorInput(path=path, layer=layer), tmp_path, METRIC)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("spoilt", [b'CREATE T\xd0BLE "b"', b'CREATE TABLE "\xd0"'])
def test_a_damaged_list_of_layers_is_a_sentence(tmp_path, spoilt):
    houses().to_file(tmp_path / "b.gpkg", layer="b", driver="GPKG")
    content = (tmp_path / "b.gpkg").read_bytes()
    assert b'CREATE TABLE "b"' in content
    (tmp_path / "b.gpkg").write_bytes(content.replace(b'CREATE TABLE "b"', spoilt))
    with pytest.raises(PvmapError, match=r"b\.gpkg"):
        read_vector(VectorInput(path="b.gpkg"), tmp_path, METRIC)


def test_views_of_the_standard_are_never_looked_at(tmp_path):
    with_view(tmp_path / "b.gpkg", "st_spatial_ref_sys", ENDLESS, listed=False)
    assert len(read_vector(VectorInput(path="b.gpkg"), tmp_path, METRIC).features) == 1


@pytest.mark.parametrize(
    "text",
    [
        'Open Table "{elsewhere}"\nCreate View b As\nSelect a\nFrom secret\n',
        'Definition Table\n  Type DBF\n  File "{elsewhere}"\n  Fields 1\n    a Char (10) ;\n',
        'Definition Table\n  Type DBF\n  File "other.dbf"\n  Fields 1\n    a Char (10) ;\n',
        'Definition Table\n  Type NATIVE\n  Fields 1\n    a Char (10) ;\n"\\IsSeamless" = "TRUE"\n',
    ],
)
def test_a_mapinfo_table_holds_its_own_rows(tmp_path, text):
    elsewhere = tmp_path / "secret.dbf"
    (tmp_path / "b.tab").write_text("!table\n!version 300\n\n" + text.format(elsewhere=elsewhere))
    with pytest.raises(PvmapError, match="names other tables or files"):
        read_vector(VectorInput(path="b.tab", crs="EPSG:4549"), tmp_path, METRIC)
    houses().to_file(tmp_path / "c.tab", driver="MapInfo File")
    assert len(read_vector(VectorInput(path="c.tab"), tmp_path, METRIC).features) == 1


AS_ALWAYS = {
    "GDAL_GEOREF_SOURCES": "WORLDFILE",
    "GML_SKIP_RESOLVE_ELEMS": "NONE",
    "GML_SAVE_RESOLVED_TO": "SAME",
    "GML_GFS_TEMPLATE": "/nowhere.gfs",
    "GML_INVERT_AXIS_ORDER_IF_LAT_LONG": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "0.0000001",
    "SHAPE_ENCODING": "GBK",
    "SHAPE_RESTORE_SHX": "YES",
}


def read_all(folder: Path) -> list[object]:
    """What is read of a file of each format, sentences included."""
    found: list[object] = []
    for name in ("b.shp", "no index.shp", "b.gml", "b.geojson"):
        try:
            layer = read_vector(VectorInput(path=name, columns={"name": "name"}), folder, METRIC)
            found.append((layer.features["name"].tolist(), layer.features.total_bounds.round(3).tolist()))
        except PvmapError as error:
            found.append(str(error))
    grid = read_window(RasterInput(path="dem.tif"), folder, METRIC, WINDOW)
    return [*found, grid is not None and np.nan_to_num(grid.values).tolist()]


def test_options_of_the_environment_change_and_write_nothing(tmp_path, monkeypatch):
    town = houses().assign(name="一号楼").to_crs(4326)
    for name in ("b.shp", "no index.shp", "b.gml", "b.geojson"):
        town.to_file(tmp_path / name, encoding="utf-8") if name.endswith("shp") else town.to_file(tmp_path / name)
    (tmp_path / "no index.shx").unlink()
    tile(tmp_path / "dem.tif")
    before, files = read_all(tmp_path), {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert [one[0] for one in before if isinstance(one, tuple)] == [["一号楼"]] * 3
    for name, value in AS_ALWAYS.items():
        monkeypatch.setenv(name, value)
    assert read_all(tmp_path) == before
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == files
    assert {name: os.environ[name] for name in AS_ALWAYS} == AS_ALWAYS


def test_no_other_file_is_read_in_the_place_of_a_gml(tmp_path):
    town = houses().to_crs(4326)
    town.to_file(tmp_path / "b.gml")
    (tmp_path / "b.resolved.gml").write_text((tmp_path / "b.gml").read_text().replace(">8<", ">99<"))
    with pytest.raises(PvmapError, match=r"b\.resolved\.gml would be read in the place of b\.gml"):
        read_vector(VectorInput(path="b.gml"), tmp_path, METRIC)


@pytest.mark.parametrize("encoding", ["UUF-8", "idna", "hex", "utf-7", "gb18030"])
@pytest.mark.parametrize("name", ["b.kml", "b.gml", "dem.vrt"])
def test_an_encoding_that_no_parser_knows_is_a_sentence(tmp_path, name, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + (
        vectors("")["link.kml"] if name != "dem.vrt" else mosaic("")
    )
    (tmp_path / name).write_text(text)
    with pytest.raises(PvmapError, match=name.replace(".", "[.]")):
        if name == "dem.vrt":
            read_window(RasterInput(path=name), tmp_path, METRIC, WINDOW)
        else:
            read_vector(VectorInput(path=name), tmp_path, METRIC)
