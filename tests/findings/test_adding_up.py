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
