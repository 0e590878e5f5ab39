"""What a table of the bureau's holds beyond the columns that are read is told, whatever table it is."""

import pandas as pd
import pytest
from pyproj import CRS

from pvmap.errors import InputError
from pvmap.planning.grid.hourly import read_loads, read_market_prices
from pvmap.planning.table_columns import COLUMNS
from pvmap.planning.table_input import read_given
from pvmap.settings.city import FileInput, Inputs, Settings, TableInput
from pvmap.settings.identity import City
from pvmap.sources.weather.hours import year_index
from pvmap.stages.plan_trial import tried

TABLES = [name for name, field in Inputs.model_fields.items() if "TableInput" in str(field.annotation)]
TIMES = year_index(2023, 8.0)


def test_every_table_says_what_it_may_hold():
    assert set(TABLES) - {"grid_devices"} <= set(COLUMNS) and "grid_devices" in COLUMNS


@pytest.mark.parametrize("name", [*TABLES, "grid_devices"])
def test_a_column_that_no_reader_knows_is_told(tmp_path, name):
    needs, knows = COLUMNS[name]
    names = [*needs, *knows, "unit_price", "owner", "备注", "empty"]
    row = [*("1" for _ in (*needs, *knows)), "￥3.2 元", "甲", "乙", ""]
    (tmp_path / "t.csv").write_text(f"{','.join(names)}\n{','.join(row)}\n", encoding="utf-8")
    told = read_given(TableInput(path="t.csv"), tmp_path, *COLUMNS[name]).findings
    assert [(one.code, one.count, one.values["names"]) for one in told] == [
        ("numbers-not-read", 1, "unit_price"),
        ("texts-not-read", 1, "owner"),
    ]
    assert "capex" in told[0].sentence() or name != "costs"


def test_hours_with_more_columns_than_are_read(tmp_path):
    stamps = TIMES.tz_convert("Etc/GMT-8").strftime("%Y-%m-%d %H:%M")
    frame = pd.DataFrame({"time": stamps, "price_cny_per_kwh": 0.3, "day_ahead": 0.4})
    frame.to_csv(tmp_path / "m.csv", index=False)
    frame.assign(district="东区", load_kw=5.0).to_csv(tmp_path / "l.csv", index=False)
    told = read_market_prices(tmp_path / "m.csv", TIMES, 8.0)[1]
    assert [(one.code, one.values["names"]) for one in told] == [("numbers-not-read", "day_ahead")]
    told = read_loads(tmp_path / "l.csv", TIMES, 8.0, {"东区"})[1]
    assert [one.values["names"] for one in told] == ["price_cny_per_kwh, day_ahead"]


def test_a_run_tells_what_it_does_not_read(tmp_path):
    """Tables of which a run keeps numbers alone are told when the inputs are tried."""
    (tmp_path / "costs.csv").write_text("year,class,capex_cny_per_w_dc,opex\n2027,mine,2.9,46\n", encoding="utf-8")
    (tmp_path / "decided.csv").write_text("site_id,decision,reason,by,date,rank\na,confirm,x,y,z,3\n", encoding="utf-8")
    inputs = Inputs(costs=TableInput(path="costs.csv"), overrides=FileInput(path="decided.csv"))
    settings = Settings(city=City(name="x", title_zh="", title_en=""), inputs=inputs)
    told = tried(settings, tmp_path, CRS.from_epsg(4549), ["东区"], TIMES)
    assert [(one.code, one.layer, one.values["names"]) for one in told] == [
        ("numbers-not-read", "costs.csv", "opex"),
        ("numbers-not-read", "decided.csv", "rank"),
    ]


@pytest.mark.parametrize("cell", ["2.9 USD/W", "€2.9", "＄2.9", "2.9 美元/瓦"])
def test_an_amount_in_another_money_is_no_amount_of_the_city(tmp_path, cell):
    (tmp_path / "c.csv").write_text(f"year,class,capex_cny_per_w_dc\n2026,mine,2.9\n2027,mine,{cell}\n", "utf-8")
    (tmp_path / "m.csv").write_text(f"time,price_cny_per_kwh\n2027-01-01 00:00,{cell}\n", "utf-8")
    for inputs in (Inputs(costs=TableInput(path="c.csv")), Inputs(market_prices=FileInput(path="m.csv"))):
        settings = Settings(city=City(name="x", title_zh="", title_en=""), inputs=inputs)
        with pytest.raises(InputError, match=r"line [23]: .* is told in (USD|EUR), but this city counts in CNY"):
            tried(settings, tmp_path, CRS.from_epsg(4549), ["东区"], TIMES)
