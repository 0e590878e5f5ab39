"""Sentinels and mistaken columns are noticed, and honest columns are left alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pvmap.sources.heights import doubt_heights, tell_fillings, without_sentinels

RANDOM = np.random.default_rng(1)
HOUSES = np.round(RANDOM.uniform(2.6, 60.0, 200), 1)


@pytest.mark.parametrize("sentinel", [99.0, 255.0, 888.0])
@pytest.mark.parametrize("times", [1, 5])
def test_a_filler_far_above_the_town_is_set_aside(sentinel, times):
    town = HOUSES[HOUSES < 45.0]
    values, bad = without_sentinels(np.r_[town, [sentinel] * times], "height_m")
    assert bad.sum() == times and np.isnan(values[-times:]).all()
    np.testing.assert_array_equal(values[:-times], town)


def test_a_tower_among_towers_stays():
    skyline = np.arange(200.0, 300.0, 5.0)
    assert not without_sentinels(np.r_[HOUSES, skyline], "height_m")[1].any()


def test_a_class_of_heights_among_classes_stays():
    classes = np.repeat([18.0, 41.0, 64.0, 88.0, 111.0, 134.0], [400, 70, 40, 25, 14, 4])
    assert not without_sentinels(classes, "height_m")[1].any()
    _, bad = without_sentinels(np.r_[classes, 888.0], "height_m")
    assert bad.sum() == 1 and bad[-1]


def test_a_filler_is_one_in_any_unit():
    town = HOUSES[HOUSES < 45.0]
    feet = np.r_[town, 999.0, 999.0]
    _, bad = without_sentinels(feet * 0.3048, "height_m", feet)
    assert bad.sum() == 2 and bad[-2:].all()


@pytest.mark.parametrize(("value", "times", "set_aside"), [(500.0, 3, 3), (500.0, 2, 0), (160.0, 3, 0)])
def test_only_what_no_city_builds_three_times_is_a_filler_without_being_known_as_one(value, times, set_aside):
    assert without_sentinels(np.r_[HOUSES, [value] * times], "height_m")[1].sum() == set_aside


@pytest.mark.parametrize(
    ("heights", "told"),
    [
        ([6.0] * 12, ["heights-alike"]),
        ([6.0] * 9, []),
        ([10.0] * 8 + [7.2, 9.1, 12.4, 6.6], ["heights-alike"]),
        ([3.0, 4, 5, 6, 6, 11, 18] * 3, ["heights-in-whole-metres"]),
        ([6.0, 11, 17, 18, 26, 33] * 9, ["heights-in-whole-metres"]),
        ([9.0, 12, 18, 21, 33] * 9, []),
        ([3.0] * 20 + [4.2 + 0.31 * k for k in range(40)], ["heights-alike"]),
        (list(np.round(HOUSES)), []),
        (list(HOUSES), []),
    ],
)
def test_what_only_its_maker_can_know_is_told(heights, told):
    frame = pd.DataFrame({"height_m": heights})
    assert [one.code for one in tell_fillings(frame, {"height_m": "h"}, "b.shp")] == told


def doubts(**columns):
    names = {name: columns.pop(f"named_{name}", name) for name in ("height_m", "floors") if name in columns}
    frame = pd.DataFrame(columns)
    return [(one.code, one.count) for one in doubt_heights(frame, names, "b.shp", np.arange(len(frame)))]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"height_m": HOUSES}, []),
        ({"height_m": np.round(HOUSES)}, []),  # whole metres
        ({"height_m": [8.0] * 30}, []),
        ({"height_m": [1.0, 2, 3, 4, 5, 6, 20, 33] * 8}, [("heights-look-like-storeys", 64)]),
        ({"height_m": [6.0, 11, 18, 33] * 5, "named_height_m": "层数"}, [("heights-look-like-storeys", 20)]),
        ({"height_m": [6.0, 11, 18, 33], "floors": [6.0, 11, 18, 33]}, [("heights-look-like-storeys", 4)]),
        ({"height_m": HOUSES, "named_height_m": "ft_of_roof"}, [("heights-in-feet", 200)]),
        ({"height_m": HOUSES, "named_height_m": "height_ft"}, []),  # a title that tells a unit: they were converted
        ({"height_m": [1.0, 1.5, 2.0, 2.5, 3.0, 6.0] * 2}, [("heights-look-like-storeys", 12)]),
        ({"height_m": [*HOUSES, 0.1, 1.0, 1.0]}, [("heights-too-low", 1)]),
        ({"height_m": [*HOUSES[:30], 1.0, 1.0]}, [("heights-too-low", 2)]),
        ({"height_m": [*HOUSES, 1.0]}, []),
        ({"height_m": HOUSES * 10.0}, [("heights-too-high", 200)]),
        ({"height_m": HOUSES + 310.0}, [("heights-too-high", 200)]),
        ({"height_m": [500.0] * 20}, [("heights-too-high", 20)]),
        ({"height_m": [24.0] * 20}, []),
        ({"height_m": [9.0, 12.0, 300.0]}, [("values-stand-out", 1)]),
        ({"height_m": [9.0, 12.0, 120.0]}, []),
        ({"floors": [1.0, 6.0, 18.0, 60.0]}, [("values-stand-out", 1)]),
        ({"floors": [3.0, 9.0, 12.0, 18.0, 36.0] * 4}, [("storeys-look-like-metres", 20)]),
        ({"floors": [3.0, 6.0, 11.0, 18.0, 33.0] * 4}, []),
        ({"floors": [3.0, 4.5, 6.0] * 9}, []),
        ({"floors": HOUSES}, [("storeys-look-like-metres", int(((2 * HOUSES) % 1 != 0).sum()))]),
        ({"height_m": [9.0, 90.0, 9.0], "floors": [3.0, 3.0, np.nan]}, [("heights-and-storeys-disagree", 1)]),
        ({"height_m": [9.0, 10.0], "floors": [3.0, 3.0]}, []),
    ],
)
def test_which_columns_are_doubted(columns, expected):
    assert doubts(**columns) == expected
