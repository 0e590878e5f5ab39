"""Numbers as people write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pvmap.sources.numbers import read_numbers


@pytest.mark.parametrize(
    ("text", "quantity", "value"),
    [
        ("12.5", "height_m", 12.5),
        ("12.5m", "height_m", 12.5),
        ("12.5 米", "height_m", 12.5),
        ("约１２．５米", "height_m", 12.5),
        ("12,5", "height_m", 12.5),
        ("1,200 cm", "height_m", 12.0),
        ("30 ft", "height_m", 9.144),
        ("6层", "height_m", np.nan),  # storeys are no metres
        ("5-8", "height_m", np.nan),
        ("3层", "floors", 3.0),
        ("十二层", "floors", 12.0),
        ("三", "floors", 3.0),
        ("6F", "floors", 6.0),
        ("12 m", "floors", np.nan),
        ("600 kW", "capacity_mw", 0.6),
        ("0.6 MWp", "capacity_mw", 0.6),
        ("2万千瓦", "capacity_mw", 20.0),
        ("tall", "height_m", np.nan),
    ],
)
def test_units_and_spellings(text, quantity, value):
    numbers = read_numbers(pd.Series([text, "7"]), quantity)
    np.testing.assert_allclose(numbers.values, [value, 7.0])
    assert numbers.unreadable.tolist() == [np.isnan(value), False]


@pytest.mark.parametrize("nothing", ["", None, "-", "/", "NULL", "nan", "无", np.nan])
def test_words_for_nothing_are_missing_not_wrong(nothing):
    numbers = read_numbers(pd.Series([nothing, "7"], dtype=object), "height_m")
    assert np.isnan(numbers.values[0]) and not numbers.unreadable.any()


def test_numbers_need_no_words():
    numbers = read_numbers(pd.Series([1, None], dtype="Int64"), "floors")
    np.testing.assert_array_equal(numbers.values, [1.0, np.nan])
    assert not numbers.worded.any()


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1,250", "0,5"], [1.25, 0.5]),
        (["1,250", "12,34", "7"], [1.25, 12.34, 7.0]),
        (["1,250", "1.234,5"], [1.25, 1234.5]),
        (["1.250", "1.234,5", "7", "0.125"], [1250.0, 1234.5, 7.0, 0.125]),
        (["1.250 MW", "12,5"], [1.25, 12.5]),
        (["1,250", "1234,567"], [1.25, 1234.567]),
        (["1,250 MW", "0,5兆瓦"], [1.25, 0.5]),
        (["1,250", "2,000"], [1250.0, 2000.0]),
        (["1,250", "1,250.5"], [1250.0, 1250.5]),
        (["1,250,000", "12"], [1_250_000.0, 12.0]),
        (["-1,250", "-0,5"], [-1.25, -0.5]),
        (["0,125", "1,250"], [0.125, 1.25]),
    ],
)
def test_one_decimal_comma_tells_of_its_column(texts, values):
    np.testing.assert_allclose(read_numbers(pd.Series(texts), "capacity_mw").values, values)


def test_a_column_that_contradicts_itself_is_read_number_by_number():
    numbers = read_numbers(pd.Series(["1,250", "0,5", "1,250.5"]), "capacity_mw")
    np.testing.assert_allclose(numbers.values, [1250.0, 0.5, 1250.5])


@pytest.mark.parametrize(
    ("title", "quantity", "values"),
    [
        ("容量", "kva", [63.0, 400.0]),
        ("额定容量（MVA）", "kva", [63_000.0, 400.0]),
        ("额定容量/ＭＶＡ", "kva", [63_000.0, 400.0]),
        ("容量 [兆伏安]", "kva", [63_000.0, 400.0]),
        ("容量（最大）", "kva", [63.0, 400.0]),
        ("容量（2025年）/MVA", "kva", [63_000.0, 400.0]),
    ],
)
@pytest.mark.parametrize("text", [True, False])
def test_the_unit_of_a_title_is_that_of_bare_numbers(title, quantity, values, text):
    given = pd.Series(["63", "400 kVA"]) if text else pd.Series([63.0, 0.4 if values[0] > 100 else 400.0])
    np.testing.assert_allclose(read_numbers(given, quantity, title).values, values)


@pytest.mark.parametrize("marked", ["1250①", "1250¹", "12.5 m²", "½"])
def test_marks_of_footnotes_are_no_digits(marked):
    numbers = read_numbers(pd.Series([marked, "7"]), "height_m")
    assert np.isnan(numbers.values[0]) and numbers.unreadable.tolist() == [True, False]
