"""A tiny town that brings one input of every kind in every format, all made up: what the fuzzer changes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pvlib
import rasterio
import shapely
from rasterio.transform import from_origin

LONGITUDE, LATITUDE, METRIC = 119.45, 32.20, 4549
EAST, NORTH = 542_000.0, 3_564_000.0  # about there, in METRIC
BUILDINGS = {
    name: columns
    for columns, names in {
        '{ id = "no", name = "nm", height_m = "h", floors = "f", building_use = "u", excluded = "ex" }': (
            *("b.geojson", "b.gpkg", "b.parquet", "b.fgb", "b.shp", "b.zip", "b.csv", "b.gml", "b.kml", "b.mif"),
        ),
    }.items()
    for name in names
}
WEATHER = {
    "": 'format = "typical"',
    "w.epw": 'format = "epw"\npath = "w.epw"',
    "pvgis.json": 'format = "pvgis"\npath = "pvgis.json"',
    "pvgis.csv": 'format = "pvgis"\npath = "pvgis.csv"',
    "hourly.json": 'format = "pvgis"\npath = "hourly.json"',
    "power.json": 'format = "nasa_power"\npath = "power.json"',
    "power.csv": 'format = "nasa_power"\npath = "power.csv"',
    "w.csv": f'format = "csv"\npath = "w.csv"\nlongitude = {LONGITUDE}\nlatitude = {LATITUDE}',
    "umep.txt": f'format = "umep"\npath = "umep.txt"\nlongitude = {LONGITUDE}\nlatitude = {LATITUDE}',
}
TERRAIN = ("dem.tif", "dem.asc", "dem.vrt")
CITY = """[city]
name = "x"
title_zh = "试"
title_en = "t"
crs = "EPSG:4549"
[[inputs.buildings]]
path = "{buildings}"
columns = {columns}
{more}
[inputs.buildings.uses]
"厂房" = "industrial_steel"
[[inputs.mines]]
path = "mines.gpkg"
where = "状态 <> '在采'"
columns = {{ id = "编号", name = "矿名" }}
[[inputs.fishponds]]
path = "ponds.csv"
crs = "EPSG:4326"
columns = {{ id = "编号", name = "塘名", includes_dykes = "含塘埂", water_type = "水面" }}
[inputs.districts]
path = "districts.geojson"
columns = {{ name = "name" }}
[inputs.existing_pv]
path = "pv.csv"
crs = "EPSG:4326"
columns = {{ name = "名称", capacity_mw = "兆瓦", lon = "经度", lat = "纬度" }}
[inputs.dem]
path = "{terrain}"
{terrain_crs}
[inputs.overrides]
path = "overrides.csv"
[inputs.load]
path = "load.csv"
[inputs.market_prices]
path = "market.csv"
{roofs}
[[masks]]
name = "红线"
clause = "c"
input = {{ path = "masks.gpkg", layer = "红线" }}
[shade]
enabled = false
[run]
retries = 0
[[weather.points]]
{weather}
"""


def city_file(changed: str = "") -> str:
    """City file that uses `changed`, the name of the input that will be spoilt."""
    stem = changed.split(".")[0]
    buildings = "b.shp" if changed in ("b.dbf", "b.shx", "b.prj", "b.cpg") else changed
    buildings = buildings if buildings in BUILDINGS else "b.geojson"
    terrain = changed if changed in TERRAIN else "dem.asc" if stem == "dem" and changed == "dem.prj" else "dem.tif"
    return CITY.format(
        buildings=buildings,
        columns=BUILDINGS[buildings],
        more='crs = "EPSG:4326"' if buildings in ("b.csv", "b.mif") else "",
        terrain=terrain,
        terrain_crs='crs = "EPSG:4549"' if terrain == "dem.asc" else "",
        roofs=f'[inputs.roofs_cityjson]\npath = "{changed}"' if stem == "roofs" else "",
        weather=WEATHER[changed if changed in WEATHER else ""],
    )


def build(raw: Path) -> None:
    """Write every input into a folder."""
    raw.mkdir(parents=True, exist_ok=True)
    _buildings(raw)
    _areas(raw)
    _terrain(raw)
    _tables(raw)
    _weather(raw)
    _roofs(raw)


def _square(x: float, y: float, side: float) -> shapely.Polygon:
    return shapely.box(EAST + x, NORTH + y, EAST + x + side, NORTH + y + side)


def _buildings(raw: Path) -> None:
    table = pd.DataFrame(
        {
            "no": [f"B{k}" for k in range(8)],
            "nm": ["一号楼", "B", "C", "D", "E", "F", "G", "H"],
            "h": np.linspace(8.0, 15.0, 8),
            "f": [3, 3, 4, 4, 5, 5, 6, 2],
            "u": ["厂房", "住宅", "学校", "厂房"] * 2,
            "ex": [""] * 7 + ["危房"],
        }
    )
    squares = [_square(60.0 * (k % 4), 60.0 * (k // 4), 30.0) for k in range(8)]
    frame = gpd.GeoDataFrame(table, geometry=squares, crs=METRIC).to_crs(4326)
    frame.to_file(raw / "b.geojson", driver="GeoJSON")
    frame.to_file(raw / "b.gpkg", driver="GPKG")
    frame.to_file(raw / "b.fgb", driver="FlatGeobuf")
    frame.to_file(raw / "b.gml", driver="GML")
    frame.to_file(raw / "b.kml", driver="LIBKML")
    frame.to_file(raw / "b.mif", driver="MapInfo File", encoding="utf-8")
    frame.to_file(raw / "b.shp", encoding="utf-8")
    frame.to_parquet(raw / "b.parquet")
    table.assign(wkt=frame.geometry.to_wkt()).to_csv(raw / "b.csv", index=False)
    with zipfile.ZipFile(raw / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for ending in ("shp", "shx", "dbf", "prj", "cpg"):
            archive.write(raw / f"b.{ending}", f"town/b.{ending}")


def _areas(raw: Path) -> None:
    mine = gpd.GeoDataFrame(
        {"编号": ["M1"], "矿名": ["矿"], "状态": ["关闭"]}, geometry=[_square(600, 0, 150)], crs=METRIC
    )
    mine.to_file(raw / "mines.gpkg", layer="mines")
    gpd.GeoDataFrame({"a": [1]}, geometry=[_square(700, 0, 60)], crs=METRIC).to_file(raw / "masks.gpkg", layer="红线")
    whole = gpd.GeoDataFrame({"name": ["京口区"]}, geometry=[_square(-3000, -3000, 6000)], crs=METRIC).to_crs(4326)
    whole.to_file(raw / "districts.geojson", driver="GeoJSON")
    ponds = gpd.GeoSeries([_square(-400, 0, 90), _square(-400, 150, 80)], crs=METRIC).to_crs(4326)
    columns = {"编号": ["P1", "P2"], "塘名": ["塘", "塘二"], "含塘埂": ["是", "否"], "水面": ["鱼塘", "湖泊"]}
    pd.DataFrame({**columns, "wkt": ponds.to_wkt()}).to_csv(raw / "ponds.csv", index=False)


def _terrain(raw: Path) -> None:
    heights = np.add.outer(np.arange(80.0), np.arange(80.0)).astype("float32")
    profile = {"height": 80, "width": 80, "count": 1, "dtype": "float32", "crs": f"EPSG:{METRIC}", "nodata": -9999}
    profile["transform"] = from_origin(EAST - 1200, NORTH + 1200, 30, 30)
    for name, driver in (("dem.tif", "GTiff"), ("tile.tif", "GTiff")):
        with rasterio.open(raw / name, "w", driver=driver, **profile) as file:
            file.write(heights, 1)
    head = f"ncols 80\nnrows 80\nxllcorner {EAST - 1200}\nyllcorner {NORTH - 1200}\ncellsize 30\nNODATA_value -9999\n"
    lines = "\n".join(" ".join(f"{value:.0f}" for value in row) for row in heights)
    (raw / "dem.asc").write_text(head + lines + "\n")
    (raw / "dem.prj").write_text((raw / "b.prj").read_text())
    place = f"{EAST - 1200}, 30, 0, {NORTH + 1200}, 0, -30"
    (raw / "dem.vrt").write_text(
        f'<VRTDataset rasterXSize="80" rasterYSize="80"><SRS>EPSG:{METRIC}</SRS><GeoTransform>{place}</GeoTransform>'
        '<VRTRasterBand dataType="Float32" band="1"><SimpleSource><SourceFilename relativeToVRT="1">tile.tif'
        "</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
    )


def _tables(raw: Path) -> None:
    time = pd.date_range("2023-01-01", periods=8760, freq="h")
    pd.DataFrame({"时间": time}).to_csv(raw / "unused.csv")
    pv = {"名称": ["厂"], "兆瓦": [0.02], "经度": [LONGITUDE + 1e-4], "纬度": [LATITUDE + 1e-4]}
    pd.DataFrame(pv).to_csv(raw / "pv.csv", index=False)
    head = "site_id,decision,value_kwp,reason,by,date"
    (raw / "overrides.csv").write_text(
        f"{head}\nrooftop-B1,confirm,,r,b,2025-01-01\nrooftop-B2,correct,9,r,b,2025-01-01\n"
    )
    pd.DataFrame({"time": time, "district": "京口区", "load_kw": 1000.0}).to_csv(raw / "load.csv", index=False)
    pd.DataFrame({"time": time, "price_cny_per_kwh": 0.3}).to_csv(raw / "market.csv", index=False)


def _weather(raw: Path) -> None:
    time = pd.date_range("2023-01-01", periods=8760, freq="h", tz="UTC")
    place = pvlib.location.Location(LATITUDE, LONGITUDE)
    sky = (0.6 * place.get_clearsky(time + pd.Timedelta(minutes=30)).set_axis(time)).round(1)
    sky = sky[["ghi", "dni", "dhi"]].assign(temp_air=15.0, wind_speed=2.0)
    sky.rename_axis("time").reset_index().to_csv(raw / "w.csv", index=False)
    _pvgis(raw, sky)
    _power(raw, sky)
    local = sky.index + pd.Timedelta(hours=9)  # labels at the end of the hour, east of Greenwich
    minutes = pd.DataFrame({"iy": 2023, "id": local.dayofyear, "it": local.hour, "imin": 0}).to_numpy()
    rows = (f"{y} {d} {h} {m} {g:g} {t:g} {u:g}" for (y, d, h, m), (g, t, u) in zip(
        minutes, sky[["ghi", "temp_air", "wind_speed"]].to_numpy(), strict=True))  # fmt: skip
    (raw / "umep.txt").write_text("iy id it imin kdown Tair U\n" + "\n".join(rows) + "\n")
    head = [
        f"LOCATION,Town,-,CHN,made up,1,{LATITUDE},{LONGITUDE},8.0,10.0",
        *("DESIGN CONDITIONS,0", "TYPICAL/EXTREME PERIODS,0", "GROUND TEMPERATURES,0"),
        *(
            "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
            "COMMENTS 1,made up",
            "COMMENTS 2,",
            "DATA PERIODS,1,1,Data,Sunday,1/1,12/31",
        ),
    ]
    shifted = sky.set_axis((sky.index + pd.Timedelta(hours=8)).map(lambda t: t.replace(year=2023))).sort_index()
    body = [
        f"2023,{t.month},{t.day},{t.hour + 1},60,?,15,10,70,101000,0,0,300,{g:g},{n:g},{d:g},0,0,0,0,0,2,0,0,9,77777,9,"
        "999999999,6,0.08,2,88,0.2,0,0"
        for t, (g, n, d) in zip(shifted.index, shifted[["ghi", "dni", "dhi"]].to_numpy(), strict=True)
    ]
    (raw / "w.epw").write_text("\n".join([*head, *body]) + "\n")


def _pvgis(raw: Path, sky: pd.DataFrame) -> None:
    months = [{"month": month, "year": 2023} for month in range(1, 13)]
    where = {"latitude": LATITUDE, "longitude": LONGITUDE, "elevation": 10.0}
    names = ["time(UTC)", "T2m", "RH", "G(h)", "Gb(n)", "Gd(h)", "IR(h)", "WS10m", "WD10m", "SP"]
    hours = [
        [f"{t:%Y%m%d:%H%M}", 15.0, 70.0, g, n, d, 300.0, 2.0, 90.0, 101000.0]
        for t, (g, n, d) in zip(sky.index, sky[["ghi", "dni", "dhi"]].to_numpy().tolist(), strict=True)
    ]
    typical = {
        "inputs": {"location": where, "meteo_data": {"radiation_db": "PVGIS-ERA5"}},
        "outputs": {"months_selected": months, "tmy_hourly": [dict(zip(names, row, strict=True)) for row in hours]},
        "meta": {"inputs": {}},
    }
    (raw / "pvgis.json").write_text(json.dumps(typical))
    lines = [
        *(
            f"Latitude (decimal degrees): {LATITUDE}",
            f"Longitude (decimal degrees): {LONGITUDE}",
            "Elevation (m): 10.0",
        ),
        *("month,year", *(f"{m['month']},{m['year']}" for m in months), ",".join(names)),
        *(",".join(map(str, row)) for row in hours),
        *("T2m: 2-m air temperature (degree Celsius)", "", "PVGIS, made up", ""),
    ]
    (raw / "pvgis.csv").write_text("\r\n".join(lines))
    plane = {"slope": {"value": 0}, "azimuth": {"value": 0}}
    series = {
        "inputs": {
            "location": where,
            "meteo_data": {"radiation_db": "PVGIS-ERA5", "meteo_db": "ERA5", "year_min": 2023, "year_max": 2023},
            "mounting_system": {"fixed": plane},
        },
        "outputs": {
            "hourly": [
                {
                    "time": t,
                    "Gb(i)": g - d,
                    "Gd(i)": d,
                    "Gr(i)": 0.0,
                    "H_sun": 0.0,
                    "T2m": 15.0,
                    "WS10m": 2.0,
                    "Int": 0.0,
                }
                for t, _, _, g, _, d, *_ in hours
            ]
        },
        "meta": {"inputs": {}},
    }
    (raw / "hourly.json").write_text(json.dumps(series))


def _power(raw: Path, sky: pd.DataFrame) -> None:
    names = {"ALLSKY_SFC_SW_DWN": "ghi", "ALLSKY_SFC_SW_DNI": "dni", "ALLSKY_SFC_SW_DIFF": "dhi"}
    names |= {"T2M": "temp_air", "WS10M": "wind_speed"}
    stamps = sky.index.strftime("%Y%m%d%H")
    content = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [LONGITUDE, LATITUDE, 10.0]},
        "properties": {
            "parameter": {theirs: dict(zip(stamps, sky[ours].tolist(), strict=True)) for theirs, ours in names.items()}
        },
        "header": {"title": "NASA/POWER", "fill_value": -999.0, "time_standard": "UTC"},
        "parameters": {name: {"units": "Wh/m^2"} for name in list(names)[:3]},
    }
    (raw / "power.json").write_text(json.dumps(content))
    table = pd.DataFrame({"YEAR": sky.index.year, "MO": sky.index.month, "DY": sky.index.day, "HR": sky.index.hour})
    for theirs, ours in names.items():
        table[theirs] = sky[ours].to_numpy()
    head = f"-BEGIN HEADER-\nDates in UTC\nLocation: latitude  {LATITUDE}   longitude {LONGITUDE}\n-END HEADER-\n"
    (raw / "power.csv").write_text(head + table.to_csv(index=False))


def _roofs(raw: Path) -> None:
    roof = {
        "type": "MultiSurface",
        "lod": "2.2",
        "boundaries": [[[0, 1, 2, 3]], [[0, 1, 5, 4]]],
        "semantics": {"surfaces": [{"type": "RoofSurface"}, {"type": "WallSurface"}], "values": [0, 1]},
    }
    corners = ((0, 0, 5), (30, 0, 5), (30, 30, 12), (0, 30, 12), (0, 0, 0), (30, 0, 0))
    city = {
        "type": "CityJSON",
        "version": "1.1",
        "metadata": {"referenceSystem": f"https://www.opengis.net/def/crs/EPSG/0/{METRIC}"},
        "transform": {"scale": [0.001, 0.001, 0.001], "translate": [EAST, NORTH, 0]},
        "CityObjects": {
            "B": {"type": "Building", "children": ["P"]},
            "P": {"type": "BuildingPart", "parents": ["B"], "geometry": [roof]},
        },
        "vertices": [[1000 * v for v in corner] for corner in corners],
    }
    (raw / "roofs.json").write_text(json.dumps(city))
    ring = " ".join(f"{EAST + x} {NORTH + y} {z}" for x, y, z in (*corners[:4], corners[0]))
    (raw / "roofs.gml").write_text(
        '<core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0" xmlns:gml="http://www.opengis.net/gml" '
        'xmlns:bldg="http://www.opengis.net/citygml/building/2.0"><gml:boundedBy><gml:Envelope srsName="EPSG:4549"/>'
        '</gml:boundedBy><core:cityObjectMember><bldg:Building gml:id="B"><bldg:measuredHeight>12</bldg:measuredHeight>'
        "<bldg:boundedBy><bldg:RoofSurface><bldg:lod2MultiSurface><gml:MultiSurface><gml:surfaceMember><gml:Polygon>"
        f"<gml:exterior><gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
        "</gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface></bldg:RoofSurface></bldg:boundedBy>"
        "</bldg:Building></core:cityObjectMember></core:CityModel>"
    )
