"""What a user gets wrong becomes one sentence with place, value and remedy, exit code 2, and nothing half-written."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from city import PIPELINES
from forked import Ended, forking

from pvmap import cli, store

CITY = """
[city]
name = "hamlet"
title_zh = "小村"
title_en = "Hamlet"

[[inputs.buildings]]
path = "buildings.geojson"
origin = "the survey office"
holds = "footprints with height"
columns = { id = "no", height_m = "height", building_use = "use" }
uses = { "school" = "education" }

[[weather.points]]
format = "csv"
path = "weather.csv"
utc_offset_hours = 8.0
longitude = 119.45
latitude = 32.2
"""


class Said(NamedTuple):
    code: int
    out: str
    err: str


def footprints(n: int = 4, **columns: list) -> dict:
    """Squares of about 30 m near Zhenjiang as GeoJSON."""
    features = []
    for i in range(n):
        x, y, s = 119.45 + 0.001 * i, 32.2, 0.0003
        ring = [[x, y], [x + s, y], [x + s, y + s], [x, y + s], [x, y]]
        own = {"no": f"b{i}", "height": 12.0, "use": "school"} | {k: v[i] for k, v in columns.items()}
        properties = {k: v for k, v in own.items() if v is not ...}
        features.append(
            {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        )
    return {"type": "FeatureCollection", "features": features}


def weather(hours: int = 8760) -> pd.DataFrame:
    """A year of plain weather under a clear sky that knows no seasons."""
    time = pd.date_range("2023-01-01", periods=hours, freq="h")
    sun = np.clip(np.sin((time.hour.to_numpy() + 0.5 - 6.0) / 12.0 * np.pi), 0.0, None)
    return pd.DataFrame(
        {
            "time": time.strftime("%Y-%m-%d %H:%M"),
            "ghi": np.round(600 * sun, 1),
            "temp_air": 15.0,
            "wind_speed": 2.0,
        }
    )


class Hamlet:
    """A city of four roofs whose input files a test may spoil."""

    def __init__(self, root: Path):
        self.root = root
        self.raw = root / "data" / "raw" / "hamlet"
        self.raw.mkdir(parents=True)
        self.file = root / "hamlet.toml"
        self.say(CITY)
        self.put("buildings.geojson", footprints())
        self.put("weather.csv", weather())

    def say(self, text: str, **replaced: str) -> None:
        for old, new in replaced.items():
            assert old in text
            text = text.replace(old, new)
        self.file.write_text(text, encoding="utf-8")

    def put(self, name: str, content: object) -> None:
        if isinstance(content, pd.DataFrame):
            content.to_csv(self.raw / name, index=False)
        else:
            text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            (self.raw / name).write_text(text, encoding="utf-8")

    @property
    def files(self) -> list[str]:
        """What lies below data/processed and maps."""
        folders = (self.root / "data" / "processed", self.root / "maps")
        return sorted(p.name for folder in folders for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def hamlet(tmp_path: Path) -> Hamlet:
    return Hamlet(tmp_path)


@pytest.fixture(scope="module")
def forked() -> Iterator[Callable[..., Ended]]:
    with forking(PIPELINES.parent) as run:
        yield run


@pytest.fixture(params=["here", pytest.param("process", marks=pytest.mark.slow)])
def say(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> Callable[..., Said]:
    """Give a command line, in this process or, as users do, in one of its own."""

    def in_process(*arguments: object) -> Said:
        return Said(*request.getfixturevalue("forked")(*arguments))

    def here(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["pvmap", *map(str, arguments)])
        monkeypatch.chdir(PIPELINES.parent)
        capsys.readouterr()
        code = 0
        try:
            cli.run()
        except SystemExit as end:
            code = int(end.code or 0)
        return Said(code, *capsys.readouterr())

    return here if request.param == "here" else in_process


def one_sentence(said: Said, *words: str) -> None:
    assert said.code == 2, said
    assert said.err.startswith("pvmap: "), said.err
    assert said.err.count("\n") == 1 and said.err.endswith(".\n"), said.err
    assert not re.search(r"Traceback|Error:|error:|Warning", said.err), said.err
    for word in words:
        assert word in said.err, f"{word!r} is not said in: {said.err}"


def spoil_column(hamlet: Hamlet) -> None:
    hamlet.put("buildings.geojson", footprints(height=[...] * 4))


def spoil_crs(hamlet: Hamlet) -> None:
    rows = ["no,height,use,wkt"]
    for feature in footprints()["features"]:
        ring = ", ".join(f"{x} {y}" for x, y in feature["geometry"]["coordinates"][0])
        rows.append(f'{feature["properties"]["no"]},12,school,"POLYGON (({ring}))"')
    hamlet.put("buildings.csv", "\n".join(rows))
    hamlet.say(CITY, **{"buildings.geojson": "buildings.csv", 'id = "no",': 'id = "no", wkt = "wkt",'})


def spoil_with(**replaced: str) -> Callable[[Hamlet], None]:
    return lambda hamlet: hamlet.say(CITY, **replaced)


def spoil_end(text: str) -> Callable[[Hamlet], None]:
    return lambda hamlet: hamlet.say(CITY + text)


def spoil_file(name: str, content: object) -> Callable[[Hamlet], None]:
    return lambda hamlet: hamlet.put(name, content)


def with_gap(start: int, stop: int) -> pd.DataFrame:
    return weather().drop(index=range(start, stop))


def spoil_overrides(text: str) -> Callable[[Hamlet], None]:
    def spoil(hamlet: Hamlet) -> None:
        hamlet.say(CITY + '\n[inputs.overrides]\npath = "decisions.csv"\n')
        hamlet.put("decisions.csv", text)

    return spoil


DECISIONS = "site_id,decision,value_kwp,reason,by,date\n"

SCENARIO = '[[scenarios]]\nname = "dear"\nmidday_cny_per_kwh = 0.3\nutilisation = 1.0\n\n'


def spoil_table(name: str, text: str) -> Callable[[Hamlet], None]:
    """Bring a table of grid or plan."""

    def spoil(hamlet: Hamlet) -> None:
        hamlet.say(CITY + f'\n[inputs.{name}]\npath = "{name}.csv"\n')
        hamlet.put(f"{name}.csv", text)

    return spoil


SPOILED: dict[str, tuple[Callable[[Hamlet], None], tuple[str, ...]]] = {
    "missing column": (spoil_column, ("buildings.geojson", "'height'", "no, use")),
    "no crs": (spoil_crs, ("buildings.csv", "CRS", "crs")),
    "crs that is none": (
        spoil_with(**{'origin = "the survey office"': 'crs = "EPSG:nonsense"'}),
        ("buildings.geojson", "EPSG:nonsense"),
    ),
    "coordinates that are not degrees": (
        lambda hamlet: hamlet.put(
            "buildings.geojson",
            json.loads(json.dumps(footprints()).replace("119.4", "40119.4").replace("32.2", "3200.2")),
        ),
        ("buildings.geojson", "degrees"),
    ),
    "empty layer": (spoil_file("buildings.geojson", footprints(0)), ("buildings.geojson", "empty")),
    "not a vector file": (spoil_file("buildings.geojson", "hello"), ("buildings.geojson", "cannot be read")),
    "filter that leaves nothing": (
        spoil_with(**{'origin = "the survey office"': "where = \"use = 'castle'\""}),
        ("buildings.geojson", "castle"),
    ),
    "use that is none": (
        spoil_with(**{'"school" = "education"': '"school" = "schools"'}),
        ("schools", "education"),
    ),
    "typo in a key": (spoil_with(**{"title_en": "tittle_en"}), ("hamlet.toml", "city.tittle_en", "title_en")),
    "typo in a section": (spoil_end("\n[rooftops]\nx = 1\n"), ("hamlet.toml", "'rooftops'", "rooftop")),
    "value out of bounds": (
        spoil_end("\n[run]\nsites_per_tile = 0\n"),
        ("hamlet.toml", "run.sites_per_tile", "0", "greater than or equal to 1"),
    ),
    "value of another kind": (spoil_end("\n[run]\nretries = [1, 2]\n"), ("hamlet.toml", "run.retries", "[1, 2]")),
    "not TOML": (spoil_end("\n[run\n"), ("hamlet.toml", "not valid TOML")),
    "not UTF-8": (
        lambda hamlet: hamlet.file.write_bytes(CITY.encode("gbk")),
        ("hamlet.toml", "UTF-8"),
    ),
    "a name that commands take for an option": (
        spoil_with(**{'"hamlet"': '"--help"'}),
        ("hamlet.toml", "city.name", "--help", "begins with -"),
    ),
    "no site inputs": (
        spoil_with(**{CITY[CITY.index("[[inputs") : CITY.index("[[weather")]: ""}),
        ("hamlet", "buildings, mines or fishponds"),
    ),
    "degrees as metric crs": (
        spoil_with(**{'title_zh = "小村"': 'title_zh = "小村"\ncrs = "EPSG:4326"'}),
        ("4326", "metr"),
    ),
    "weather with a gap": (spoil_file("weather.csv", with_gap(3000, 3200)), ("weather.csv", "2023-05")),
    "weather of half a year": (spoil_file("weather.csv", weather(4000)), ("weather.csv",)),
    "weather without a column": (spoil_file("weather.csv", weather().drop(columns="ghi")), ("weather.csv", "ghi")),
    "weather that is no table": (spoil_file("weather.csv", "hello"), ("weather.csv",)),
    "weather of an unknown format": (
        spoil_with(**{'"csv"': '"xls"'}),
        ("hamlet.toml", "weather.points.0.format", "xls"),
    ),
    "weather from nowhere": (
        spoil_with(**{"longitude = 119.45\nlatitude = 32.2\n": ""}),
        ("weather.csv", "longitude", "weather.points"),
    ),
    "districts without names": (
        lambda hamlet: (
            hamlet.say(CITY + '\n[inputs.districts]\npath = "districts.geojson"\n'),
            hamlet.put("districts.geojson", footprints(1)),
        ),
        ("inputs.districts", "districts.geojson", "name"),
    ),
    "mask that binds nothing known": (
        lambda hamlet: (
            hamlet.say(
                CITY
                + '\n[[masks]]\nname = "park"\nclause = "x"\napplies_to = ["roof"]\ninput = { path = "m.geojson" }\n'
            ),
            hamlet.put("m.geojson", footprints(1)),
        ),
        ("park", "'roof'", "rooftop"),
    ),
    "mask that is empty": (
        lambda hamlet: (
            hamlet.say(CITY + '\n[[masks]]\nname = "park"\nclause = "x"\ninput = { path = "m.geojson" }\n'),
            hamlet.put("m.geojson", footprints(0)),
        ),
        ("m.geojson", "empty"),
    ),
    "terrain that is none": (
        lambda hamlet: (
            hamlet.say(CITY + '\n[inputs.dem]\npath = "dem.tif"\n'),
            hamlet.put("dem.tif", "not a raster"),
        ),
        ("dem.tif", "cannot be read"),
    ),
    "decision on nobody": (
        spoil_overrides(DECISIONS + "rooftop-b9,refuse,,unsafe,Li,2026-01-05\n"),
        ("decisions.csv", "'rooftop-b9'", "sites.parquet"),
    ),
    "decision that is none": (
        spoil_overrides(DECISIONS + "rooftop-b1,perhaps,,unsafe,Li,2026-01-05\n"),
        ("decisions.csv", "line 2", "'perhaps'", "refuse"),
    ),
    "decision without author": (
        spoil_overrides(DECISIONS + "rooftop-b1,refuse,,unsafe,,2026-01-05\n"),
        ("decisions.csv", "line 2", "author"),
    ),
    "plan: transformer without its superior": (
        spoil_table("grid_devices", "device_id,level_kv,unit_kva,parent_id\nT1,110,50000,T0\n"),
        ("grid_devices.csv", "line 2", "parent_id 'T0'"),
    ),
    "plan: registered project of no class": (
        spoil_table("registered", "project_id,class,kwac\nP1,roofs,500\n"),
        ("registered.csv", "line 2", "'roofs'", "ci_general"),
    ),
    "plan: target of no year": (
        spoil_table("targets", "year,target_mw\nsoon,500\n"),
        ("targets.csv", "line 2", "year 'soon'"),
    ),
    "plan: mechanism without a column": (
        spoil_table("mechanism", "year,class\n2026,mine\n"),
        ("mechanism.csv", "'eligible'"),
    ),
    "plan: areas without names": (
        lambda hamlet: (
            hamlet.say(CITY + '\n[[inputs.areas]]\npath = "parks.geojson"\nlevel = "park"\n'),
            hamlet.put("parks.geojson", footprints(1)),
        ),
        ("parks.geojson", "name"),
    ),
    "two scenarios of one name": (
        spoil_with(**{"[[weather.points]]": SCENARIO + SCENARIO + "[[weather.points]]"}),
        ("hamlet.toml", "scenarios", "'dear'", "twice"),
    ),
    "decisions without a column": (
        spoil_overrides("site_id,decision\nrooftop-b1,refuse\n"),
        ("decisions.csv", "'reason'"),
    ),
}


@pytest.mark.parametrize("case", SPOILED)
def test_a_mistake_is_one_sentence_and_leaves_nothing_half_written(hamlet: Hamlet, say: Callable[..., Said], case: str):
    spoil, words = SPOILED[case]
    spoil(hamlet)
    said = say("map", hamlet.file, "--root", hamlet.root, "--workers", 0)
    one_sentence(said, *words)
    assert not [name for name in hamlet.files if name.endswith(".part")]
    assert not {"run.json", "appraisal.parquet", "zones.parquet", "index.html"} & set(hamlet.files)
    if "decision" not in case and "plan" not in case:  # those can only be read when the sites are known
        assert set(hamlet.files) <= {"journal.jsonl"}  # it tells that the run was refused


@pytest.mark.parametrize("case", ["missing column", "typo in a key", "weather with a gap", "decision on nobody"])
def test_check_finds_the_same_mistakes(hamlet: Hamlet, say: Callable[..., Said], case: str):
    spoil, words = SPOILED[case]
    spoil(hamlet)
    one_sentence(say("check", hamlet.file, "--root", hamlet.root), *words)
    assert hamlet.files == []


def test_every_missing_file_is_listed_with_what_it_holds_and_where_it_is_from(hamlet: Hamlet, say: Callable[..., Said]):
    for file in hamlet.raw.iterdir():
        file.unlink()
    said = say("map", hamlet.file, "--root", hamlet.root, "--workers", 0)
    assert said.code == 2
    first, *lines = said.err.strip().split("\n")
    assert first.startswith("pvmap: 2 input file(s) of city 'hamlet' are not there")
    assert str(hamlet.raw / "buildings.geojson") in lines[0]
    assert "footprints with height" in lines[0] and "the survey office" in lines[0]
    assert str(hamlet.raw / "weather.csv") in lines[1] and len(lines) == 2
    assert hamlet.files == []


def test_a_mistake_leaves_the_tables_of_an_earlier_run_alone(hamlet: Hamlet, say: Callable[..., Said]):
    assert say("map", hamlet.file, "--root", hamlet.root, "--workers", 0).code == 0

    def contents() -> dict[Path, bytes]:
        files = [p for p in (hamlet.root / "data" / "processed").rglob("*") if p.is_file()]
        return {p: p.read_bytes() for p in files if p.name != "journal.jsonl"}

    before = contents()
    spoil_column(hamlet)
    one_sentence(say("map", hamlet.file, "--root", hamlet.root, "--workers", 0), "'height'")
    assert contents() == before
    hamlet.put("buildings.geojson", footprints())
    assert say("explain", hamlet.file, "rooftop-b1", "--root", hamlet.root).code == 0


def test_heights_that_are_not_known_are_accepted_and_counted(hamlet: Hamlet, say: Callable[..., Said]):
    hamlet.put("buildings.geojson", footprints(height=[12.0, None, "unknown", -3.0]))
    said = say("map", hamlet.file, "--root", hamlet.root, "--workers", 0)
    assert said.code == 0, said
    processed = hamlet.root / "data" / "processed" / "hamlet"
    sites = store.read_table(processed, "sites").set_index("site_id")
    assert len(sites) == 4
    assert sites["height_source"]["rooftop-b0"] == "column"
    assert (sites["height_source"].drop("rooftop-b0") != "column").all()
    assert sites["confidence"]["rooftop-b0"] < sites["confidence"]["rooftop-b1"]
    findings = store.read_json(processed / "run.json")["findings"]
    told = {found["code"]: found for found in findings if found["column"] == "height_m"}
    assert told["values-not-numbers"]["rows"] == [2] and told["values-implausible"]["rows"] == [3]
    assert "buildings.geojson: 1 of 4 values of 'height'" in said.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("map", "atlantis"), ("atlantis", "demo", "suzhou", "pipelines")),
        (("map", "no/such/city.toml"), ("no/such/city.toml", "pipelines")),
        (("check", "atlantis"), ("atlantis", "demo")),
        (("explain", "atlantis", "rooftop-1"), ("atlantis", "demo")),
        (("schema", "nonsense"), ("nonsense", "surfaces", "yields")),
    ],
    ids=str,
)
def test_names_that_are_not_known(say: Callable[..., Said], arguments: tuple, words: tuple[str, ...]):
    one_sentence(say(*arguments), *words)


def test_a_site_that_is_not_known(hamlet: Hamlet, say: Callable[..., Said]):
    one_sentence(say("explain", hamlet.file, "rooftop-b1", "--root", hamlet.root), "pvmap map")
    assert say("map", hamlet.file, "--root", hamlet.root, "--workers", 0).code == 0
    one_sentence(say("explain", hamlet.file, "rooftop-b9", "--root", hamlet.root), "'rooftop-b9'", "map")


def test_a_folder_that_cannot_be_written(hamlet: Hamlet, say: Callable[..., Said]):
    blocked = hamlet.root / "blocked"
    blocked.write_text("a file where a folder should be", encoding="utf-8")
    one_sentence(
        say("map", hamlet.file, "--root", blocked, "--raw", hamlet.raw, "--workers", 0), "blocked", "cannot be written"
    )
    one_sentence(say("map", "demo", "--root", blocked, "--workers", 0), "blocked", "cannot be written")


def test_a_folder_is_no_city_file(tmp_path: Path, say: Callable[..., Said]):
    (tmp_path / "folder.toml").mkdir()
    one_sentence(say("map", tmp_path / "folder.toml"), "folder.toml", "is a folder")


def test_a_scheduler_that_is_not_there(hamlet: Hamlet, say: Callable[..., Said]):
    said = say("map", hamlet.file, "--root", hamlet.root, "--scheduler", "tcp://127.0.0.1:none")
    one_sentence(said, "--scheduler", "tcp://127.0.0.1:none")
    assert "appraisal.parquet" not in hamlet.files
