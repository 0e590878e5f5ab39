"""Colours that stand for different things are told apart whatever cones a reader has."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from pvmap.colours import GRID_COLOURS, KIND_COLOURS, KIND_SHADES, PLAN_COLOURS, USE_COLOURS
from pvmap.webmap.style import GRADE_COLOURS, NO_YES

# Machado, Oliveira and Fernandes 2009, table of severity 1.0: linear RGB as seen without one kind of cone.
SEEN = {
    "all cones": np.eye(3),
    "no long cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no middle cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no short cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array(  # sRGB, IEC 61966-2-1, white D65
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
PLAIN = 20.0  # of CIELAB; about 2.3 can just be seen where two patches touch
LISTS = {
    "kinds": [*KIND_COLOURS.values()],
    "uses": [*USE_COLOURS.values()],
    "grades of the grid": [*GRID_COLOURS.values()],
    "classes of the plan": [*PLAN_COLOURS.values()],
    "grades": [*GRADE_COLOURS.values()],
    "no and yes": [*NO_YES],
    "shades of mines": [*KIND_SHADES["mine"]],
    "shades of ponds": [*KIND_SHADES["fishpond"]],
}


def lab(colour: str, seen: np.ndarray) -> np.ndarray:
    """CIELAB of a colour as it is seen."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(seen @ linear, 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_measure_knows_white_black_and_red() -> None:
    np.testing.assert_allclose(lab("#FFFFFF", SEEN["all cones"]), [100, 0, 0], atol=0.02)
    np.testing.assert_allclose(lab("#000000", SEEN["all cones"]), [0, 0, 0], atol=0.02)
    np.testing.assert_allclose(lab("#FF0000", SEEN["all cones"]), [53.24, 80.09, 67.20], atol=0.02)


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("name", LISTS)
def test_colours_of_a_list_differ(name: str, seen: str) -> None:
    nearest = min(
        (float(np.linalg.norm(lab(a, SEEN[seen]) - lab(b, SEEN[seen]))), a, b) for a, b in combinations(LISTS[name], 2)
    )
    assert nearest[0] > PLAIN, nearest


@pytest.mark.parametrize("seen", SEEN)
def test_roofs_by_use_differ_from_mines_and_ponds(seen: str) -> None:
    """They lie on one map."""
    others = [KIND_COLOURS["mine"], KIND_COLOURS["fishpond"]]
    for use, colour in USE_COLOURS.items():
        for other in others:
            assert np.linalg.norm(lab(colour, SEEN[seen]) - lab(other, SEEN[seen])) > 15, (use, other)
