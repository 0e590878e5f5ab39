"""Words of files: synonyms, codes, parts of compounds, and what nobody knows."""

from __future__ import annotations

import pandas as pd
import pytest

from pvmap.errors import ConfigError
from pvmap.findings import Finding
from pvmap.settings.city import VectorInput
from pvmap.settings.words import USE_WORDS, WATER_WORDS
from pvmap.sites import SITE_TYPES
from pvmap.sites.reasons import SOURCE_REASONS
from pvmap.sites.words import read_words
from pvmap.tables.vocabulary import BUILDING_USES


def squares(town, n):
    return [town.rectangle(400, 300, at=(500.0 * k, 0.0)) for k in range(n)]


def read(town, kind, source=None, **columns):
    """Sites, and findings by code."""
    n = len(next(iter(columns.values())))
    given = VectorInput(path="in.geojson", columns={name: name for name in columns}, **(source or {}))
    sites, _, found = SITE_TYPES[kind].read([town.layer(squares(town, n), **columns)], [given], town.settings())
    return sites, {one.code: one for one in found if not one.code.startswith("heights")}


def test_no_word_has_two_meanings():
    for table in (USE_WORDS, WATER_WORDS):
        words = [word for of_meaning in table.values() for word in of_meaning]
        assert len(words) == len(set(words))
    assert set(USE_WORDS) <= {*BUILDING_USES, "industrial", "residential"}


@pytest.mark.parametrize(
    ("word", "use"),
    [
        ("工业", "industrial_concrete"),
        ("Warehouse", "industrial_concrete"),
        ("0601", "industrial_concrete"),
        ("0601 工业用地", "industrial_concrete"),
        ("semidetached_house", "residential_low"),
        ("APARTMENTS", "residential_low"),
        ("农村宅基地", "residential_rural"),
        ("School", "education"),
        ("医院", "health"),
        ("车库", "other"),
    ],
)
def test_uses_that_files_have(town, word, use):
    sites, found = read(town, "rooftop", building_use=[word])
    assert sites["building_use"].tolist() == [use]
    assert not found


@pytest.mark.parametrize(
    ("word", "use"),
    [("医院家属楼", "residential_low"), ("职工宿舍楼", "residential_low"), ("primary school", "education")],
)
def test_a_compound_counts_as_its_last_word_and_is_told(town, word, use):
    sites, found = read(town, "rooftop", building_use=[word])
    assert sites["building_use"].tolist() == [use]
    assert word in found["words-read-by-part"].sentence()


def test_unknown_uses_are_listed_and_missing_ones_counted(town):
    sites, found = read(
        town, "rooftop", {"default_use": "commercial"}, building_use=["zzz", "zzz", "yes", "", "非住宅"]
    )
    assert set(sites["building_use"]) == {"commercial"}
    unknown = found["use-words-not-known"]
    assert (unknown.count, unknown.total, unknown.rows) == (3, 5, (0, 1, 4))
    assert "zzz" in unknown.sentence() and "非住宅" in unknown.sentence("zh")
    assert found["uses-missing"].count == 2


@pytest.mark.parametrize(
    ("word", "share"),
    [
        ("是", 0.85),
        ("含", 0.85),
        ("TRUE", 0.85),
        ("1.0", 0.85),
        (1, 0.85),
        ("√", 0.85),
        ("否", 1.0),
        ("不含", 1.0),
        (0, 1.0),
    ],
)
def test_dykes(town, word, share):
    ponds, found = read(town, "fishpond", includes_dykes=[word])
    assert ponds["water_share"].tolist() == [share] and not found


def test_an_unknown_word_on_dykes_leaves_the_setting_and_is_told(town):
    ponds, found = read(town, "fishpond", includes_dykes=["也许"])
    assert ponds["water_share"].tolist() == [1.0] and ponds["confidence"].tolist() == ["C"]
    assert "也许" in found["dyke-words-not-known"].sentence()
    ponds, found = read(town, "fishpond", {"words": {"也许": "yes"}}, includes_dykes=["也许"])
    assert ponds["water_share"].tolist() == [0.85] and not found


@pytest.mark.parametrize(
    ("word", "banned"),
    [
        ("水库水面", True),
        ("大型水库", True),
        ("1103", True),
        ("River", True),
        ("河流", True),
        ("pond", False),
        ("养殖坑塘", False),
    ],
)
def test_waters(town, word, banned):
    ponds, found = read(town, "fishpond", water_type=[word])
    assert (ponds["excluded_by"] != "").tolist() == [banned]
    assert set(found) <= {"words-read-by-part"}


def test_an_unknown_water_is_kept_and_told(town):
    ponds, found = read(town, "fishpond", water_type=["天池"])
    assert ponds["excluded_by"].tolist() == [""] and found["water-words-not-known"].count == 1


@pytest.mark.parametrize(
    "word", ["", "-", "/", "——", "正常", "normal", "None", "n/a", "无", "0", 0, 0.0, False, "在用"]
)
def test_remarks_that_leave_nobody_out(town, word):
    sites, found = read(town, "mine", excluded=[str(word)])
    assert sites["excluded_by"].tolist() == [""] and not found


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("拟拆除", "demolition"),
        ("违章建筑", "illegal"),
        ("文保", "heritage"),
        ("临建", "temporary"),
        ("1", "stated"),
        ("是", "stated"),
    ],
)
def test_remarks_that_leave_out(town, word, reason):
    sites, found = read(town, "rooftop", excluded=[word])
    assert sites["excluded_by"].tolist() == [SOURCE_REASONS[reason]]
    assert set(found) == {"uses-missing"}


def test_an_unknown_remark_leaves_out_as_it_stands_and_is_told(town):
    sites, found = read(town, "mine", excluded=["church of St. X", ""])
    assert sites["excluded_by"].tolist() == ["church of St. X", ""]
    assert found["remarks-not-known"].count == 1
    sites, found = read(town, "mine", {"words": {"church of St. X": "kept"}}, excluded=["church of St. X", ""])
    assert sites["excluded_by"].tolist() == ["", ""] and not found


def test_words_of_the_city_file_must_mean_something(town):
    with pytest.raises(ConfigError, match=r"words.lagune = 'sea' is not known; use one of"):
        read(town, "fishpond", {"words": {"lagune": "sea"}}, water_type=["lagune"])


def test_text_of_a_file_is_no_template():
    one = read_words(pd.Series(["{total}{0}"]), {"yes": ()}, parts=True)
    found = one.findings(
        VectorInput(path="x"), "excluded", pd.DataFrame({"source_row": [0], "site_id": ["a"]}), "remarks-not-known"
    )
    assert isinstance(found[0], Finding) and "{total}{0}" in found[0].sentence()
