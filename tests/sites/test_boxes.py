"""Which boxes meet is what a tree of shapes says, however they lie and however large they are."""

import numpy as np
import pytest
import shapely

from pvmap.sites import boxes
from pvmap.sites.boxes import meeting, neighbours


def scattered(n: int, seed: int, spread_m: float = 400.0, largest_m: float = 60.0) -> np.ndarray:
    random = np.random.default_rng(seed)
    corner = random.uniform(0.0, spread_m, (n, 2)).round(0) + np.array([500_000.0, 3_550_000.0])
    size = random.exponential(8.0, (n, 2)).round(0)
    size[:: max(1, n // 5)] = largest_m
    return np.column_stack([corner, corner + size])


def by_tree(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    pairs = shapely.STRtree(shapely.box(*other.T)).query(shapely.box(*one.T), predicate="intersects")
    return pairs[:, np.lexsort(pairs[::-1])]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("largest_m", [60.0, 5_000.0])
def test_pairs_are_those_of_a_tree(seed: int, largest_m: float) -> None:
    one, other = scattered(300, seed, largest_m=largest_m), scattered(40, seed + 100)
    pairs = by_tree(one, one)  # whole metres: many only touch
    assert np.array_equal(meeting(one, one), pairs)
    assert np.array_equal(neighbours(one), pairs[:, pairs[0] < pairs[1]])
    assert np.array_equal(meeting(one, other), by_tree(one, other))
    assert np.array_equal(meeting(other, one), by_tree(other, one))


@pytest.mark.parametrize("what", ["AT_ONCE", "BOXES_AT_ONCE"])
@pytest.mark.parametrize("largest_m", [60.0, 5_000.0])
def test_pairs_do_not_depend_on_how_many_are_looked_at(
    what: str, largest_m: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = scattered(200, 7, largest_m=largest_m), scattered(40, 8)
    at_once, of_both = neighbours(one), meeting(one, other)
    for few in (1, 11):
        monkeypatch.setattr(boxes, what, few)
        assert np.array_equal(neighbours(one), at_once)
        assert np.array_equal(meeting(one, other), of_both)


def test_points_meet_and_what_is_nowhere_does_not() -> None:
    one = np.array([[1.0, 1.0, 1.0, 1.0], [np.nan] * 4, [1.0, 1.0, 1.0, 1.0], [2.0, 1.0, 2.0, 1.0]])
    assert meeting(one, one).tolist() == [[0, 0, 2, 2, 3], [0, 2, 0, 2, 3]]
    assert meeting(one[1:2], one).shape == (2, 0)
    assert meeting(one[:0], one).shape == meeting(one, one[:0]).shape == (2, 0)
    assert neighbours(one).tolist() == [[0], [2]]
    assert neighbours(one[:0]).shape == neighbours(one[1:2]).shape == (2, 0)
