"""Polygons survive cutting into tiles: every one, whole, with its holes."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from webmap.payloads import inflated
from webmap.tables import CRS, settings, write_run

from pvmap.store import read_table
from pvmap.webmap import encoding, exclusions, shown
from pvmap.webmap.build import build_map
from pvmap.webmap.shapes import EXTENT, flatten, mercator
from pvmap.webmap.tiles import cut

CALL = re.compile(r'pvmapTile\("([a-z-]+)","([a-z0-9_]+)","([^"]*)"\)')


def blocks(path: Path) -> dict[tuple[str, str], bytes]:
    """All blocks of a page, inflated."""
    text = path.read_text(encoding="utf-8")
    return {(a, b): inflated(c) for a, b, c in CALL.findall(text)}


def header(raw: bytes) -> dict:
    size = int.from_bytes(raw[:4], "little")
    return json.loads(raw[4 : 4 + size])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("run"), 800)


@pytest.fixture(scope="module")
def page(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_map(run, tmp_path_factory.mktemp("map"), settings())


def elsewhere(function: Callable[[Any], Any], parts: Sequence[Any]) -> list[Any]:
    """Do as workers do: parts come as bytes, may be done twice, and the last one first."""
    for one in parts:
        function(one)
    return [pickle.loads(pickle.dumps(function(pickle.loads(pickle.dumps(one))))) for one in reversed(parts)][::-1]


def test_the_map_is_the_same_whoever_makes_its_parts_and_however_small_they_are(
    run: Path, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose maker dies is made again, over what is left of the first attempt."""
    for module, name in ((shown, "AT_ONCE"), (exclusions, "AT_ONCE"), (encoding, "SITES_AT_ONCE")):
        monkeypatch.setattr(module, name, 37)
    before = sorted(run.rglob("*"))
    assert blocks(build_map(run, tmp_path, settings(), each=elsewhere)) == blocks(page)
    assert sorted(run.rglob("*")) == before


def test_every_site_has_one_owner(run: Path, page: Path) -> None:
    found = blocks(page)
    owned: list[str] = []
    for (layer, key), raw in found.items():
        if layer.endswith("-text"):
            tile = header(found[layer.removesuffix("-text"), key])
            owned += raw.decode().split("\x1d")[0].split("\x1e")[: tile["owned"]]
    assert sorted(owned) == sorted(read_table(run, "sites")["site_id"])


def test_polygons_come_back_whole(run: Path) -> None:
    """Areas, holes included, agree with the projected originals to the step of the tile grid."""
    sites = read_table(run, "sites")
    roofs = sites[sites["site_type"] == "rooftop"].reset_index(drop=True)
    shapes = flatten(np.asarray(roofs.geometry.array, object), pyproj.CRS(CRS), 14)
    x, y = mercator(roofs["longitude"].to_numpy(), roofs["latitude"].to_numpy(), 14)
    parts = cut(shapes, x, y)
    assert len(parts.order) == len(roofs) and parts.owned.sum() == len(roofs)
    area = np.zeros(len(roofs))
    for t, key in enumerate(parts.keys):
        mine = slice(parts.pair_start[t], parts.pair_start[t + 1])
        own = parts.owner[parts.pair_number[mine]] == key
        shape = parts.pair_shape[mine][own]
        px, py, per_ring, per_shape = shapes.take(shape, *divmod(int(key), 1 << 24))
        at = np.repeat(np.repeat(parts.pair_number[mine][own], per_shape), per_ring)
        end = np.cumsum(per_ring)
        following = np.arange(1, len(px) + 1)
        following[end - 1] = end - per_ring
        cross = px * py[following].astype(float) - px[following].astype(float) * py
        area += np.bincount(at, weights=cross / 2, minlength=len(roofs))
    scale = (mercator(np.array([0.0]), roofs["latitude"].to_numpy(), 14)[1] * 0 + 1) * EXTENT
    metres = 2 * np.pi * 6378137 * np.cos(np.radians(roofs["latitude"].to_numpy())) / 2**14 / scale
    expected = roofs["footprint_area_m2"].to_numpy()[parts.order]
    np.testing.assert_allclose(area * metres[parts.order] ** 2, expected, rtol=0.03, atol=4)
    courtyard = int(np.flatnonzero(parts.order == 10)[0])
    assert area[courtyard] * metres[10] ** 2 == pytest.approx(60 * 60 - 24 * 24, rel=0.02)


def test_a_site_larger_than_a_tile_is_cut_and_covers_the_same_ground(run: Path) -> None:
    sites = read_table(run, "sites")
    mines = sites[sites["site_type"] == "mine"]
    shapes = flatten(np.asarray(mines.geometry.array, object), pyproj.CRS(CRS), 14)
    pieces = shapes.piece_tile >= 0
    assert pieces.any() and set(shapes.site) == set(range(len(mines)))
    span = shapes.bounds[pieces]
    assert (span[:, 2:] - span[:, :2]).max() < 1.1
    keys = shapes.piece_tile[pieces]
    assert (np.abs(shapes.bounds[pieces][:, 0] - keys // (1 << 24)) < 1.1).all()


def test_multipolygons_are_one_site(tmp_path: Path) -> None:
    two = shapely.MultiPolygon(
        [shapely.box(500000, 3560000, 500020, 3560010), shapely.box(500030, 3560000, 500050, 3560010)]
    )
    one = shapely.box(500100, 3560000, 500120, 3560010)
    frame = gpd.GeoSeries([two, one], crs=CRS)
    shapes = flatten(np.asarray(frame.array, object), pyproj.CRS(CRS), 14)
    assert len(shapes.site) == 2 and np.diff(shapes.shape).tolist() == [2, 1]
