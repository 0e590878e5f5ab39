"""What titles of columns tell of the unit of their numbers."""

from __future__ import annotations

import pandas as pd
import pytest

from pvmap.errors import InputError
from pvmap.sources.numbers import read_numbers
from pvmap.sources.units import scale_of, unit_of


@pytest.mark.parametrize(
    ("title", "quantity", "scale"),
    [
        ("负荷/MW", "kw", 1e3),
        ("负荷 / 万千瓦", "kw", 1e4),
        ("负荷（万kW）", "kw", 1e4),
        ("load_MW", "kw", 1e3),
        ("load_kw (MW)", "kw", 1e3),
        ("容量MVA", "kva", 1e3),
        ("负荷（单位：MW）", "kw", 1e3),
        ("负荷（MW，2025年最大）", "kw", 1e3),
        ("负荷（MW）（2025年）", "kw", 1e3),
        ("load, megawatts", "kw", 1e3),
        ("功率KW", "capacity_mw", 1e-3),
        ("HEIGHT_FT", "height_m", 0.3048),
        ("年上限（万千瓦/年）", "mw_per_year", 10.0),
        ("x opex_cny_per_kw_year", "cny_per_kw_year", 1.0),
        ("x capex_cny_per_w_dc", "cny_per_w", 1.0),
        ("x max_mw_per_year", "mw_per_year", 1.0),
        ("造价（元/kW）", "cny_per_w", 1e-3),
        ("造价（万元/MW）", "cny_per_w", 0.01),
        ("运维费（元/(kW·年)）", "cny_per_kw_year", 1.0),
        ("运维费（元/瓦/年）", "cny_per_kw_year", 1e3),
        ("电价元/MWh", "cny_per_kwh", 1e-3),
        ("电价（元每千瓦时）", "cny_per_kwh", 1.0),
        ("price EUR per MWh", "cny_per_kwh", 1e-3),
        ("电价（角/kWh）", "cny_per_kwh", 0.1),
        ("比例（%）", "1", 0.01),
        ("GHI [W m-2]", "ghi", 1.0),
        ("GHI（kW/㎡）", "ghi", 1e3),
        ("wind (km/h)", "wind_speed", 1 / 3.6),
    ],
)
def test_bare_numbers_are_in_the_unit_of_their_title(title, quantity, scale):
    assert scale_of(title, quantity, "t.csv") == pytest.approx(scale)


@pytest.mark.parametrize(
    ("title", "quantity"),
    [
        ("容量（最大）", "kw"),
        ("容量（台）", "kw"),
        ("35kV侧负荷（10kV）", "kw"),
        ("负荷_10kV", "kw"),
        ("单元", "kw"),
        ("load level", "kw"),
        ("n/a", "kw"),
        ("draft", "height_m"),
        ("power_factor", "1"),
        ("G(h)", "ghi"),
        ("", "kw"),
    ],
)
def test_other_words_of_a_title_are_no_unit(title, quantity):
    assert unit_of(title, quantity) == ""


@pytest.mark.parametrize(
    ("title", "quantity", "unit"),
    [
        ("容量（万元）", "kw", "万元"),
        ("price（元/MWh）", "kw", "元/mwh"),
        ("容量 10^4kW", "mw", "10^4kw"),
        ("电量kWh", "kw", "kwh"),
        ("装机（MWp）", "kw", "mwp"),
        ("load %", "kw", "%"),
        ("造价（万元）", "cny_per_w", "万元"),
        ("floors (m)", "floors", "m"),
        ("GHI (MJ/m²)", "ghi", "mj/m2"),
        ("T2m (°F)", "temp_air", "°f"),
        ("wind_knots", "wind_speed", "knots"),
        ("price (¢/kWh)", "cny_per_kwh", "¢/kwh"),
    ],
)
@pytest.mark.parametrize("given", [pd.Series(["63"]), pd.Series([63.0])])
def test_a_unit_that_its_numbers_cannot_have_is_refused(title, quantity, unit, given):
    with pytest.raises(InputError, match="told in") as refused:
        read_numbers(given, quantity, title, "t.csv")
    assert str(refused.value).startswith(f"t.csv: column {title!r} is told in {unit}, which is none of its units; use ")


@pytest.mark.parametrize(
    ("title", "cell", "value"),
    [
        *(("", "￥0.3", 0.3), ("", "¥ 300/MWh", 0.3), ("", "€0.3/kWh", 0.3), ("", "0.3元", 0.3)),
        *(("电价（元/MWh）", "300元", 0.3), ("电价（元/MWh）", "¥300", 0.3), ("电价（元/MWh）", "0.3元/kWh", 0.3)),
    ],
)
def test_a_sign_of_money_tells_no_more_than_the_title(title, cell, value):
    assert read_numbers(pd.Series([cell]), "cny_per_kwh", title, "t.csv").values == pytest.approx([value])


def test_a_sign_of_money_makes_no_height():
    assert read_numbers(pd.Series(["¥12", "12"]), "height_m", "h", "t.csv").unreadable.tolist() == [True, False]
