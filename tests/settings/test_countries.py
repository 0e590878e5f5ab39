"""Country packs: China's rules by default, plain values elsewhere, each told with what it rests on."""

from __future__ import annotations

from pathlib import Path

import pytest
from latin import latin

from pvmap import chinese, config
from pvmap.config import assumptions
from pvmap.errors import ConfigError
from pvmap.settings.city import Settings
from pvmap.settings.countries import pack
from pvmap.sites.expected_masks import not_checked

HEAD = '[city]\nname = "a"\ntitle_zh = "甲"\ntitle_en = "a"\n'
BOX = "[fetch]\nwindow = [-105.3, 39.95, -105.2, 40.05]\n"


def load(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "a.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return config.load(path)


def test_china_is_the_default_and_has_its_rules(tmp_path: Path) -> None:
    settings = load(tmp_path, "")
    assert (settings.city.country, settings.city.utc_offset_hours) == ("CN", 8.0)
    assert settings.planning.policy.floor_share["government"] == 0.5
    assert (settings.siting.spacing_start_hour, settings.siting.spacing_end_hour) == (9.0, 15.0)
    assert not_checked(settings.model_copy(update={"inputs": _some_roofs()}), [])


def _some_roofs():
    return Settings.model_validate(
        {"city": {"name": "a", "title_zh": "", "title_en": ""}, "inputs": {"buildings": [{"path": "b.gpkg"}]}}
    ).inputs


def test_elsewhere_values_are_plain(tmp_path: Path) -> None:
    settings = load(tmp_path, 'country = "generic"\n' + BOX)
    assert settings.city.utc_offset_hours == -7.0
    tariff = settings.planning.tariff
    assert len({plan.fixed_cny_per_kwh for plan in tariff.plans.values()}) == 1
    assert not any(plan.by_bands or plan.energy_cny_per_kwh for plan in tariff.plans.values())
    assert len(set(tariff.market_cny_per_kwh)) == len(set(tariff.market_month_factors)) == 1
    assert set(settings.planning.policy.floor_share.values()) == {0.0}
    assert set(settings.planning.economics.owner.values()) == {"person"}
    assert (settings.siting.spacing_start_hour, settings.siting.spacing_end_hour) == (11.0, 13.0)
    assert not not_checked(settings.model_copy(update={"inputs": _some_roofs()}), [])


def test_the_city_file_overrules_its_country_in_part(tmp_path: Path) -> None:
    text = 'country = "generic"\nutc_offset_hours = 1\n[planning.policy.availability]\nother = 0.5\n'
    settings = load(tmp_path, text)
    availability = settings.planning.policy.availability
    assert availability["other"] == 0.5 and availability["residential_high"] == 1.0
    assert settings.city.utc_offset_hours == 1.0


def test_what_a_pack_sets_rests_on_what_the_pack_says(tmp_path: Path) -> None:
    plain = pack("generic")
    assert plain is not None
    told = {one.key: one for one in assumptions(load(tmp_path, 'country = "generic"\n' + BOX))}
    assert set(plain.values) <= set(told)
    for key in plain.values:
        assert told[key].source == plain.source and told[key].value == told[key].default
        assert not latin(chinese.basis(key, told[key].source))


def test_a_city_elsewhere_must_say_its_clock(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a\.toml: city\.utc_offset_hours is missing: outside China") as told:
        load(tmp_path, 'country = "generic"\n')
    assert len(str(told.value)) < 300


def test_no_weather_is_refused_and_the_remedy_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="pvmap fetch a weather"):
        config.require_inputs(load(tmp_path, ""), tmp_path)
