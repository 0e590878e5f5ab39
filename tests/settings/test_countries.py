"""Country packs: China's rules by default, plain values elsewhere, each told with what it rests on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from latin import latin

from pvmap import chinese, config
from pvmap.config import assumptions
from pvmap.currency import in_money
from pvmap.deliver.labels import LABELS
from pvmap.deliver.wording import Wording
from pvmap.errors import ConfigError
from pvmap.settings.city import Settings
from pvmap.settings.countries import pack
from pvmap.settings.references import OWN
from pvmap.sites.expected_masks import not_checked

HEAD = '[city]\nname = "a"\ntitle_zh = "甲"\ntitle_en = "a"\n'
EURO = 'currency = "EUR"\ncountry = "generic"\nutc_offset_hours = 1.0\n'
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


def test_a_made_up_city_elsewhere_tells_what_it_is_made_of(tmp_path: Path) -> None:
    made = {one.key: one for one in assumptions(load(tmp_path, f"{EURO}[demo]\nn_buildings = 5_000\n"))}
    assert made["demo.n_buildings"].value == 5000 and made["demo.n_ponds"].value == made["demo.n_ponds"].default


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
    assert set(plain.values) - set(plain.unused) <= set(told) and not set(plain.unused) & set(told)
    for key in set(plain.values) & set(told):
        assert told[key].source == plain.source and told[key].value == told[key].default
        assert not latin(chinese.basis(key, told[key].source))


@pytest.mark.parametrize("country", ["", 'country = "generic"\n' + BOX])
def test_what_a_city_file_sets_does_not_rest_on_the_source_of_the_default(tmp_path: Path, country: str) -> None:
    changed = country + "[energy]\nglass = { refractive_index = 1.6 }\n[planning.economics]\ndiscount_rate = 0.08\n"
    default, told = ({a.key: a for a in assumptions(load(tmp_path, text))} for text in (country, changed))
    for key in ("energy.glass.refractive_index", "planning.economics.discount_rate"):
        assert told[key].mark == "unverified" and told[key].source == OWN + default[key].source
        assert chinese.basis(key, told[key].source).startswith("城市文件所设") and not latin(
            chinese.basis(key, told[key].source).replace("TOPCon", "")
        )
    assert [one for key, one in told.items() if not one.own] == [default[key] for key, a in told.items() if not a.own]


def test_every_amount_elsewhere_is_the_packs_own_and_in_its_money(tmp_path: Path) -> None:
    """An amount in yuan under the name of another money would be wrong by a factor of seven."""
    plain = pack("generic")
    assert plain is not None
    in_yuan = {one.key for one in assumptions(load(tmp_path, "")) if "CNY" in one.unit}
    assert in_yuan and in_yuan <= set(plain.values)
    told = [one for one in assumptions(load(tmp_path, 'country = "generic"\n' + BOX)) if one.key in in_yuan]
    assert told and all("USD" in one.unit and "CNY" not in one.unit for one in told)
    assert all(one.low <= one.value <= one.high for one in told if one.low is not None)
    euros = load(tmp_path, 'country = "generic"\ncurrency = "EUR"\n' + BOX)
    assert any(one.unit == "EUR/kWh" for one in assumptions(euros))


def test_the_prices_of_china_are_in_yuan(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='currency = "EUR" does not go with the prices and taxes of country = "CN"'):
        load(tmp_path, 'currency = "EUR"\n')


def test_no_label_speaks_of_yuan_or_mu_elsewhere() -> None:
    elsewhere = Wording("EUR", home=False)
    at_home = {name: Wording().label(name) for name in LABELS}
    assert at_home == LABELS
    for name, label in LABELS.items():
        own = elsewhere.label(name)
        assert own is not None
        assert not re.search(r"CNY|(?<!欧)元|亩|\bmu\b", own.zh + own.en), name
        assert ("EUR" in own.en) == ("CNY" in label.en) and ("欧元" in own.zh) == ("元" in label.zh), name


@pytest.mark.parametrize(
    ("text", "money", "told"),
    [
        ("亿元、万元、元/千瓦时", "USD", "亿美元、万美元、美元/千瓦时"),
        ("每单元", "USD", "每单元"),
        ("CNY/kWh", "CNY", "CNY/kWh"),
        ("100 million CNY", "NOK", "100 million NOK"),
        ("元/亩-年", "NOK", "NOK/亩-年"),
    ],
)
def test_words_of_ours_in_another_money(text: str, money: str, told: str) -> None:
    assert in_money(text, money) == told


@pytest.mark.parametrize("title", ["price (USD/kWh)", "电价（美元/度）", "capex_eur_per_w", "€/W"])
def test_a_table_in_another_money_is_refused(tmp_path: Path, title: str) -> None:
    costs = f'[inputs.costs]\npath = "c.csv"\ncolumns = {{ capex_cny_per_w_dc = "{title}" }}\n'
    with pytest.raises(ConfigError, match=r"is told in (USD|EUR), but this city counts in CNY"):
        load(tmp_path, costs)
    if "USD" in title or "美元" in title:
        with pytest.raises(ConfigError, match="is told in USD, but this city counts in EUR"):
            load(tmp_path, EURO + costs)
    else:
        assert load(tmp_path, EURO + costs).inputs.costs is not None


def test_money_is_looked_for_where_an_amount_stands_and_nowhere_else(tmp_path: Path) -> None:
    load(tmp_path, '[inputs.registered]\npath = "r.csv"\ncolumns = { kwac = "`${x}` kwac", class = "USD" }\n')


@pytest.mark.parametrize("title", ["造价（元/kW）", "造价 CNY/W", "RMB/W", "人民币", "capex_cny_per_kw"])
def test_the_yuan_is_foreign_to_a_city_elsewhere(tmp_path: Path, title: str) -> None:
    costs = f'[inputs.costs]\npath = "c.csv"\ncolumns = {{ capex_cny_per_w_dc = "{title}" }}\n'
    with pytest.raises(ConfigError, match="is told in CNY, but this city counts in EUR"):
        load(tmp_path, EURO + costs)


@pytest.mark.parametrize("title", ["造价（欧元/W）", "单元", "x capex_cny_per_w_dc", "CNYX", "公元年"])
def test_our_own_names_and_other_words_tell_no_yuan(tmp_path: Path, title: str) -> None:
    costs = f'[inputs.costs]\npath = "c.csv"\ncolumns = {{ capex_cny_per_w_dc = "{title}" }}\n'
    assert load(tmp_path, EURO + costs).inputs.costs is not None


@pytest.mark.parametrize("title", ["造价（元/kW）", "RMB/W", "cadmium", "capex_cny_per_w_dc", "单元"])
def test_other_titles_tell_no_other_money(tmp_path: Path, title: str) -> None:
    costs = f'[inputs.costs]\npath = "c.csv"\ncolumns = {{ capex_cny_per_w_dc = "{title}" }}\n'
    assert load(tmp_path, costs).inputs.costs is not None


def test_a_city_elsewhere_needs_no_approval_number_of_china(tmp_path: Path) -> None:
    assert load(tmp_path, 'use = "public"\ncountry = "generic"\n' + BOX).city.use == "public"
    with pytest.raises(ConfigError, match="审图号"):
        load(tmp_path, 'use = "public"\n')


def test_a_city_elsewhere_must_say_its_clock(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a\.toml: city\.utc_offset_hours is missing: outside China") as told:
        load(tmp_path, 'country = "generic"\n')
    assert len(str(told.value)) < 300


def test_no_weather_is_refused_and_the_remedy_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="pvmap fetch a weather"):
        config.require_inputs(load(tmp_path, ""), tmp_path)
