"""A tiny city in which every text that can come from a file or a city file is a payload."""

from __future__ import annotations

import base64
import contextlib
import csv
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hostile_bureau import LEVELS, TEXTS, inputs, settings_of_plan, write_tables
from payloads import FORMULA, HTML, JINJA, PAYLOADS, SQL, TERMINAL

from pvmap import cli
from pvmap.config import load
from pvmap.settings.city import Settings
from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import read_weather

CRS = "EPSG:4549"
WEST, SOUTH, STEP, ROW = 500_000.0, 3_560_000.0, 60.0, 10  # metres; buildings in a row
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAgH/Zl9lCQAAAABJRU5ErkJggg=="
BUILDINGS, BARRED, PONDS = "b;touch pwned;.parquet", "<img src=x onerror=window.pwned=1>.geojson", "{{7*7}} '\".gpkg"
LAND, WATER, SENSITIVE = "' OR 1=1 --.geojson", "<svg onload=window.pwned=1>{%endraw%}.geojson", "%s%n{{7*7}}.geojson"
MINES, WEATHER = "$(touch pwned)&[red].geojson", "\x9b31mair\u202e.epw"
AREA_LOAD = "=1+1;`touch pwned`.csv"
POND = {"water_type": "water", "includes_dykes": "dykes"}
MASKED = tuple(f"mine-{text}" for text in (JINJA[0], HTML[1], SQL[0], TERMINAL[7]))  # sites that the map must not show
NAME_COLUMN, LAYER = '"><svg onload=window.pwned=1>', "x'; DROP TABLE gpkg_contents; --"
HEADER = "<img src=x onerror=window.pwned=1>{%endraw%}{{6*7}}\x1b[31m\u202e"  # of the EPW file: no comma there


def squares(step: float = STEP, wide: float = 40.0, deep: float = 30.0, south: float = 0.0) -> np.ndarray:
    """One rectangle a payload, on a grid."""
    number = np.arange(len(PAYLOADS))
    x, y = WEST + step * (number % ROW), SOUTH + south + step * (number // ROW)
    return shapely.box(x, y, x + wide, y + deep)


def turned(by: int) -> list[str]:
    """All payloads, each in the place of another."""
    return [*PAYLOADS[by:], *PAYLOADS[:by]]


def everything(by: int) -> str:
    """All payloads but the long one in a single text, from another one on."""
    return " ".join(text for text in turned(by) if len(text) < 1000)


def toml(value: object) -> str:
    """A value as TOML: JSON, in which TOML wants two more characters escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")


@dataclass(frozen=True)
class Hostile:
    """The city after ``map`` and ``plan``: its root and what the commands printed."""

    root: Path
    printed: dict[str, str]

    @property
    def file(self) -> Path:
        return self.root / "pipelines/x.toml"

    @property
    def processed(self) -> Path:
        return self.root / "data/processed/x"

    @property
    def page(self) -> Path:
        return self.root / "maps/x/index.html"

    @property
    def settings(self) -> Settings:
        return load(self.file)


def hostile_city(root: Path, use: str = "internal") -> Hostile:
    """Write the city, then run its map and its plan by the command line of this process.

    The sensitive layer covers forty mines, which a build for the public leaves out; `masked_sites` names others.
    """
    city = Hostile(root, {})
    write_city(root, use)
    for command, *more in (("map", "--workers", "0"), ("plan",)):
        code, out, err = told(command, city.file, "--root", root, *more)
        assert code == 0, err
        city.printed[command] = out + err
    return city


def told(*arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the command line, run in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    before, code = sys.argv, 0
    try:
        sys.argv = ["pvmap", *map(str, arguments)]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            cli.run()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.argv = before
    for stream in (out, err):
        stream.flush()
    return code, *(stream.buffer.getvalue().decode("utf-8") for stream in (out, err))  # type: ignore[attr-defined]


def write_city(root: Path, use: str) -> None:
    """Write inputs and city file."""
    raw = root / "data/raw/x"
    raw.mkdir(parents=True)
    (root / "maps/x").mkdir(parents=True)
    (root / "maps/x/dot.png").write_bytes(base64.b64decode(DOT))
    write_layers(raw)
    write_csv(raw / "overrides.csv", ["site_id", "decision", "reason", "by", "date"], decisions())
    write_tables(raw)
    write_csv(raw / "load.csv", ["time", "district", "load_kw"], loads())
    write_csv(raw / AREA_LOAD, ["time", "district", "load_kw"], loads())
    write_epw(raw / WEATHER)
    file = root / "pipelines/x.toml"
    file.parent.mkdir()
    file.write_text(city_file(use), encoding="utf-8")


def write_layers(raw: Path) -> None:
    """Layers of every kind in several formats."""
    n = len(PAYLOADS)
    columns = {"no": PAYLOADS, NAME_COLUMN: turned(1), "use": turned(2), "h": np.full(n, 8.0)}
    gpd.GeoDataFrame(columns, geometry=squares(), crs=CRS).to_parquet(raw / BUILDINGS)
    barred = {"no": turned(3), "name": turned(4), "why": turned(5)}
    write_geojson(raw / BARRED, barred, squares(wide=15, deep=15, south=900))
    ponds = {"no": turned(6), "name": turned(7), "water": turned(8), "dykes": turned(9)}
    grounds = gpd.GeoDataFrame(ponds, geometry=squares(150, 140, 140, 2000), crs=CRS)
    grounds.to_file(raw / PONDS, layer=LAYER, driver="GPKG")
    write_geojson(raw / MINES, {"no": turned(10), "name": turned(11)}, squares(200, 150, 150, -2500))
    for name, by in (("districts", 12), ("townships", 13)):
        outline = gpd.GeoDataFrame({"name": turned(by)}, geometry=squares(wide=STEP, deep=STEP), crs=CRS)
        outline.to_parquet(raw / f"{name}.parquet")
    for name, by in (("supply_areas", 0), ("parks", 35)):
        areas = {"name": [text for text in turned(by) if text.strip() in TEXTS]}
        write_geojson(raw / f"{name}.geojson", areas, squares(wide=STEP, deep=STEP)[: len(areas["name"])])
    write_geojson(raw / LAND, {"no": turned(36), "kind": turned(37)}, squares())
    write_geojson(raw / WATER, {"no": turned(38), "name": turned(39)}, squares(150, 40, 40, 4000))
    around = squares(200, 150, 150, -2500)[LEFT_OUT]
    write_geojson(raw / SENSITIVE, {"no": turned(41)[: len(around)], "name": turned(42)[: len(around)]}, around)
    plants = {"no": turned(14), "mw": np.full(n, 0.01)}
    write_geojson(raw / "plants.geojson", plants, shapely.centroid(squares()))
    numbered = {"k": np.arange(n)}
    write_geojson(raw / "masks.geojson", numbered, squares(wide=6))


def write_geojson(path: Path, columns: dict, shapes: np.ndarray) -> None:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS).to_crs(4326)
    path.write_text(frame.to_json(ensure_ascii=True), encoding="utf-8")


LEFT_OUT = [n for n, text in enumerate(turned(10)) if f"mine-{text}" not in MASKED][:40]  # mines that are sensitive


def write_csv(path: Path, header: list[str], rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header, *rows])


def decisions() -> list[list[object]]:
    """Confirm every roof that the first layer names; the remark is another payload."""
    ids = [f"rooftop-{text.strip()}" for text in PAYLOADS]
    rows = zip(ids, turned(15), turned(16), turned(17), strict=True)
    return [[i, "confirm", *texts] for i, *texts in rows if not any("\x00" in t or t == "null" for t in (i, *texts))]


def loads() -> list[list[object]]:
    """A year's load of two districts whose names are payloads."""
    hours = pd.date_range("2023-01-01", periods=8760, freq="h").strftime("%Y-%m-%d %H:%M")
    return [[hour, name, 500.0] for name in (FORMULA[0], FORMULA[8]) for hour in hours]


def write_epw(path: Path) -> None:
    """Write the typical year as EPW, with a hostile header."""
    data = read_weather(WeatherSettings(points=[{}]), path.parent, 8.0).points[0].data
    header = [f"LOCATION,{HEADER},-,CHN,x,583210,32.2,119.45,8.0,10.0", "DESIGN CONDITIONS,0", "TYPICAL/EXTREME,0"]
    header += ["GROUND TEMPERATURES,0", "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0", f"COMMENTS 1,{HEADER}", "COMMENTS 2,"]
    rows = []
    for at, row in zip(data.index.tz_convert("Etc/GMT-8"), data.itertuples(), strict=True):
        row_of = ["0"] * 35
        row_of[:6] = ["2023", str(at.month), str(at.day), str(at.hour + 1), "0", HEADER]
        row_of[6], row_of[13], row_of[14], row_of[15] = (f"{v:.1f}" for v in (row.temp_air, row.ghi, row.dni, row.dhi))
        row_of[21] = f"{row.wind_speed:.1f}"
        rows.append(",".join(row_of))
    text = "\n".join([*header, "DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31", *rows]) + "\n"
    path.write_bytes(text.encode("utf-8"))


def city_file(use: str) -> str:
    """The city file: titles, masks, base maps, weather and inputs, every text of it a payload."""
    texts = {"holds": everything(30), "origin": everything(40)}
    city = {"name": "x", "title_zh": everything(0), "title_en": everything(5), "data_date": everything(10)}
    city |= {
        "attribution": everything(15),
        "attribution_en": everything(16),
        "review_number": everything(20),
        "issuer": everything(25),
        "version": everything(26),
        "crs": CRS,
        "use": use,
    }
    layers = {
        "[inputs.buildings]": {"path": BUILDINGS, "columns": columns(id="no", name=NAME_COLUMN, building_use="use")},
        "[inputs.buildings] ": {"path": BARRED, "columns": columns(id="no", name="name", excluded="why")},
        "[inputs.fishponds]": {
            "path": PONDS,
            "layer": LAYER,
            "columns": columns(id="no", name="name", **POND),
        },
        "[inputs.mines]": {"path": MINES, "columns": columns(id="no", name="name")},
        "inputs.districts": {"path": "districts.parquet", "columns": columns(name="name")},
        "inputs.townships": {"path": "townships.parquet", "columns": columns(name="name")},
        "inputs.existing_pv": {"path": "plants.geojson", "columns": columns(id="no", capacity_mw="mw")},
        "inputs.overrides": {"path": "overrides.csv"},
        "inputs.load": {"path": "load.csv"},
        "inputs.land_use": {"path": LAND, "columns": columns(id="no", land_use="kind")},
        "inputs.sensitive": {"path": SENSITIVE, "columns": columns(id="no", name="name")},
        "[inputs.backdrop]": {"path": WATER, "shows": "water", "columns": columns(id="no", name="name")},
        "inputs.supply_areas": {"path": "supply_areas.geojson", "columns": columns(name="name")},
    }
    layers |= {
        name: entry | ({"columns": columns(**entry["columns"])} if "columns" in entry else {})
        for name, entry in inputs().items()
    }
    for level in LEVELS:
        parks = {"path": "parks.geojson", "level": level, "columns": columns(name="name")}
        if level == LEVELS[0]:
            told = {"path": AREA_LOAD} | texts
            parks["load"] = Toml("{ " + ", ".join(f"{key} = {toml(text)}" for key, text in told.items()) + " }")
        layers["[inputs.areas]" + " " * len(layers)] = parks
    parts = [table("city", city), *(table(name.strip(), texts | entry) for name, entry in layers.items())]
    for number, (name, clause) in enumerate(zip(turned(21), turned(22), strict=True)):
        parts.append(table("[masks]", {"name": name, "clause": clause}))
        if number % 2:
            where = {"path": "masks.geojson", "where": f"k = {number}"}
            parts.append(table("masks.input", texts | where))
    weather = [{"format": "typical", "name": JINJA[1]}, {"format": "epw", "path": WEATHER} | texts]
    parts += [table("[weather.points]", one) for one in weather]
    for zh, en, attribution in zip(turned(23), turned(24), turned(25), strict=True):
        base = {"name_zh": zh, "name_en": en, "urls": ["dot.png?{z}/{x}/{y}"], "attribution": attribution}
        parts.append(table("[map.base_maps]", base))
    uses = dict.fromkeys((text for text in turned(37) if len(text) < 1000 and text.strip() == text), "industrial")
    parts.append(table("inputs.land_use.uses", {toml(text): use for text, use in uses.items()}))
    parts.append(table("map", {"masked_sites": list(MASKED)}))
    parts += [table(name, entries) for name, entries in settings_of_plan(everything(35))]
    parts.append(table("shade", {"enabled": False}))
    return "\n".join(parts)


def table(name: str, entries: dict[str, object]) -> str:
    lines = [f"{key} = {value if isinstance(value, Toml) else toml(value)}" for key, value in entries.items()]
    return "\n".join([f"[{name}]", *lines, ""])


class Toml(str):
    """Text that is TOML already."""


def columns(**mapped: str) -> Toml:
    return Toml("{ " + ", ".join(f"{ours} = {toml(theirs)}" for ours, theirs in mapped.items()) + " }")
