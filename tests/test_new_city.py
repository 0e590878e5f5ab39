"""A new city: a short file that is understood as it is, and where files go."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from pvmap import config, new_city
from pvmap.cli import run
from pvmap.errors import ConfigError, InputError


def test_a_new_city_file_is_short_commented_and_understood(tmp_path: Path):
    path, raw = new_city.new_city("wuxi", tmp_path)
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 30
    assert text.count("#") > 10
    settings = config.load(path)
    assert settings.city.name == "wuxi"
    assert raw == config.folders(settings, path).raw and raw.is_dir()
    with pytest.raises(InputError, match=re.escape(str(raw / "buildings.gpkg"))):
        config.require_inputs(settings, raw)


def test_every_key_it_shows_is_one(tmp_path: Path):
    path, _ = new_city.new_city("wuxi", tmp_path)
    shown = re.sub(r"(?m)^#(?! )", "", path.read_text(encoding="utf-8"))
    settings = config.understand(path, shown)
    named = {key for key, _ in config.file_inputs(settings)}
    inputs = {f"inputs.{key}" for key in ("buildings", "mines", "fishponds", "districts", "dem")}
    assert named == {*inputs, "weather.points"}
    assert settings.city.crs and settings.inputs.buildings[0].columns["height_m"] == "高度"


@pytest.mark.parametrize("name", ["", "A b", "..", "../x", "con", 'x"\n[inputs]', "苏州", "x" * 300])
def test_what_cannot_be_a_name_writes_nothing(name: str, tmp_path: Path):
    with pytest.raises(ConfigError, match=r"city\.name|not valid TOML"):
        new_city.new_city(name, tmp_path)
    assert list(tmp_path.rglob("*")) == []


def test_a_city_file_is_never_written_over(tmp_path: Path):
    path, _ = new_city.new_city("wuxi", tmp_path)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="there already"):
        new_city.new_city("wuxi", tmp_path)
    assert path.read_text(encoding="utf-8") == "mine"


def test_titles_of_any_letters_stay_what_they_are():
    title = '甲"乙\\ {x}\n#'
    text = new_city.city_file("x", title, title, new_city.INPUTS)
    assert config.understand(Path("x.toml"), text).city.title_zh == title


def test_shipped_cities_work_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shipped = tmp_path / "package" / "pipelines"
    shipped.mkdir(parents=True)
    (shipped / "demo.toml").write_text(new_city.city_file("demo", "甲", "A", new_city.INPUTS), encoding="utf-8")
    monkeypatch.setattr(config, "SHIPPED", shipped)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    found = config.find_city_file("demo")
    assert found == shipped / "demo.toml"
    assert config.folders(config.load(found), found).maps == here / "maps" / "demo"
    new_city.new_city("demo", here)
    assert config.find_city_file("demo") == Path("pipelines/demo.toml")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["x", "--bbox", "1", "1", "1.1", "1.1", "--from", "fetched"], "give one of them"),
        (["x", "--boundary", "b.geojson", "--from", "fetched"], "give one of them"),
        (["x", "--country", "CN"], "begins with public data"),
        (["x", "--root", "file"], "cannot be written: Not a directory"),
        (["../x"], "city.name"),
        (["x" * 300], "city.name"),
        (["x\ny"], "pipelines"),
        (["x", "--bbox", "nan", "0", "1", "1"], "finite"),
        (["x", "--bbox", "5", "5", "1", "1"], "west, south, east, north"),
        (["x", "--boundary", "nothing.geojson"], "is not there"),
        (["x", "--from", "fetched"], "holds nothing fetched"),
    ],
    ids=str,
)
def test_what_cannot_be_begun_is_a_sentence_and_writes_nothing(tmp_path, monkeypatch, capsys, words, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("hers")
    monkeypatch.setattr(sys, "argv", ["pvmap", "new", *words])
    with pytest.raises(SystemExit) as ended:
        run()
    said = capsys.readouterr().err
    assert ended.value.code == 2 and told in said and "Traceback" not in said
    assert [path.name for path in tmp_path.rglob("*")] == ["file"] and (tmp_path / "file").read_text() == "hers"
