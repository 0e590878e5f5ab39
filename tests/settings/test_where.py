"""What a place says: whose rules hold and by what clock; places and clocks by general knowledge."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from pvmap.settings.city import Settings
from pvmap.settings.countries.where import guess, standard_hours, zone_of

IN_CHINA = {
    "Beijing": (116.40, 39.90), "Shanghai": (121.47, 31.23), "Zhenjiang": (119.45, 32.20), "Wenzhou": (120.70, 28.00),
    "Shenzhen": (114.06, 22.54), "Zhuhai": (113.57, 22.27), "Xiamen": (118.09, 24.48), "Sanya": (109.51, 18.25),
    "Beihai": (109.12, 21.48), "Nanning": (108.37, 22.82), "Kunming": (102.71, 25.04), "Baoshan": (99.17, 25.11),
    "Lhasa": (91.13, 29.65), "Shigatse": (88.88, 29.27), "Kashgar": (75.99, 39.47), "Hotan": (79.92, 37.11),
    "Urumqi": (87.62, 43.82), "Yining": (81.32, 43.92), "Altay": (88.14, 47.85), "Jiuquan": (98.50, 39.73),
    "Baotou": (109.84, 40.66), "Xilinhot": (116.09, 43.95), "Hailar": (119.74, 49.21), "Harbin": (126.63, 45.75),
    "Jiamusi": (130.36, 46.80), "Shenyang": (123.43, 41.80), "Weihai": (122.12, 37.51), "Zhoushan": (122.20, 30.00),
    "Dandong": (124.38, 40.12), "Ruili": (97.85, 24.01), "Manzhouli": (117.45, 49.60), "Hunchun": (130.36, 42.86),
    "Dongxing": (107.97, 21.55), "Horgos": (80.41, 44.21),
}  # fmt: skip
NEIGHBOURS = {
    "Ulaanbaatar": (106.92, 47.92), "Sainshand": (110.14, 44.89), "Dalanzadgad": (104.43, 43.57),
    "Choibalsan": (114.50, 48.07), "Khovd": (91.64, 48.01), "Seoul": (126.98, 37.57), "Jeju": (126.53, 33.50),
    "Pyongyang": (125.75, 39.03), "Sinuiju": (124.40, 40.10), "Hyesan": (128.18, 41.40), "Musan": (129.20, 42.23),
    "Hanoi": (105.85, 21.03), "Lao Cai": (103.97, 22.49), "Ha Giang": (104.98, 22.83), "Mong Cai": (107.97, 21.52),
    "Kathmandu": (85.32, 27.72), "Lo Manthang": (83.96, 29.18), "Simikot": (81.82, 29.97), "Thimphu": (89.64, 27.47),
    "Almaty": (76.95, 43.25), "Zharkent": (80.00, 44.16), "Zaysan": (84.87, 47.47), "Oskemen": (82.61, 49.95),
    "Bishkek": (74.60, 42.87), "Naryn": (75.99, 41.43), "Karakol": (78.39, 42.49), "Osh": (72.80, 40.53),
    "Murghab": (73.97, 38.17), "Gilgit": (74.31, 35.92), "Leh": (77.58, 34.16), "Delhi": (77.21, 28.61),
    "Gangtok": (88.61, 27.33), "Myitkyina": (97.40, 25.38), "Lashio": (97.75, 22.93), "Kengtung": (99.61, 21.29),
    "Phongsali": (102.10, 21.68), "Vientiane": (102.60, 17.97), "Vladivostok": (131.88, 43.12),
    "Khabarovsk": (135.07, 48.48), "Blagoveshchensk": (127.53, 50.27), "Zabaykalsk": (117.33, 49.65),
    "Naha": (127.68, 26.21), "Fukuoka": (130.40, 33.59), "Laoag": (120.59, 18.20), "Delft": (4.36, 52.01),
    "Boulder": (-105.27, 40.01), "Hong Kong": (114.17, 22.30),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_CHINA)
def test_cities_of_china(name: str) -> None:
    assert guess(*IN_CHINA[name]) == "CN"


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_no_neighbour_is_taken_for_china(name: str) -> None:
    assert guess(*NEIGHBOURS[name]) == "generic"


CLOCKS = {
    "Delft": (4.36, 52.01, 1.0), "Vigo": (-8.72, 42.23, 1.0), "Dublin": (-6.26, 53.35, 0.0),
    "Boulder": (-105.27, 40.01, -7.0), "Phoenix": (-112.07, 33.45, -7.0), "Caracas": (-66.90, 10.48, -4.0),
    "Sydney": (151.21, -33.87, 10.0), "Delhi": (77.21, 28.61, 5.5), "Kathmandu": (85.32, 27.72, 5.75),
    "Kashgar": (75.99, 39.47, 8.0), "Lhasa": (91.13, 29.65, 8.0), "Almaty": (76.95, 43.25, 5.0),
}  # fmt: skip


@pytest.mark.parametrize("name", CLOCKS)
def test_standard_time_is_that_of_the_law(name: str) -> None:
    longitude, latitude, hours = CLOCKS[name]
    assert standard_hours(zone_of(longitude, latitude)) == hours


def generic(**more: object) -> dict:
    return {"city": {"name": "a", "title_zh": "", "title_en": "", "country": "generic"}, **more}


def test_a_window_tells_the_clock() -> None:
    boulder = Settings.model_validate(generic(fetch={"window": [-105.3, 39.9, -105.2, 40.1]}))
    assert boulder.city.utc_offset_hours == -7.0


@pytest.mark.parametrize(
    ("fetch", "says"),
    [
        ({}, "utc_offset_hours is missing"),
        ({"window": [4, 52, 3, 53]}, "west, south, east, north"),
        ({"window": [4, 52, 5, 530]}, "west, south, east, north"),
        ({"window": ["a", 52, 5, 53]}, "valid number"),
        ({"window": 7}, "valid tuple"),
    ],
)
def test_a_window_that_is_none_is_refused_as_such(fetch: dict, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Settings.model_validate(generic(fetch=fetch))
