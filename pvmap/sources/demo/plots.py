"""Which ground is still free, and grids of plots on it: street blocks and ponds alike.

A plot is a rectangle of a grid turned by one angle per settlement. Plots are claimed on the 30 m lattice of the
terrain, one cell wider than they are, so that settlements with different street directions cannot overlap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pvmap.sources.demo.terrain import CELL_M, Lattice

# Plots that overlap share a point; samples of both lie within SAMPLE_M / sqrt(2) of it, so their cells are neighbours.
SAMPLE_M = 20.0


@dataclass(frozen=True)
class Plots:
    """Plots of one or many settlements: centres [m] and direction of the street [radians from east]."""

    x: np.ndarray
    y: np.ndarray
    angle: np.ndarray

    def __len__(self) -> int:
        return len(self.x)

    def take(self, which: np.ndarray) -> Plots:
        """Keep some of the plots, by mask or position."""
        return Plots(self.x[which], self.y[which], self.angle[which])

    @classmethod
    def join(cls, parts: list[Plots]) -> Plots:
        """Put plots of several settlements together."""
        return cls(*(np.concatenate([np.zeros(0), *(getattr(p, f) for p in parts)]) for f in ("x", "y", "angle")))

    def place(self, plot: np.ndarray, u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Turn coordinates inside plots (along and across the street, [m] from the centre) into the metric CRS."""
        cos, sin = np.cos(self.angle[plot]), np.sin(self.angle[plot])
        return self.x[plot] + u * cos - v * sin, self.y[plot] + u * sin + v * cos


class FreeGround:
    """A ledger of the lattice's cells: what is water, steep, outside the city or built on is taken."""

    def __init__(self, lattice: Lattice, taken: np.ndarray) -> None:
        self.lattice = lattice
        self._taken = taken.ravel()
        self._around = (np.arange(-1, 2)[:, None] * lattice.columns + np.arange(-1, 2)).ravel()

    def is_free(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Say for each point whether its cell is free."""
        return ~self._taken[self.lattice.cell(x, y)]

    def random_points(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draw free points evenly over the city: (count, 2) [m]."""
        found: list[np.ndarray] = []
        while sum(map(len, found)) < count:
            x = self.lattice.west + rng.uniform(0, self.lattice.columns * CELL_M, 2 * count + 100)
            y = self.lattice.north - rng.uniform(0, self.lattice.rows * CELL_M, 2 * count + 100)
            free = self.is_free(x, y)
            found.append(np.column_stack([x[free], y[free]]))
        return np.concatenate(found)[:count]

    def settle(
        self,
        centre: np.ndarray,
        count: int,
        size: tuple[float, float],
        angle: float,
        rng: np.random.Generator,
        stretch: int = 0,
    ) -> Plots:
        """Claim the `count` free plots nearest to `centre`, nearest first.

        Parameters
        ----------
        centre
            (2,) [m].
        count
            Plots wanted; fewer come back where the ground is taken.
        size
            Length along the street and depth of a plot [m], half the street around it included.
        angle
            Direction of the street [radians], counter-clockwise from east.
        rng
            Makes the settlement's outline ragged.
        stretch
            How often to look half as far again for plots that found no room.
        """
        reach = 1.25 * np.sqrt(count * size[0] * size[1] / np.pi) + max(size)
        for attempt in range(stretch + 1):
            u, v = self._grid(reach * 1.5**attempt, size)
            order = np.argsort(np.hypot(u, v) * rng.uniform(0.88, 1.12, len(u)), kind="stable")
            x, y = _turn(centre, u[order], v[order], angle)
            cells = self._cells(x, y, size, angle)
            chosen = np.flatnonzero(~self._taken[cells].any(axis=1))[:count]
            if len(chosen) == count:
                break
        self._taken[(cells[chosen][:, :, None] + self._around).ravel()] = True
        return Plots(x[chosen], y[chosen], np.full(len(chosen), angle))

    def _cells(self, x: np.ndarray, y: np.ndarray, size: tuple[float, float], angle: float) -> np.ndarray:
        along, across = (np.linspace(-s / 2, s / 2, int(np.ceil(s / SAMPLE_M)) + 1) for s in size)
        du, dv = (a.ravel() for a in np.meshgrid(along, across))
        sx, sy = _turn(np.zeros(2), du, dv, angle)
        return self.lattice.cell(x[:, None] + sx, y[:, None] + sy)

    @staticmethod
    def _grid(reach: float, size: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
        u, v = (np.arange(-int(reach // s), int(reach // s) + 1) * s for s in size)
        uu, vv = (a.ravel() for a in np.meshgrid(u, v))
        near = np.hypot(uu, vv) <= reach
        return uu[near], vv[near]


def _turn(centre: np.ndarray, u: np.ndarray, v: np.ndarray, angle: float) -> tuple[np.ndarray, np.ndarray]:
    cos, sin = np.cos(angle), np.sin(angle)
    return centre[0] + u * cos - v * sin, centre[1] + u * sin + v * cos
