"""Cleaning geometries: counting, repair, slivers, duplicates."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pvmap.sources.polygons import SLIVER_AREA_M2, Parts, clean_each, refuse_duplicates

SQUARE = "((0 0, 10 0, 10 10, 0 10, 0 0))"


def tidy(wkt: list[str | None], *, explode=True, kinds=("Polygon",), known=None, attributes=None) -> Parts:
    geometry = shapely.from_wkt(np.array(wkt, dtype=object), on_invalid="ignore")
    n = len(geometry)
    parts = clean_each(geometry, lambda xy: xy, kinds=kinds, explode=explode, lost=np.zeros(n, bool))
    refuse_duplicates(
        parts,
        np.zeros(n, "int64") if known is None else np.array(known),
        pd.DataFrame(index=range(n)) if attributes is None else attributes,
    )
    assert (np.diff(parts.row) >= 0).all()
    assert set(parts.row) == set(range(n))  # no row is lost
    for row in range(n):  # parts of a row are numbered from 0 without gaps
        assert parts.number[parts.row == row].tolist() == list(range((parts.row == row).sum()))
        assert (parts.n_of_row[parts.row == row] == (parts.row == row).sum()).all()
    assert (shapely.is_valid(parts.geometry[parts.kept])).all()
    return parts


@pytest.mark.parametrize(
    ("wkt", "reasons"),
    [
        (f"POLYGON {SQUARE}", [""]),
        (f"POLYGON Z {SQUARE.replace(' 0', ' 0 5').replace(' 10', ' 10 5')}", None),
        (None, ["no geometry"]),
        ("POLYGON EMPTY", ["empty geometry"]),
        ("MULTIPOLYGON EMPTY", ["empty geometry"]),
        ("GEOMETRYCOLLECTION EMPTY", ["empty geometry"]),
        ("POINT (1 1)", ["wrong geometry type"]),
        ("LINESTRING (0 0, 9 9)", ["wrong geometry type"]),
        (f"MULTIPOLYGON ({SQUARE}, ((20 0, 30 0, 30 10, 20 0)))", ["", ""]),
        (f"MULTIPOLYGON ({SQUARE}, ((20 0, 20.1 0, 20 0.1, 20 0)))", ["", "sliver"]),
        (f"MULTIPOLYGON ({SQUARE}, {SQUARE})", ["", "duplicate"]),
        (f"GEOMETRYCOLLECTION (POLYGON {SQUARE}, POINT (1 1))", ["", "wrong geometry type"]),
        (f"GEOMETRYCOLLECTION (MULTIPOLYGON ({SQUARE}, ((20 0, 30 0, 30 10, 20 0))), POINT EMPTY)", None),
        ("POLYGON ((0 0, 10 0, 10 NaN, 0 10, 0 0))", ["coordinates not finite"]),
        ("POLYGON ((0 0, 10 10, 10 0, 0 10, 0 0))", ["", ""]),  # a figure of eight: two parts
        ("POLYGON ((0 0, 10 0, 0 0, 10 0, 0 0))", ["no area"]),
        ("POLYGON ((0 0, 100 0, 100 0.4, 0 0.4, 0 0))", ["sliver"]),  # 40 m2, 0.4 m wide
        ("POLYGON ((0 0, 100 0, 100 0.6, 0 0.6, 0 0))", [""]),
        ("POLYGON ((0 0, 0.9 0, 0.9 0.9, 0 0.9, 0 0))", ["sliver"]),
        ("POLYGON ((0 0, 1.1 0, 1.1 1.1, 0 1.1, 0 0))", [""]),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value encountered in from_wkt")
def test_each_geometry_is_kept_or_refused_for_its_reason(wkt, reasons):
    parts = tidy([wkt])
    if reasons is not None:
        assert parts.reason.tolist() == reasons
    assert (parts.detail[~parts.kept] != "").all()
    assert not shapely.has_z(parts.geometry[parts.kept]).any()


@pytest.mark.parametrize("explode", [True, False])
def test_an_outline_that_crosses_itself_everywhere_is_refused_at_once(explode):
    tangle = shapely.Polygon(np.random.default_rng(1).uniform(0, 200, (3_000, 2))).wkt  # minutes to make valid
    assert tidy([tangle, f"POLYGON {SQUARE}"], explode=explode).reason.tolist() == ["crosses itself too often", ""]


def test_a_careless_layer_whose_parts_overlap_their_neighbours_is_repaired():
    east, north = np.arange(20_000) % 200, np.arange(20_000) // 200
    layer = shapely.MultiPolygon(list(shapely.box(east, north, east + 1.1, north + 1.1)))
    parts = tidy([layer.wkt], explode=False)
    assert parts.reason.tolist() == [""]
    assert shapely.area(parts.geometry)[0] == pytest.approx(200.1 * 100.1)


def test_parts_stay_together_where_asked():
    parts = tidy([f"MULTIPOLYGON ({SQUARE}, ((20 0, 30 0, 30 10, 20 0)))"], explode=False)
    assert parts.reason.tolist() == [""]
    assert shapely.area(parts.geometry)[0] == 150.0


def test_of_a_collection_that_stays_together_the_areas_count():
    wkt = f"GEOMETRYCOLLECTION (POINT (1 1), POLYGON {SQUARE}, MULTIPOLYGON (((20 0, 30 0, 30 10, 20 0))))"
    parts = tidy([wkt, "GEOMETRYCOLLECTION (POINT (1 1))"], explode=False)
    assert parts.reason.tolist() == ["", "wrong geometry type"]
    assert shapely.area(parts.geometry[0]) == 150.0


@pytest.mark.parametrize("explode", [True, False])
def test_repair_keeps_what_a_ring_encloses(explode):
    """A ring that overlaps itself keeps the overlap as ground; parts that share an edge are not melted together."""
    loop = "POLYGON ((0 0, 10 0, 10 10, 4 10, 4 -5, 6 -5, 6 6, 0 6, 0 0))"
    shared = f"MULTIPOLYGON ({SQUARE}, ((10 0, 20 0, 20 10, 10 10, 10 0)))"
    parts = tidy([loop], explode=explode)
    hull = shapely.make_valid(shapely.from_wkt(loop), method="structure")
    assert len(parts.repaired) == 1
    assert shapely.area(parts.geometry[parts.kept]).sum() == pytest.approx(hull.area)
    assert tidy([shared]).kept.sum() == 2
    assert len(tidy([shared]).repaired) == 0


def test_duplicates_whatever_vertex_they_begin_with():
    ring = [(0, 0), (10, 0), (10, 10), (0, 12)]
    turned = [shapely.Polygon(ring[k:] + ring[:k]) for k in range(4)]
    backward = [shapely.Polygon(list(polygon.exterior.coords)[::-1]) for polygon in turned]
    moved = shapely.transform(turned[0], lambda xy: xy + 0.001)
    parts = tidy([shapely.to_wkt(p, rounding_precision=6) for p in (*turned, *backward, moved)])
    assert parts.reason.tolist() == ["", *["duplicate"] * 7, ""]
    assert set(parts.detail[1:8]) == {"part 0 of row 0"}


def test_of_duplicates_the_best_known_is_kept():
    parts = tidy([f"POLYGON {SQUARE}"] * 4, known=[0, 1, 2, 2])
    assert parts.reason.tolist() == ["duplicate", "duplicate", "", "duplicate"]
    assert set(parts.detail[~parts.kept]) == {"part 0 of row 2"}


def test_equal_bounds_are_not_equal_shapes():
    parts = tidy(["POLYGON ((0 0, 10 0, 10 10, 0 0))", "POLYGON ((0 0, 10 10, 0 10, 0 0))"])
    assert parts.kept.all()


COORDINATE = st.integers(-30, 30)
RING = st.lists(st.tuples(COORDINATE, COORDINATE), min_size=3, max_size=8).map(shapely.Polygon)
GEOMETRY = st.one_of(
    st.none(),
    RING,
    RING,
    st.lists(RING, max_size=4).map(shapely.MultiPolygon),
    st.tuples(COORDINATE, COORDINATE).map(shapely.Point),
    st.sampled_from([shapely.Polygon(), shapely.Point(), shapely.MultiPolygon(), shapely.GeometryCollection()]),
    st.lists(RING, max_size=2).map(shapely.GeometryCollection),
    st.just(shapely.box(0, 0, 5, 5)),
    st.just(shapely.box(0, 0, 5, 5, ccw=False)),
)


@given(st.lists(GEOMETRY, min_size=1, max_size=12), st.booleans())
def test_everything_read_is_kept_or_refused(geometries, explode):
    """Rows + parts exploded = kept + refused, and what is kept is sound, whatever comes."""
    wkt = [None if g is None else shapely.to_wkt(g) for g in geometries]
    parts = tidy(wkt, explode=explode)
    kept = parts.geometry[parts.kept]
    assert parts.kept.sum() + (parts.reason != "").sum() == len(parts.row)
    if not explode:
        assert len(parts.row) == len(geometries)
    types = set(shapely.get_type_id(kept).tolist())
    assert types <= ({shapely.GeometryType.POLYGON} | (set() if explode else {shapely.GeometryType.MULTIPOLYGON}))
    assert (shapely.area(kept) >= SLIVER_AREA_M2).all()
    normal = shapely.to_wkb(shapely.normalize(kept))
    assert len(set(normal)) == len(normal)
    assert len(parts.repaired) <= len(parts.row)
    # Cleaning what is clean changes nothing.
    again = tidy([shapely.to_wkt(g, rounding_precision=17) for g in kept], explode=explode) if len(kept) else None
    assert again is None or (len(again.repaired) == 0 and again.kept.sum() >= 0.99 * len(kept))
