"""What stands on one street block: templates that fill many blocks at once.

A template gives every block a fixed number of slots and says for each slot whether a building stands there, of which
size, outline, use and number of floors. Slots never overlap, so buildings cannot. All sizes are in metres and of the
program's own making [U], chosen so that towns have some 400 buildings per square kilometre, old centres 2,000.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

RECTANGLE, L_SHAPE, U_SHAPE, COURTYARD = range(4)

USES = (  # name in pvmap, label in the demo's file, group of the footprint shares
    ("industrial_steel", "工业厂房（钢结构）", "industrial"),
    ("industrial_concrete", "工业厂房（混凝土）", "industrial"),
    ("commercial", "商业", "commercial"),
    ("government", "机关办公", "public"),
    ("education", "学校", "public"),
    ("health", "医院", "public"),
    ("residential_low", "多层住宅", "urban"),
    ("residential_high", "高层住宅", "urban"),
    ("residential_rural", "农村住宅", "rural"),
    ("other", "其他", "other"),
)
USE = {name: code for code, (name, _, _) in enumerate(USES)}
FLOOR_HEIGHT_M = np.array([8.5, 5.0, 4.5, 3.8, 3.6, 3.9, 2.95, 2.95, 3.2, 3.0])  # by use: as rooftop.floor_height_m


class Slots(NamedTuple):
    """Buildings in their blocks; all arrays have one entry per building."""

    block: np.ndarray  # which block
    u: np.ndarray  # centre along the street, from the block's centre [m]
    v: np.ndarray  # centre across the street [m]
    width: np.ndarray  # along the street [m]
    depth: np.ndarray  # across the street [m]
    outline: np.ndarray  # RECTANGLE ... COURTYARD
    use: np.ndarray  # position in USES
    floors: np.ndarray

    def area(self) -> np.ndarray:
        """Footprint of each building [m2]."""
        return self.width * self.depth * SOLID[self.outline]


# Share of the rectangle that is building. U shape: a yard of half the width and 0.6 of the depth is cut out; L shape:
# a corner of 0.5 by 0.55; courtyard: 0.4 by 0.4 in the middle.
L_CUT, U_CUT, COURT = (0.50, 0.55), (0.50, 0.60), (0.40, 0.40)
SOLID = np.array([1.0, 1 - L_CUT[0] * L_CUT[1], 1 - U_CUT[0] * U_CUT[1], 1 - COURT[0] * COURT[1]])


SHED_SHARE = 0.3  # of village houses have a shed, unless the stock wanted says otherwise


class Block(NamedTuple):
    """A kind of block: its size with half the street around it, and what fills it."""

    size: tuple[float, float]
    fill: Callable[[int, np.random.Generator], Slots]


def village(n: int, rng: np.random.Generator, sheds: float = SHED_SHARE) -> Slots:
    """Build two rows of houses facing the street to their south, a shed behind some; some rows are terraces."""
    u, v = _slots(n, 8, 2, 13.5, 29.0)
    shape = u.shape
    terrace = np.repeat(rng.random((n, 2)) < 0.12, 8, axis=1)
    depth = np.where(terrace, np.repeat(rng.uniform(9, 11.5, (n, 2)), 8, axis=1), rng.uniform(8.5, 12.0, shape))
    houses = _fill(
        rng.random(shape) < 0.93,
        u,
        v + 5.0,
        np.where(terrace, 13.5, rng.uniform(8.0, 12.0, shape)),
        depth,
        np.where(~terrace & (rng.random(shape) < 0.10), L_SHAPE, RECTANGLE),
        USE["residential_rural"],
        rng.choice([1, 2, 3], shape, p=[0.15, 0.60, 0.25]),
    )
    wide, deep = rng.uniform(4.0, 9.0, shape), rng.uniform(4.0, 7.0, shape)
    shed = rng.random(shape) < sheds
    return _join(houses, _fill(shed, u, v - 9.0, wide, deep, RECTANGLE, USE["other"], np.ones(shape, dtype=int)))


def old_centre(n: int, rng: np.random.Generator) -> Slots:
    """Build three dense rows of low houses, some wall to wall, some around a court; towers have replaced a few."""
    u, v = _slots(n, 7, 3, 13.6, 26.0)
    shape = u.shape
    row = np.repeat(rng.random((n, 3)) < 0.3, 7, axis=1)  # wall to wall
    tower = rng.random(n) < 0.40
    standing = rng.random(shape) < 0.95
    standing[:, 9:11] &= ~tower[:, None]
    court = ~row & (rng.random(shape) < 0.12)
    shop = np.repeat(rng.random((n, 3)) < [0.6, 0.1, 0.1], 7, axis=1)
    houses = _fill(
        standing,
        u,
        v,
        np.where(row, 13.6, np.where(court, rng.uniform(12.0, 13.4, shape), rng.uniform(9.0, 12.8, shape))),
        np.where(
            row,
            np.repeat(rng.uniform(9.0, 13.0, (n, 3)), 7, axis=1),
            np.where(court, rng.uniform(15.0, 21.0, shape), rng.uniform(9.0, 14.0, shape)),
        ),
        np.where(court, COURTYARD, np.where(~row & (rng.random(shape) < 0.12), L_SHAPE, RECTANGLE)),
        np.where(shop, USE["commercial"], USE["residential_low"]),
        rng.choice([1, 2, 3, 4], shape, p=[0.2, 0.4, 0.3, 0.1]),
    )
    towers = _fill(
        tower[:, None],
        (u[:, 9:10] + u[:, 10:11]) / 2,
        v[:, 9:10],
        rng.uniform(20.0, 26.0, (n, 1)),
        rng.uniform(15.0, 20.0, (n, 1)),
        RECTANGLE,
        USE["residential_high"],
        rng.integers(16, 34, (n, 1)),
    )
    return _join(houses, towers)


def slabs(n: int, rng: np.random.Generator) -> Slots:
    """Build an estate of walk-up slabs facing south, all of one height."""
    u, v = _slots(n, 2, 3, 53.0, 26.0)
    floors = np.repeat(rng.choice([4, 5, 6, 7], (n, 1), p=[0.1, 0.3, 0.5, 0.1]), 6, axis=1)
    width, depth = (np.repeat(rng.uniform(*span, (n, 1)), 6, axis=1) for span in ((36.0, 50.0), (10.5, 13.0)))
    return _fill(rng.random(u.shape) < 0.80, u, v, width, depth, RECTANGLE, USE["residential_low"], floors)


def towers(n: int, rng: np.random.Generator) -> Slots:
    """Build an estate of high-rise housing."""
    u, v = _slots(n, 2, 2, 53.0, 39.0)
    width, depth = rng.uniform(26.0, 38.0, u.shape), rng.uniform(14.0, 18.0, u.shape)
    outline = rng.choice([RECTANGLE, L_SHAPE], u.shape, p=[0.85, 0.15])
    floors = np.repeat(rng.choice([11, 18, 24, 28, 33], (n, 1), p=[0.3, 0.3, 0.15, 0.15, 0.1]), 4, axis=1)
    return _fill(rng.random(u.shape) < 0.9, u, v, width, depth, outline, USE["residential_high"], floors)


def commerce(n: int, rng: np.random.Generator) -> Slots:
    """Build a mall, or strips of shops, or two office towers."""
    kind = rng.choice(3, n, p=[0.15, 0.55, 0.30])[:, None]
    mall_u, mall_v = _slots(n, 1, 1, 106.0, 78.0)
    mall = _fill(
        kind == 0,
        mall_u,
        mall_v,
        rng.uniform(60, 95, (n, 1)),
        rng.uniform(45, 70, (n, 1)),
        rng.choice([RECTANGLE, L_SHAPE, COURTYARD], (n, 1), p=[0.5, 0.2, 0.3]),
        USE["commercial"],
        rng.integers(3, 7, (n, 1)),
    )
    u, v = _slots(n, 3, 3, 35.0, 26.0)
    strip = _fill(
        (kind == 1) & (rng.random(u.shape) < 0.8),
        u,
        v,
        rng.uniform(22, 33, u.shape),
        rng.uniform(10, 16, u.shape),
        RECTANGLE,
        USE["commercial"],
        rng.integers(1, 5, u.shape),
    )
    u, v = _slots(n, 2, 1, 53.0, 78.0)
    office = _fill(
        (kind == 2) & (rng.random(u.shape) < 0.9),
        u,
        v,
        rng.uniform(28, 45, u.shape),
        rng.uniform(18, 30, u.shape),
        RECTANGLE,
        USE["commercial"],
        rng.integers(6, 26, u.shape),
    )
    return _join(mall, strip, office)


def public(n: int, rng: np.random.Generator) -> Slots:
    """Build a school around its yard, a government office or a hospital, lower buildings in front."""
    kind = rng.choice([USE["education"], USE["government"], USE["health"]], (n, 1), p=[0.5, 0.3, 0.2])
    school, office = kind == USE["education"], kind == USE["government"]
    u, v = _slots(n, 1, 1, 106.0, 44.0)
    outline = rng.choice([RECTANGLE, L_SHAPE, U_SHAPE, COURTYARD], (n, 1), p=[0.2, 0.2, 0.35, 0.25])
    floors = np.where(school, rng.integers(3, 6, (n, 1)), np.where(office, 8, 10) + rng.integers(-3, 5, (n, 1)))
    main = _fill(
        np.ones((n, 1), bool),
        u,
        v + 16.0,
        rng.uniform(44, 86, (n, 1)),
        rng.uniform(26, 42, (n, 1)),
        outline,
        kind,
        floors,
    )
    u, v = _slots(n, 3, 1, 35.0, 30.0)
    lower = _fill(
        rng.random(u.shape) < 0.6,
        u,
        v - 23.0,
        rng.uniform(18, 32, u.shape),
        rng.uniform(10, 24, u.shape),
        RECTANGLE,
        np.broadcast_to(kind, u.shape),
        rng.integers(1, 5, u.shape),
    )
    return _join(main, lower)


def factory(n: int, rng: np.random.Generator) -> Slots:
    """Build one, two, four or eight halls on a works site; the smaller ones are sometimes storeyed concrete."""
    kind = rng.choice(4, (n, 1), p=[0.08, 0.22, 0.40, 0.30])
    parts = []
    for which, (across, along) in enumerate(((1, 1), (2, 1), (2, 2), (4, 2))):
        u, v = _slots(n, across, along, 172.0 / across, 112.0 / along)
        storeyed = rng.random(u.shape) < (0.05, 0.10, 0.30, 0.40)[which]
        parts.append(
            _fill(
                (kind == which) & (rng.random(u.shape) < 0.85),
                u,
                v,
                (172.0 / across - 8.0) * rng.uniform(0.65, 1.0, u.shape),
                (112.0 / along - 10.0) * rng.uniform(0.50, 0.95, u.shape),
                rng.choice([RECTANGLE, L_SHAPE], u.shape, p=[0.93, 0.07]),
                np.where(storeyed, USE["industrial_concrete"], USE["industrial_steel"]),
                np.where(storeyed, rng.integers(2, 6, u.shape), 1),
            )
        )
    return _join(*parts)


TOWN_SIZE = (120.0, 92.0)
BLOCKS: dict[str, Block] = {
    "village": Block((120.0, 68.0), village),
    "old_centre": Block((106.0, 88.0), old_centre),
    "slabs": Block(TOWN_SIZE, slabs),
    "towers": Block(TOWN_SIZE, towers),
    "commerce": Block(TOWN_SIZE, commerce),
    "public": Block(TOWN_SIZE, public),
    "factory": Block((190.0, 130.0), factory),
}


def _slots(n: int, across: int, along: int, width: float, depth: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the centres of a regular grid of slots in every block: two (n, across * along) arrays."""
    u = (np.arange(across) - (across - 1) / 2) * width
    v = (np.arange(along) - (along - 1) / 2) * depth
    uu, vv = (a.ravel() for a in np.meshgrid(u, v))
    return np.tile(uu, (n, 1)), np.tile(vv, (n, 1))


def _fill(present: np.ndarray, *columns: np.ndarray | float | int) -> Slots:
    """Keep the slots in which something stands; columns as in Slots, without the block."""
    shape = np.broadcast_shapes(present.shape, *(np.shape(c) for c in columns))
    present = np.broadcast_to(present, shape)
    return Slots(np.nonzero(present)[0], *(np.broadcast_to(c, shape)[present] for c in columns))


def _join(*parts: Slots) -> Slots:
    return Slots(*(np.concatenate(column) for column in zip(*parts, strict=True)))
