"""As a new user would: begin a city, fetch it, check it, map it; and not a request when it is typed again."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import docx
import geopandas as gpd
import openpyxl
import pytest
import shapely
from loopback import Reply, Server, certificate, serving
from typer.testing import CliRunner
from world import WINDOW, build, toml

from pvmap import config, pipeline
from pvmap.cli import app
from pvmap.errors import ConfigError, InputError
from pvmap.new_from_public import new_from_public
from pvmap.sources.remote import fetch as remote
from pvmap.sources.remote.provider import LAYERS

LAYERS_OF_A_GEOPACKAGE = "SELECT description FROM gpkg_contents WHERE data_type = 'features'"
BOX = [str(side) for side in WINDOW]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """Every provider behind TLS, and the certificate that vouches for them."""
    cert, key = certificate(tmp_path_factory.mktemp("tls"))
    with serving((cert, key)) as server:
        build(server)
        yield server, cert


@pytest.fixture
def town(tmp_path: Path, providers: tuple[Server, Path], monkeypatch: pytest.MonkeyPatch) -> Server:
    """A folder to type commands in, and providers that are asked on this machine instead of the real ones."""
    server, cert = providers
    server.asked.clear()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    return server


def typed(line: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, line.split()[1:])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, (line, result.output)
    return result.output


def lines(page: str = "README.md") -> list[str]:
    """What README has a user type for a city from public data."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    (block,) = (one for one in blocks if "--bbox" in one)
    return [line.partition("#")[0].strip() for line in block.splitlines()]


def begin(server: Server, line: str = f"pvmap new town --bbox {' '.join(BOX)}") -> None:
    """Begin a city, whose providers are those of the server."""
    typed(line)
    with open(f"pipelines/{line.split()[2]}.toml", "a", encoding="utf-8") as file:
        file.write("\n" + toml(server))


def test_five_lines_in_either_language() -> None:
    five = lines()
    assert len(five) == 5 and lines("README.zh-CN.md") == five
    assert five[0] == "pip install '.[fetch]'" and five[1].split()[4:] == [f"{side:.2f}" for side in WINDOW]
    assert [line.split()[1] for line in five[1:]] == ["new", "fetch", "check", "map"]


def test_begin_fetch_check(town: Server) -> None:
    begin(town)
    typed("pvmap fetch town")
    asked = len(town.asked)
    assert asked > 10
    told = typed("pvmap check town", code=1)
    assert "rooftop: 60 rows read" in told
    assert "fishpond: 7 rows read + 0 parts exploded = 3 kept + 4 refused" in told
    assert "mine: 2 rows read" in told and "refused: no mining land" in told
    assert "nobody says that they are abandoned" in told and "3 of 6 waters count as ponds" in told
    assert "was there" in typed("pvmap fetch town")
    typed("pvmap fetch town --offline")
    assert len(town.asked) == asked


@pytest.mark.slow
def test_the_five_lines_of_readme_give_a_map_with_its_credits(town: Server) -> None:
    _, new, fetch, check, make_map = lines()
    begin(town, new)
    typed(fetch)
    asked = len(town.asked)
    typed(check, code=1)
    typed(make_map)
    typed("pvmap plan delft")
    typed(fetch)
    assert len(town.asked) == asked > 10
    page = Path("maps/delft/index.html").read_text(encoding="utf-8")
    assert '"beneath":["hills","water","road"]' in page.replace(" ", "")
    run = Path("data/processed/delft")
    sheets = openpyxl.load_workbook(run / "report.xlsx", read_only=True).worksheets
    heads = [" ".join(map(str, sum(sheet.iter_rows(max_row=3, values_only=True), ()))) for sheet in sheets]
    report = "\n".join(paragraph.text for paragraph in docx.Document(str(run / "report.docx")).paragraphs)
    with sqlite3.connect(run / "delft.gpkg") as database:
        layers = [about for (about,) in database.execute(LAYERS_OF_A_GEOPACKAGE)]
    assert len(heads) > 10 and len(layers) >= 2
    for credit in ("OpenStreetMap contributors", "PVGIS", "Copernicus", "WorldCover"):
        assert all(credit in text for text in (page, report, *heads, *layers)), credit
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert 700 < record["totals"]["rooftop"]["specific_yield_kwh_per_kwp"] < 1200
    assert not record["not_checked"]


@pytest.mark.slow
def test_a_layer_that_is_down_is_a_gap_with_a_name(town: Server) -> None:
    begin(town)
    cover = next(key for key in town.routes if key.startswith("/cover"))
    kept, town.routes[cover] = town.routes[cover], Reply(b"", 403)
    try:
        result = CliRunner().invoke(app, ["fetch", "town"])
    finally:
        town.routes[cover] = kept
    assert type(result.exception).__name__ == "LayersMissing"
    told = typed("pvmap check town", code=1)
    assert "land_cover.tif could not be fetched" in told and "taken whole" in told
    typed("pvmap fetch town")
    assert "could not be fetched" not in typed("pvmap check town", code=1)


def test_plan_shows_providers_and_licences_and_asks_nobody(town: Server) -> None:
    begin(town)
    told = typed("pvmap fetch town --plan")
    assert "overture" in told and "ODbL" in told and not town.asked
    assert "≤1.5 MB" in told and "not known" in told


def test_the_size_of_a_plan_bounds_what_comes(town: Server) -> None:
    begin(town)
    job = pipeline.open_city("town", Path())
    planned = {one.layer: one for one in remote.planned(job.settings, job.folders.raw)}
    typed("pvmap fetch town")
    for layer in ("terrain", "land_cover", "weather"):
        got = (job.folders.raw / LAYERS[layer]).stat().st_size
        assert got <= planned[layer].size < 100e6, layer
    assert all(one.was_there for one in remote.planned(job.settings, job.folders.raw))


def test_a_city_file_of_public_data_is_short_and_understood(tmp_path: Path) -> None:
    path, raw, country = new_from_public("wuxi", tmp_path, (120.2, 31.4, 120.5, 31.7))
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 30
    settings = config.load(path)
    assert (country, settings.city.utc_offset_hours, settings.city.country) == ("CN", 8.0, "CN")
    assert raw.is_dir() and settings.fetch.window == (120.2, 31.4, 120.5, 31.7)
    with pytest.raises(InputError, match="pvmap fetch wuxi buildings"):
        config.require_inputs(settings, raw)


def test_what_was_guessed_is_said_and_what_was_said_holds(town: Server) -> None:
    told = typed("pvmap new ulaanbaatar --bbox 106.8 47.8 107.0 48.0")
    text = Path("pipelines/ulaanbaatar.toml").read_text(encoding="utf-8")
    assert "country = 'generic', guessed from the place" in " ".join(told.split())
    assert text.count("please check") == 1 and "= 8.0  # Asia/Ulaanbaatar" in text
    assert config.load(Path("pipelines/ulaanbaatar.toml")).city.currency == "USD"
    told = typed("pvmap new dandong --country CN --bbox 124.3 40.1 124.4 40.2")
    city = config.load(Path("pipelines/dandong.toml")).city
    assert "country = 'CN', as you said" in " ".join(told.split()) and "please" not in told
    assert (city.country, city.currency, city.utc_offset_hours) == ("CN", "CNY", 8.0)


@pytest.mark.parametrize(("crs", "column"), [(4326, "NAME"), (3006, "namn"), (4326, "other")])
def test_a_boundary_gives_window_and_districts(tmp_path: Path, crs: int, column: str) -> None:
    outline = gpd.GeoDataFrame({column: ["a"]}, geometry=[shapely.box(11.9, 57.6, 12.0, 57.7)], crs=4326).to_crs(crs)
    outline.to_file(tmp_path / "outline.gpkg")
    path, _, country = new_from_public("town", tmp_path, boundary=tmp_path / "outline.gpkg")
    settings = config.load(path)
    west, south, east, north = settings.fetch.window or ()
    assert 11.88 < west < 11.9 < 12.0 < east < 12.02 and 57.58 < south < 57.6 < 57.7 < north < 57.72
    districts = settings.inputs.districts
    assert (districts.columns if districts else None) == (None if column == "other" else {"name": column})
    assert country == "generic" and settings.city.utc_offset_hours == 1.0


def test_a_city_with_files_of_its_own_needs_no_window(town: Server) -> None:
    typed("pvmap new town")
    houses = gpd.GeoDataFrame(geometry=[shapely.box(*WINDOW)], crs=4326).to_crs(28992)
    houses.to_file("data/raw/town/buildings.gpkg")
    with open("pipelines/town.toml", "a", encoding="utf-8") as file:
        file.write("\n" + toml(town))
    typed("pvmap fetch town weather")
    (ask,) = town.asked
    assert float(ask.query["lon"]) == pytest.approx(4.365, abs=0.005)
    assert float(ask.query["lat"]) == pytest.approx(52.005, abs=0.005)


def test_from_what_was_fetched(town: Server) -> None:
    begin(town)
    typed("pvmap fetch town weather")
    Path("pipelines/town.toml").unlink()
    typed("pvmap new town --from fetched")
    assert config.load(Path("pipelines/town.toml")).fetch.window == WINDOW


@pytest.mark.parametrize(
    "window",
    [(float("nan"),) * 4, (float("-inf"), 0.0, float("inf"), 1.0), (200.0, 95.0, 201.0, 96.0), (1.0, 1.0, 0.0, 0.0)],
)
def test_a_window_that_is_none_is_a_sentence(tmp_path: Path, window: tuple[float, float, float, float]) -> None:
    with pytest.raises(ConfigError, match=r"fetch\.window.* is not possible"):
        new_from_public("x", tmp_path, window)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("window", [3, "1234", [1], [1, 2, 3, "x"], {"a": 1}, None])
def test_a_window_that_somebody_has_spoiled_says_nothing(tmp_path: Path, window: object) -> None:
    entry = {"file": "a", "layer": "b", "attribution": "", "sha256": "", "window": window}
    raw = tmp_path / "data/raw/x"
    raw.mkdir(parents=True)
    (raw / "SOURCES.json").write_text(json.dumps({"files": [entry]}), encoding="utf-8")
    with pytest.raises(ConfigError, match="Nothing says where"):
        new_from_public("x", tmp_path)


def test_an_outline_that_lies_nowhere_is_a_sentence(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.Polygon()], crs=4326).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"a\.parquet"):
        new_from_public("x", tmp_path, boundary=tmp_path / "a.parquet")


def test_nothing_says_where(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--bbox W S E N"):
        new_from_public("town", tmp_path)
    with pytest.raises(ConfigError, match="west, south, east, north"):
        new_from_public("town", tmp_path, (12.0, 57.0, 11.0, 58.0))
    assert not list(tmp_path.rglob("*.toml"))
