"""Heights by neighbours: as their street is built, whatever the order of rows, and better than the default."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from pvmap.settings.city import Settings, VectorInput
from pvmap.settings.rooftop import NearbyHeights, RooftopSettings
from pvmap.sites import SITE_TYPES
from pvmap.sites.nearby_heights import nearby_heights
from pvmap.sources.vector import read_vector

RULES = NearbyHeights()
SETTINGS = Settings.model_validate({"city": {"name": "a", "title_zh": "", "title_en": ""}})


def street(n: int, x: float) -> np.ndarray:
    """Houses 20 m apart."""
    return np.column_stack([np.full(n, x), 20.0 * np.arange(n)])


def two_quarters(unknown: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two streets 5 km apart, one 9 m and one 60 m high; every so many houses tell nothing."""
    xy = np.concatenate([street(50, 0.0), street(50, 5000.0)])
    truth = np.repeat([9.0, 60.0], 50)
    known = np.where(np.arange(100) % unknown == 0, np.nan, truth)
    return xy, truth, known


def test_a_missing_height_is_that_of_its_street() -> None:
    xy, truth, known = two_quarters()
    found = nearby_heights(xy, np.full(100, "other", object), known, np.full(100, 6.6), RULES)
    missing = np.isnan(known)
    np.testing.assert_array_equal(found.height_m[missing], truth[missing])
    assert np.isnan(found.height_m[~missing]).all()
    assert found.off_m == 0.0 and found.default_off_m == pytest.approx((60.0 + 9.0) / 2 - 6.6)


def test_far_from_all_others_it_is_the_median_of_the_use() -> None:
    xy = np.concatenate([street(40, 0.0), [[90_000.0, 0.0]]])
    known = np.append(np.repeat([8.0, 12.0], [25, 15]), np.nan)
    found = nearby_heights(xy, np.full(41, "other", object), known, np.full(41, 30.0), RULES)
    assert found.height_m[40] == 8.0


def test_neighbours_of_another_use_do_not_count() -> None:
    xy = np.concatenate([street(40, 0.0), street(40, 10.0)])
    uses = np.repeat(np.array(["residential_high", "education"], object), 40)
    known = np.repeat([80.0, 12.0], 40)
    known[60] = np.nan
    found = nearby_heights(xy, uses, known, np.full(80, 10.0), RULES)
    assert found.height_m[60] == 12.0


@pytest.mark.parametrize(
    ("n_known", "default"),
    [(29, 3.0), (60, 9.0)],
    ids=["too few are known", "the default is as good"],
)
def test_nothing_is_said_where_little_is_known_or_the_default_fits(n_known: int, default: float) -> None:
    known = np.append(np.full(n_known, 9.0), np.nan)
    xy = street(n_known + 1, 0.0)
    found = nearby_heights(xy, np.full(len(xy), "other", object), known, np.full(len(xy), default), RULES)
    assert np.isnan(found.height_m).all() and np.isnan(found.off_m)


def test_thirty_known_heights_of_a_use_are_enough() -> None:
    known = np.append(np.full(30, 9.0), np.nan)
    found = nearby_heights(street(31, 0.0), np.full(31, "other", object), known, np.full(31, 3.0), RULES)
    assert found.height_m[30] == 9.0


def test_the_order_of_rows_changes_nothing() -> None:
    """On a lattice many neighbours are equally far: which of them count must not hang on the file."""
    rng = np.random.default_rng(3)
    xy = np.stack(np.meshgrid(np.arange(20) * 25.0, np.arange(20) * 25.0), -1).reshape(-1, 2)
    known = np.where(rng.random(400) < 0.4, np.nan, rng.integers(1, 12, 400) * 3.0)
    uses, default = np.full(400, "other", object), np.full(400, 99.0)
    first = nearby_heights(xy, uses, known, default, RULES)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(400)
        again = nearby_heights(xy[order], uses[order], known[order], default[order], RULES)
        np.testing.assert_array_equal(again.height_m, first.height_m[order])
        assert again.off_m == pytest.approx(first.off_m, rel=1e-12)


def test_files_and_their_order_change_nothing_and_every_building_says_where_its_height_is_from(tmp_path: Path) -> None:
    xy, _, known = two_quarters()
    shapes = [shapely.box(x, y, x + 10, y + 10) for x, y in xy + np.array([500_000.0, 3_500_000.0])]
    frame = gpd.GeoDataFrame({"id": [f"b{i}" for i in range(100)], "h": known}, geometry=shapes, crs=32650)
    inputs = []
    for name, rows in (("all", slice(None)), ("odd", slice(1, None, 2)), ("even", slice(None, None, 2))):
        frame[rows].to_file(tmp_path / f"{name}.gpkg")
        columns = {"name": "id", "height_m": "h"}
        inputs.append(VectorInput.model_validate({"path": f"{name}.gpkg", "columns": columns}))
    layers = [read_vector(one, tmp_path, frame.crs) for one in inputs]
    whole, _, told = SITE_TYPES["rooftop"].read(layers[:1], inputs[:1], SETTINGS)
    parts, _, of_parts = SITE_TYPES["rooftop"].read(layers[1:], inputs[1:], SETTINGS)
    columns = ["height_m", "height_source", "confidence"]
    assert whole.set_index("name")[columns].equals(parts.set_index("name").loc[whole["name"], columns])
    missing = np.isnan(known)
    assert whole["height_source"].tolist() == np.where(missing, "neighbours", "column").tolist()
    assert set(whole["confidence"]) == {"D"}  # no use is known
    (found,) = [one for one in told if one.code == "heights-of-neighbours"]
    assert (found.count, found.total) == (20, 100)
    assert sum(one.count for one in of_parts if one.code == "heights-of-neighbours") == 20
    off = SETTINGS.model_copy(update={"rooftop": RooftopSettings.model_validate({"nearby_heights": {"count": 0}})})
    plain, _, _ = SITE_TYPES["rooftop"].read(layers[:1], inputs[:1], off)
    assert set(plain["height_source"]) == {"column", "default"}


@pytest.mark.parametrize("name", ["suzhou", "shanghai_osm", "tokyo"])
@pytest.mark.parametrize("blocks", [False, True], ids=["single buildings", "whole blocks"])
def test_held_out_buildings_of_real_cities(name: str, blocks: bool, shared_data: Path) -> None:
    """Half of the heights hidden, building by building or block by block: what is said of them beats the default."""
    frame = gpd.read_file(shared_data / "buildings" / f"{name}_buildings.geojson", use_arrow=False)
    told = frame["height"].astype(str).str.extract(r"([\d.]+)")[0].astype(float).to_numpy()
    frame, told = frame[told > 0], told[told > 0]
    middle = frame.to_crs(frame.estimate_utm_crs()).geometry.centroid
    xy = np.column_stack([middle.x, middle.y])
    rng = np.random.default_rng(1)
    square = (np.floor((xy - xy.min(axis=0)) / 150.0) @ [1000.0, 1.0]) if blocks else np.arange(len(xy))
    names = np.unique(square)
    hidden = np.isin(square, names[rng.random(len(names)) < 0.5])
    default = np.full(len(xy), RooftopSettings().default_height_m.other)
    uses = np.full(len(xy), "other", object)
    found = nearby_heights(xy, uses, np.where(hidden, np.nan, told), default, RULES)
    off, default_off = (np.abs(one - told)[hidden].mean() for one in (found.height_m, default))
    assert off < (0.92 if blocks else 0.8) * default_off
    assert blocks or abs(found.off_m / off - 1.0) < 0.25  # what the finding tells of it is true
