"""Findings of parts add up to those of the whole, in any cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pvmap.findings import CATALOGUE, add_up, finding, from_record


def one(layer: str, count: int, first: int):
    return finding("polygons-repaired", layer=layer, count=count, total=2 * count, rows=range(first, first + count))


@given(st.lists(st.tuples(st.sampled_from(["a.shp", "b.shp"]), st.integers(1, 9), st.integers(0, 99)), max_size=8))
def test_parts_add_up_whatever_the_cut(parts):
    every = [one(*part) for part in parts]
    whole = add_up(every)
    for cut in range(len(every) + 1):
        assert add_up([*add_up(every[:cut]), *add_up(every[cut:])]) == whole
    for found in whole:
        mine = [part for part in parts if part[0] == found.layer]
        assert found.count == sum(count for _, count, _ in mine)
        assert found.total == 2 * found.count
        assert found.rows == tuple(row for _, n, first in mine for row in range(first, first + n)[:5])[:5]


def test_text_of_a_file_is_never_a_template():
    told = finding("polygons-repaired", layer="{total}{0.__class__}", count=1, total=7).sentence()
    assert told.startswith("{total}{0.__class__}: 1 of 7")


def test_a_record_reads_back():
    found = one("a.shp", 2, 5)
    record = found.as_record()
    assert from_record(record) == found
    assert record["severity"] == "note" and "a.shp" in record["sentence_zh"]


def test_codes_are_unique():
    from pvmap.findings.catalogue import TOPICS

    codes = [kind.code for topic in TOPICS for kind in topic.KINDS]
    assert len(codes) == len(set(codes)) == len(CATALOGUE)


def test_a_column_of_ours_has_a_chinese_name_and_one_of_a_file_keeps_its_own() -> None:
    values = {"count": 1, "total": 5, "theirs": "height_m", "value": "-9999", "rows": (3,)}
    told = finding("values-implausible", layer="a.csv", column="height_m", **values)
    assert "“height_m”（高度）" in told.sentence("zh") and "'height_m' (height_m)" in told.sentence("en")
    own = finding("values-read-from-text", layer="a.csv", column="floors", **values)
    assert "字段 floors" in own.sentence("zh")
    assert finding("weather-gaps-filled", layer="typical", column="ghi", total=9).sentence("zh").startswith("典型年：")
