"""Every payload of the corpus in every text of a city: files and terminal show it, nothing obeys it."""

from __future__ import annotations

import html
import json
import re
import shutil
import sqlite3
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
from hostile_bureau import CLASSES, LEVELS, TEXTS, UNREAD
from hostile_city import BUILDINGS, Hostile, told, toml, turned
from payloads import FORMULA, JINJA, PAYLOADS, TERMINAL

from pvmap import store
from pvmap.foreign_text import spreadsheet_text, visible
from pvmap.store import whole

pytestmark = pytest.mark.slow  # a map and a plan of eighty districts

WORDS = {text.strip() for text in PAYLOADS}
CELL = 32_767  # characters of a spreadsheet's cell


def obeyed(text: str) -> set[str]:
    """Characters of a printed text that a terminal obeys or hides; joiners belong to letters."""
    return {c for c in text if c not in "\n\u200c\u200d" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


def test_tables_hold_every_letter(hostile: Hostile) -> None:
    sites = store.read_table(hostile.processed, "sites")
    roofs = sites[sites["site_type"] == "rooftop"]
    assert set(roofs["name"]) >= WORDS
    assert {site_id.removeprefix("rooftop-") for site_id in roofs["site_id"]} >= WORDS
    assert set(sites["district"]) == set(sites["township"]) == WORDS | {""}
    exclusions = store.read_table(hostile.processed, "exclusions")
    assert len(WORDS & set(exclusions["reason"])) > 70 and len(WORDS & set(exclusions["clause"])) > 35


def test_the_bureaus_tables_are_taken_letter_by_letter(hostile: Hostile) -> None:
    hosting = store.read_table(hostile.processed, "hosting")
    devices = hosting[hosting["kind"] == "device"]
    assert set(devices["device_id"]) == set(devices["name"]) == set(devices["district"]) == set(TEXTS)
    assert set(devices["parent_id"]) == {"", *TEXTS[: len(TEXTS) // 2]}
    built = store.read_table(hostile.processed, "build_out")
    assert set(built["district"]) >= set(TEXTS) and set(built["class"]) >= set(CLASSES)
    zones = store.read_table(hostile.processed, "zones")
    for level in LEVELS:
        assert set(zones.loc[zones["level"] == level, "zone_id"]) == set(TEXTS)


def test_report_shows_every_letter_and_asks_for_nothing(hostile: Hostile) -> None:
    with zipfile.ZipFile(hostile.processed / "report.docx") as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    assert [name for name, part in parts.items() if 'TargetMode="External"' in part] == []
    assert not re.search(r"<w:(instrText|hyperlink|object|altChunk)\b", parts["word/document.xml"])
    shown = "".join(
        html.unescape(one) for one in re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", parts["word/document.xml"])
    )
    assert [text for text in TEXTS if visible(text) not in shown] == []
    assert visible(hostile.settings.city.issuer) in shown and visible(hostile.settings.city.version) in shown


def test_nothing_was_run_or_written_elsewhere(hostile: Hostile) -> None:
    places = (Path.cwd(), hostile.root.parent, Path(tempfile.gettempdir()), Path("/tmp"))
    assert [place / "pwned" for place in places if (place / "pwned").exists()] == []
    assert list(hostile.root.rglob("*pwned")) == []
    assert sorted(p.name for p in hostile.root.iterdir()) == ["data", "maps", "pipelines"]
    assert "qq42qq" not in hostile.page.read_text(encoding="utf-8")


def test_page_holds_the_source_of_no_template(hostile: Hostile) -> None:
    html = hostile.page.read_text(encoding="utf-8")
    meta = json.loads(re.search(r'id="pvmap-meta">(.*?)</script>', html, re.S)[1])
    assert [one["attribution"] for one in meta["base_maps"]] == turned(25)
    assert [one["name_zh"] for one in meta["base_maps"]] == turned(23)
    assert set(meta["clauses"]) >= WORDS & set(store.read_table(hostile.processed, "exclusions")["reason"])
    assert obeyed(html) == {"\t"}  # Leaflet's own


def test_record_is_shown_and_not_obeyed(hostile: Hostile) -> None:
    text = (hostile.processed / "run.json").read_text(encoding="utf-8")
    assert obeyed(text) == set()
    record = json.loads(text)
    assert record["city"]["title_zh"] == hostile.settings.city.title_zh
    assert JINJA[1] in [one["weather_id"] for one in record["weather"]]


def test_workbook_holds_texts_and_numbers_only(hostile: Hostile) -> None:
    book = openpyxl.load_workbook(hostile.processed / "report.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [cell.coordinate for cell in cells if cell.hyperlink] == [] and not book.defined_names
    unescaped = (re.sub(r"_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), str(cell.value)) for cell in cells)
    shown = {text.rstrip("…") if len(text) >= CELL else text for text in unescaped}
    assert {text[: CELL - 1] for text in WORDS} <= shown
    assert max(map(len, shown)) <= CELL
    assert [level for level in LEVELS if not any(level in text for text in shown)] == []
    assert len(set(book.sheetnames) & {*LEVELS, *WORDS}) == 0


def test_chart_titles_refer_to_the_districts_cells(hostile: Hostile) -> None:
    sheet = openpyxl.load_workbook(hostile.processed / "report.xlsx")["鸭子曲线"]
    titles = [chart.title.tx.strRef.f for chart in sheet._charts]
    named = [sheet[re.fullmatch(r"'?鸭子曲线'?!(.+)", title)[1]].value for title in titles]
    assert named == sorted((FORMULA[0], FORMULA[8]))


def test_geopackage_holds_every_letter(hostile: Hostile) -> None:
    path = hostile.processed / "x.gpkg"
    assert set(pyogrio.list_layers(path)[:, 0]) >= {"sites", "zones_district", "zones_township", "exclusions"}
    sites = store.read_table(hostile.processed, "sites").set_index("site_id")
    frame = gpd.read_file(path, layer="sites")
    assert len(frame) == len(sites)
    for column in ("name", "district", "township"):
        assert set(frame[column]) == {text.replace("\x00", "␀") for text in sites[column]}
    assert set(gpd.read_file(path, layer="zones_area_1")["zone_id"]) == set(TEXTS)
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert {row[0] for row in database.execute("SELECT table_name FROM gpkg_contents")} >= {"sites"}
    database.close()


def test_no_cell_of_a_csv_is_a_formula(hostile: Hostile) -> None:
    files = [hostile.processed / "duck_curve.csv", *sorted(hostile.processed.glob("pypsa*/**/*.csv"))]
    assert len(files) > 8
    frames = {
        str(file.relative_to(hostile.processed)): pd.read_csv(file, keep_default_na=False, dtype=str, nrows=1000)
        for file in files
    }
    profiles = hostile.processed / "profiles_hourly.csv"
    frames["profiles"] = pd.read_csv(profiles, keep_default_na=False, dtype=str, nrows=3)
    for name, frame in frames.items():
        texts = set(frame.columns) | {text for column in frame for text in frame[column] if not _number(text)}
        assert [text for text in texts if spreadsheet_text(text) != text] == [], name
    groups = {column.rsplit("|", 3)[0] for column in frames["profiles"].columns if "|" in column}
    assert groups == {spreadsheet_text(text) for text in WORDS | {""}}
    assert set(frames["duck_curve.csv"]["district"]) == {spreadsheet_text(text) for text in (FORMULA[0], FORMULA[8])}


def _number(text: str) -> bool:
    try:
        return float(text) is not None
    except ValueError:
        return False


def test_network_names_every_district_once(hostile: Hostile) -> None:
    folder = hostile.processed / "pypsa"
    read = {p.stem: pd.read_csv(p, keep_default_na=False, dtype=str) for p in folder.glob("*.csv")}
    buses = read["buses"]["name"].tolist()
    named = {"'null" if text == "null" else spreadsheet_text(text) for text in WORDS}
    assert len(set(buses)) == len(buses) and set(buses) == named | {"x"}
    for table, column in (("buses", "name"), ("generators", "bus"), ("links", "bus1")):
        assert pd.read_csv(folder / f"{table}.csv")[column].notna().all()  # as PyPSA reads it
    assert set(read["generators"]["bus"]) <= set(buses) and set(read["links"]["bus1"]) <= set(buses)
    assert set(read["loads"]["bus"]) == {spreadsheet_text(text) for text in (FORMULA[0], FORMULA[8])}
    assert set(read["generators-p_max_pu"].columns[1:]) <= set(read["generators"]["name"])
    units = read["storage_units"]
    assert len(units) == len(set(units["name"])) == len(PAYLOADS) and set(units["bus"]) == named
    assert sorted(p.name for p in hostile.processed.glob("pypsa*")) == ["pypsa", "pypsa_users"]


def test_commands_print_what_they_read(hostile: Hostile) -> None:
    city = ("--root", hostile.root)
    code, out, err = told("check", hostile.file, *city)
    assert code in (0, 1) and err == ""
    for text in (*hostile.printed.values(), out):
        assert obeyed(text) == set()
    assert visible(hostile.settings.city.title_zh) in hostile.printed["map"]
    assert all(f"{visible(text)}:" in out for text in turned(21)[1::2])  # masks that have a file
    assert visible(UNREAD) in out  # columns of the bureau's that nobody reads
    sites = store.read_table(hostile.processed, "sites")
    site = sites[sites["name"] == TERMINAL[0]].iloc[0]
    code, out, err = told("explain", hostile.file, site["site_id"], *city)
    assert code == 0 and err == "" and obeyed(out) == set()
    assert out.startswith(f"{visible(site['site_id'])} {visible(TERMINAL[0])}\n")
    assert visible(site["district"]) in out


def test_differences_are_printed_as_text(hostile: Hostile, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    appraisal = store.read_table(hostile.processed, "appraisal")
    moved = appraisal.assign(district=appraisal["district"].to_list()[::-1])
    store.write_table(other, "appraisal", moved)
    record = store.read_json(hostile.processed / "run.json")
    record["inputs"] = {text: {"sha256": "0"} for text in PAYLOADS}
    del record[whole.CHECK], record["tables"]  # as of a version that did not vouch for its files
    store.write_json(other / "run.json", record | {"settings": {"a": {text: text for text in PAYLOADS}}})
    code, out, err = told("diff", hostile.processed, other)
    assert code == 0 and err == "" and obeyed(out) == set()
    assert all(f"Input {visible(text)} is new." in out for text in PAYLOADS)


HEAD = (
    '[[weather.points]]\nformat = "typical"\n'
    '[city]\nname = "x"\ntitle_zh = "试验"\ntitle_en = "Trial"\ncrs = "EPSG:4549"\n'
)
BUILDING = f"[[inputs.buildings]]\npath = {toml(BUILDINGS)}\n"
WRONG: dict[str, Callable[[str], str]] = {
    "a missing file": lambda t: f"{BUILDING}[inputs.load]\npath = {t}\norigin = {t}\nholds = {t}\n",
    "an unknown key": lambda t: f"{BUILDING}{t} = 1\n",
    "an unknown table": lambda t: f"{BUILDING}[inputs.{t}]\na = 1\n",
    "an unknown word": lambda t: f"{BUILDING}datum = {t}\n",
    "a number": lambda t: f"{BUILDING}[planning.grid]\nimport_mw = {t}\n",
    "a column": lambda t: f"{BUILDING}columns = {{ name = {t} }}\n",
    "a layer": lambda t: f'[[inputs.buildings]]\npath = "x.gpkg"\nlayer = {t}\n',
    "a condition": lambda t: f"{BUILDING}where = {t}\n",
    "a reference system": lambda t: f"{BUILDING}crs = {t}\n",
    "a use": lambda t: f"{BUILDING}default_use = {t}\n",
    "a kind of site": lambda t: f"{BUILDING}[[masks]]\nname = {t}\nclause = {t}\napplies_to = [{t}]\n",
    "a tile address": lambda t: f'{BUILDING}[[map.base_maps]]\nname_zh = "a"\nname_en = "b"\nurls = [{t}, "a:b"]\n',
    "a weather file": lambda t: f'{BUILDING}[[weather.points]]\nformat = "epw"\npath = "x.epw"\nname = {t}\n',
    "a time zone": lambda t: f'{BUILDING}[[weather.points]]\nformat = "csv"\npath = "x.csv"\ntimezone = {t}\n',
    "no TOML": lambda t: f"{BUILDING}a = {t} {t}\n",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_complaints_show_what_they_quote(wrong: str, hostile: Hostile, tmp_path: Path) -> None:
    raw = tmp_path / "data/raw/x"
    raw.mkdir(parents=True)
    (tmp_path / "pipelines").mkdir()
    source = hostile.root / "data/raw/x"
    shutil.copy(source / BUILDINGS, raw / BUILDINGS)
    gpd.read_parquet(source / BUILDINGS).head(3).to_file(raw / "x.gpkg", layer="a", driver="GPKG")
    (raw / "x.epw").write_text("".join(TERMINAL), encoding="utf-8")
    (raw / "x.csv").write_text("time,ghi,dni,dhi,temp_air,wind_speed\n" + ",".join(TERMINAL), encoding="utf-8")
    file = tmp_path / "pipelines/x.toml"
    file.write_text(HEAD + WRONG[wrong](toml(" ".join((*TERMINAL, JINJA[1], "\u202e[/]")))), encoding="utf-8")
    code, out, err = told("check", file, "--root", tmp_path)
    assert code == 2 and err.startswith("pvmap: "), (out, err)
    assert obeyed(out + err) == set()
    assert [line for line in err.splitlines()[1:] if not line.startswith("  ")] == []
