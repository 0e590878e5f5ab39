"""Prices that the bureau brings: contracts by month and hour, and who pays them."""

from pathlib import Path

import numpy as np
import pytest
from in_parts import appraise
from planning.conftest import settings_of

from pvmap.errors import InputError
from pvmap.planning.grid.user_networks import users
from pvmap.planning.money.account import value_hours
from pvmap.planning.money.given_prices import GivenPrices, read_contracts
from pvmap.planning.policy.plan_classes import plan_class
from pvmap.planning.profiles import Shapes
from pvmap.settings.city import TableInput

CELLS = [(month, hour) for month in range(1, 13) for hour in range(24)]


def contract(folder: Path, rows: list[str], *, encoding: str = "utf-8", head: str = "class,month,hour,price", **given):
    (folder / "retail_contract.csv").write_text("\n".join((head, *rows)), encoding=encoding)
    return read_contracts(TableInput(path="retail_contract.csv", **given), folder)


def test_a_contract_is_read_as_bureaus_write_it(tmp_path):
    plain, told = contract(tmp_path, [f"commercial,{m},{h},{0.3 + m / 100 + h / 1000}" for m, h in CELLS])
    assert told == []
    assert plain["commercial"][6, 13] == pytest.approx(0.383) and plain["commercial"].shape == (12, 24)
    names = {"class": "用户类别", "month": "月份", "hour": "时段", "price": "电价"}
    rows = [f"商业,{m}月,{h + 1},{300 + 10 * m + h}元/兆瓦时" for m, h in CELLS]
    again, told = contract(tmp_path, rows, encoding="gbk", head=",".join(names.values()), columns=names)
    np.testing.assert_allclose(again["commercial"], plain["commercial"])
    assert [one.code for one in told] == ["encoding-guessed", "hours-labelled-by-their-end"]


def test_a_word_for_several_uses_stands_behind_that_of_one(tmp_path):
    rows = [f"{word},{m},{h},{price}" for word, price in (("工业", 0.6), ("industrial_steel", 0.5)) for m, h in CELLS]
    known, _ = contract(tmp_path, rows)
    assert {use: float(price.mean()) for use, price in known.items()} == pytest.approx(
        {"industrial_steel": 0.5, "industrial_concrete": 0.6}
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("commercial,13,0,0.5", "line 290: month '13' is outside [1, 12]"),
        ("commercial,1,25,0.5", "line 290: hour '25' is outside [0, 24]"),
        ("commercial,1,1.5,0.5", "line 290: hour '1.5' is empty or no whole number"),
        ("commercial,1,24,0.5", "line 2: hour '0' stands beside an hour 24"),
        ("commercial,1,0,-1", "line 290: price '-1' is below 0"),
        ("commercial,1,0,", "line 290: price '' is empty"),
        ("commercial,1,0,0.5", "line 290: class 'commercial' has an hour of a month twice"),
        ("education,1,0,0.5", "line 290: class 'education' lacks 287 of 288 hours, first hour 1 of month 1"),
        ("fishpond,1,0,0.5", "line 290: class 'fishpond' is none of"),
        (",1,0,0.5", "line 290: class '' is empty"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(tmp_path, row, told):
    with pytest.raises(InputError) as refused:
        contract(tmp_path, [*(f"commercial,{m},{h},0.5" for m, h in CELLS), row])
    assert told in str(refused.value)


@pytest.fixture(scope="module")
def valued(town, settings):
    t = town
    appraisal = appraise(t.sites, t.surfaces, t.yields, t.shade, t.exclusions, settings, t.profiles)
    return appraisal, Shapes.of(t.profiles, settings.city.utc_offset_hours)


def test_a_contract_goes_before_the_bands_and_for_its_users_alone(town, settings, valued):
    appraisal, shapes = valued
    before = value_hours(appraisal, town.sites, shapes, settings)
    given = GivenPrices(contracts={"commercial": np.full((12, 24), 0.5)})
    after = value_hours(appraisal, town.sites, shapes, settings, given)
    shops = (appraisal["building_use"] == "commercial").to_numpy()
    assert before.self_use_kwh[shops].sum() > 0
    np.testing.assert_allclose(after.self_use_cny[shops], 0.5 * before.self_use_kwh[shops])
    np.testing.assert_array_equal(after.self_use_cny[~shops], before.self_use_cny[~shops])
    np.testing.assert_array_equal(after.self_use_kwh, before.self_use_kwh)


def test_large_and_general_roofs_may_have_contracts_of_their_own(town, valued):
    appraisal, shapes = valued
    size = float(appraisal.loc[appraisal["building_use"] == "commercial", "capacity_kwac"].median())
    given = settings_of(build_out={"large_mwac": size / 1e3})
    flat = {name: np.full((12, 24), price) for name, price in (("ci_general", 0.7), ("ci_large", 0.4))}
    worth = value_hours(appraisal, town.sites, shapes, given, GivenPrices(contracts=flat))
    classes = plan_class(appraisal, given)
    used = worth.self_use_kwh > 0
    for name, price in (("ci_general", 0.7), ("ci_large", 0.4)):
        here = used & (classes == name)
        assert here.any()
        np.testing.assert_allclose(worth.self_use_cny[here], price * worth.self_use_kwh[here])
    homes = used & ~np.isin(classes, list(flat))
    np.testing.assert_allclose(
        worth.self_use_cny[homes], value_hours(appraisal, town.sites, shapes, given).self_use_cny[homes]
    )


def test_batteries_behind_the_meter_pay_the_contract(town, settings, valued):
    appraisal, shapes = valued
    prices = 0.3 + np.arange(288.0).reshape(12, 24) / 1000
    given = GivenPrices(contracts={"commercial": prices})
    market = np.zeros(len(shapes.times))
    of_use = users(appraisal, town.sites, shapes, market, settings, given)
    local = shapes.times.tz_convert("Etc/GMT-8")
    np.testing.assert_allclose(of_use["commercial"].prices.buy, 1e3 * prices[local.month - 1, local.hour])
    before = users(appraisal, town.sites, shapes, market, settings)["health"]
    np.testing.assert_array_equal(of_use["health"].prices.buy, before.prices.buy)
