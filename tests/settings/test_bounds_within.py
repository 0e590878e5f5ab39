"""Numbers within dictionaries and lists of a city file are bounded as those that stand alone are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from city import PIPELINES

from pvmap.config import load
from pvmap.errors import ConfigError
from pvmap.settings.base import Section
from pvmap.settings.city import Settings

ANY_NUMBER = {"cny_per_kwh", "market_cny_per_kwh"}  # prices of the market may fall below zero


def held(kind: Any, name: str, seen: set[type]) -> Iterator[str]:
    """Names of fields that hold plain floats in dictionaries."""
    for one in (kind, *get_args(kind)):
        if isinstance(one, type) and issubclass(one, Section) and one not in seen:
            seen.add(one)
            for key, field in one.model_fields.items():
                yield from held(field.annotation, key, seen)
    if get_origin(kind) is dict and get_args(kind)[1] is float:
        yield name
    for one in get_args(kind):
        yield from held(one, name, seen) if get_origin(one) else ()


def test_no_dictionary_holds_numbers_without_limits():
    assert set(held(Settings, "", set())) - ANY_NUMBER == set()


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ("planning.storage.round_trip_efficiency", "battery = 1.5"),
        ("planning.storage.round_trip_efficiency", "pumped = 0"),
        ("planning.storage.hours", "battery = 0"),
        ("planning.storage.life_years", "hydrogen = 0.4"),
        ("planning.storage.capex_cny_per_kwh", "pumped = -1"),
        ("planning.policy.availability", "mine = 1.5"),
        ("planning.policy.floor_share", "government = -0.5"),
        ("planning.policy.minimum_kwp", "mine = -1"),
        ("planning.hosting.max_km", "110 = -5"),
        ("planning.build_out.price_fall_per_year", "mine = 1.0"),
        ("planning.economics.grid_cny_per_kw", "mine = -1"),
        ("planning.tariff.load_kwh_per_m2", "commercial = -1"),
        ("planning.risk.sigma", "year = -0.1"),
        ("planning.risk.correlation", "year = 1.1"),
        ("planning.carbon", "co2_t_per_mwh = 0"),
        ("planning.carbon", "co2_t_per_mwh = true"),
        ("planning.policy.floor_share", "government = true"),
        ("planning.hosting", "n1_limit = true"),
        ("planning.risk", "sigma = { year = false }"),
    ],
)
def test_what_lies_beyond_is_refused_by_name(tmp_path: Path, section: str, line: str):
    file = tmp_path / "x.toml"
    file.write_text(
        (PIPELINES / "suzhou.toml").read_text(encoding="utf-8") + f"\n[{section}]\n{line}\n", encoding="utf-8"
    )
    key = line.split(" = ")[0]
    with pytest.raises(ConfigError, match=rf"{section.split('.')[-1]}(\.{key})? = |{key} = "):
        load(file)
