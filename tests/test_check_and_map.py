"""What `map` refuses `check` refuses, in the same words: every kind of input crossed with what can be wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from findings.examples.village import (
    BUILDINGS,
    EAST,
    HEAD,
    NORTH,
    TYPICAL,
    feature,
    put,
    put_raster,
    rectangle,
    rows,
)
from findings.examples.weather import clear_year

from pvmap import pipeline
from pvmap.errors import PvmapError, Refusals

MASK = '[[masks]]\nname = "park"\nclause = "x"\n'
UNIT = 'name = "s"\nkind = "battery"\npower_mw = 5.0\ncity_share = 1.0\nsource = "x"\ndistrict = "west"\n'
# kind of input: its part of the city file, its file, and what writes it well
KINDS: dict[str, tuple[str, str, Callable[[Path, str], object]]] = {
    "buildings": ("", "b.geojson", lambda folder, name: put(folder, name, rows(3))),
    "mines": (
        '[[inputs.mines]]\npath = "m.geojson"\n',
        "m.geojson",
        lambda folder, name: put(folder, name, [feature(rectangle(0, 500, 300, 300))]),
    ),
    "fishponds": (
        '[[inputs.fishponds]]\npath = "p.geojson"\n',
        "p.geojson",
        lambda folder, name: put(folder, name, [feature(rectangle(0, 500, 300, 300))]),
    ),
    "districts": (
        '[inputs.districts]\npath = "d.geojson"\ncolumns = { name = "name" }\n',
        "d.geojson",
        lambda folder, name: put(folder, name, [feature(rectangle(-500, -500, 2000, 2000), name="east")]),
    ),
    "townships": (
        '[inputs.townships]\npath = "t.geojson"\ncolumns = { name = "name" }\n',
        "t.geojson",
        lambda folder, name: put(folder, name, [feature(rectangle(-500, -500, 2000, 2000), name="mill")]),
    ),
    "existing_pv": (
        '[inputs.existing_pv]\npath = "e.csv"\ncrs = "EPSG:4326"\ncolumns = { capacity_mw = "mw" }\n',
        "e.csv",
        lambda folder, name: put(folder, name, "mw,lon,lat\n0.01,{:.6f},{:.6f}\n".format(*rectangle(10, 10)[0])),
    ),
    "mask": (
        MASK + 'input = { path = "k.geojson" }\n',
        "k.geojson",
        lambda folder, name: put(folder, name, [feature(rectangle(0, 0, 10, 10))]),
    ),
    "mask raster": (
        MASK + 'values = [1]\nraster = { path = "k.tif" }\n',
        "k.tif",
        lambda folder, name: put_raster(folder, name, np.eye(100), cell=4.0, x=-100, y=200),
    ),
    "backdrop": (
        '[[inputs.backdrop]]\npath = "w.geojson"\nshows = "water"\n',
        "w.geojson",
        lambda folder, name: put(folder, name, [feature(rectangle(0, 500, 300, 300))]),
    ),
    "dem": (
        '[inputs.dem]\npath = "g.tif"\n',
        "g.tif",
        lambda folder, name: put_raster(folder, name, np.full((100, 100), 8.0), cell=30.0, x=-1500, y=1500),
    ),
    "dsm": (
        '[inputs.dsm]\npath = "s.tif"\n',
        "s.tif",
        lambda folder, name: put_raster(folder, name, np.full((150, 200), 8.0), cell=2.0, x=-100, y=150),
    ),
    "roofs_cityjson": (
        '[inputs.roofs_cityjson]\npath = "r.city.json"\n',
        "r.city.json",
        lambda folder, name: put(folder, name, json.dumps(roof())),
    ),
    "weather": (
        "",
        "w.csv",
        lambda folder, name: plain_weather().to_csv(folder / name, index=False),
    ),
    "load": (
        '[inputs.load]\npath = "l.csv"\n',
        "l.csv",
        lambda folder, name: hourly(load_kw=5.0, district="x").to_csv(folder / name, index=False),
    ),
    "market_prices": (
        '[inputs.market_prices]\npath = "c.csv"\n',
        "c.csv",
        lambda folder, name: hourly(price_cny_per_kwh=0.3).to_csv(folder / name, index=False),
    ),
    "overrides": (
        '[inputs.overrides]\npath = "o.csv"\n',
        "o.csv",
        lambda folder, name: put(
            folder, name, "site_id,decision,reason,by,date\nrooftop-b0,refuse,heritage,Li,2026-01-01\n"
        ),
    ),
}
CSV_WEATHER = (
    '[[weather.points]]\nformat = "csv"\npath = "w.csv"\nutc_offset_hours = 0.0\n'
    "longitude = 119.45\nlatitude = 32.2\naltitude_m = 10.0\n"
)
BROKEN = {"empty": b"", "garbage": bytes(range(256)) * 8, "other text": b"not,what\nit,says\n"}


def plain_weather() -> pd.DataFrame:
    year = clear_year()
    return year.assign(time=year["time"].dt.strftime("%Y-%m-%d %H:%M"))


def hourly(**columns: object) -> pd.DataFrame:
    time = pd.date_range("2023-01-01", periods=8760, freq="h").strftime("%Y-%m-%d %H:%M")
    return pd.DataFrame({"time": time}).assign(**columns)


def roof(lod: str = "2.2", crs: str = "https://www.opengis.net/def/crs/EPSG/0/4549", kind: str = "RoofSurface") -> dict:
    """Make a flat roof over the first hall."""
    corners = [(0, 0), (40, 0), (40, 30), (0, 30)]
    geometry = {"type": "MultiSurface", "lod": lod, "boundaries": [[[0, 1, 2, 3]]]}
    semantics = {"semantics": {"surfaces": [{"type": kind}], "values": [0]}}
    return {
        "type": "CityJSON",
        "version": "1.1",
        "metadata": {"referenceSystem": crs} if crs else {},
        "CityObjects": {"b": {"type": "Building", "geometry": [geometry | semantics]}},
        "vertices": [[EAST + x, NORTH + y, 8.0] for x, y in corners],
    }


class Village:
    """A city of three halls and one more input of each kind it is asked for."""

    def __init__(self, root: Path, *kinds: str):
        self.root, self.raw = root, root / "raw"
        self.raw.mkdir()
        for kind in dict.fromkeys(("buildings", *kinds)):
            _, name, write = KINDS[kind]
            write(self.raw, name)
        self.say("".join(KINDS[kind][0] for kind in kinds), CSV_WEATHER if "weather" in kinds else TYPICAL)

    def say(self, body: str, weather: str = TYPICAL, head: str = HEAD) -> None:
        (self.root / "x.toml").write_text(head + BUILDINGS + body + weather, encoding="utf-8")

    def refused(self, command: str) -> list[str]:
        """Sentences with which a command refuses the city; none where it does not."""
        try:
            job = pipeline.open_city(str(self.root / "x.toml"), self.root, self.raw)
            if command == "check":
                pipeline.check_city(job)
            else:
                pipeline.make_map(job, workers=0)
        except PvmapError as error:
            return list(error.sentences) if isinstance(error, Refusals) else [str(error)]
        return []


@pytest.mark.slow
@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_cannot_be_read_is_refused_by_both(kind: str, fault: str, tmp_path: Path) -> None:
    village = Village(tmp_path, kind)
    name = KINDS[kind][1]
    (village.raw / name).write_bytes(BROKEN[fault])
    told = village.refused("check")
    assert told and all(name in sentence for sentence in told), told
    assert village.refused("map") == told


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("roofs_cityjson", lambda raw: put(raw, "r.city.json", json.dumps(roof(kind="WallSurface")))),
        ("roofs_cityjson", lambda raw: put(raw, "r.city.json", json.dumps(roof(crs="")))),
        ("mask raster", lambda raw: (raw / "k.tif").write_bytes((raw / "k.tif").read_bytes()[:2_000])),
        ("dem", lambda raw: (raw / "g.tif").write_bytes((raw / "g.tif").read_bytes()[:2_000])),
        ("weather", lambda raw: plain_weather().iloc[:-900].to_csv(raw / "w.csv", index=False)),
        ("districts", lambda raw: put(raw, "d.geojson", [feature(rectangle(0, 0), other="east")])),
        (
            "overrides",
            lambda raw: put(raw, "o.csv", "site_id,decision,reason,by,date\nnobody,refuse,x,Li,2026-01-01\n"),
        ),
    ],
    ids=["no roof surface", "roofs without CRS", "cut mask", "cut dem", "gap", "no name", "decision on nobody"],
)
def test_what_can_be_read_but_not_used_is_refused_by_both(kind: str, spoil: Callable, tmp_path: Path) -> None:
    village = Village(tmp_path, kind)
    spoil(village.raw)
    told = village.refused("check")
    assert told and village.refused("map") == told


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("buildings", '[planning.tariff.retail]\neducation = "no such plan"\n'),
        ("buildings", '[[masks]]\nname = "x"\nclause = "x"\napplies_to = ["moon"]\n'),
        ("mask raster", ""),
    ],
    ids=["no such price", "mask of nothing", "mask without values"],
)
def test_settings_that_only_tiles_or_money_use_are_refused_by_both(kind: str, body: str, tmp_path: Path) -> None:
    village = Village(tmp_path, kind)
    village.say(KINDS[kind][0].replace("[1]", "[]") + body)
    told = village.refused("check")
    assert told and village.refused("map") == told


NAMES = {  # what the city file names that there is not, and how that is told
    '[map]\nmasked_sites = ["nobody"]\n': "'nobody' is no site_id",
    '[map]\nmasked_sites = ["rooftop-b0", "rooftop-b1", "rooftop-b2"]\n': "No site may be shown",
    '[[planning.policy.targets]]\nname = "west"\ntarget_mw = 5.0\n': "'west' names no place or class",
    '[[planning.build_out.reinforcements]]\ndistrict = "west"\nyear = 2028\nmw = 5.0\n': "'west' is no district",
    "[[planning.storage.units]]\n" + UNIT: "'s' stands in 'west', which is no district",
}


def test_names_that_only_money_plan_and_map_use_are_looked_for_before_the_work(tmp_path: Path) -> None:
    village = Village(tmp_path, "districts")
    for body, why in NAMES.items():
        village.say(KINDS["districts"][0] + body)
        (told,) = village.refused("check")
        assert why in told
    parks = '[[inputs.areas]]\npath = "d.geojson"\nlevel = "park"\ncolumns = { name = "name" }\n'
    village.say(parks + parks)
    assert village.refused("check")[0].startswith("inputs.areas: d.geojson and d.geojson both hold 'east' of level")
    put(village.raw, "b.geojson", [*rows(3), feature(rectangle(300, 0, 3, 3), no="shed", h=3.0)])
    put(village.raw, "o.csv", "site_id,decision,reason,by,date,value_kwp\nrooftop-shed,correct,x,Li,2026-01-01,50\n")
    village.say(KINDS["overrides"][0])
    (told,) = village.refused("check")
    assert "'rooftop-shed' is corrected to 50 kWp but has no surface" in told


@pytest.mark.parametrize("kind", ["mines", "fishponds"])
def test_rows_where_the_winter_sun_is_too_low_are_refused_by_both(kind: str, tmp_path: Path) -> None:
    village = Village(tmp_path, kind)
    for name in ("b.geojson", KINDS[kind][1]):
        text = (village.raw / name).read_text(encoding="utf-8")
        (village.raw / name).write_text(text.replace("32.2", "60.2"), encoding="utf-8")
    village.say(KINDS[kind][0], head=HEAD.replace("EPSG:4549", "EPSG:32650"))
    told = village.refused("check")
    assert told and "latitude 60" in told[0]
    assert village.refused("map") == told


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    kinds = [kind for kind in KINDS if kind not in ("mask raster", "overrides")]  # decisions need sites
    village = Village(tmp_path, *kinds)
    names = [KINDS[kind][1] for kind in kinds]
    for name in names:
        (village.raw / name).write_bytes(b"\x00\x01\x02")
    told = village.refused("check")
    assert sorted(name for name in names if any(name in sentence for sentence in told)) == sorted(names)
    assert len(told) == len(names)
    assert village.refused("map") == told


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_file_is_refused_by_neither(kind: str, tmp_path: Path) -> None:
    village = Village(tmp_path, kind)
    assert village.refused("check") == [] == village.refused("map")
