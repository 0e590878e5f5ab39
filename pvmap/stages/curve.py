"""The curve along which a city lies on disk, and its cut into tiles."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np

from pvmap import disk, joining
from pvmap.contract import require_unique
from pvmap.memory import stretches
from pvmap.sources.asleep import awake

HILBERT_LEVEL = 15  # 2 bits a level: 30-bit codes, cells of about 2 m in a city of 60 km


@dataclass(frozen=True)
class Tile:
    """A square of the city, or half of one: all sites whose Hilbert codes lie in [low, high)."""

    name: str
    low: int
    high: int
    n_sites: int


def along_curve(sites: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Give the Hilbert code of each site, and the positions of the sites by code and id, (n,) each."""
    codes = sites.hilbert_distance(level=HILBERT_LEVEL).to_numpy("int64")
    key = sites[["site_id"]].assign(code=codes).reset_index(drop=True)
    return codes, key.sort_values(["code", "site_id"]).index.to_numpy()


def write_along_curve(folder: Path, sites: gpd.GeoDataFrame, order: np.ndarray) -> Path:
    """Write the sites as `store.write_table` does, in an order of their positions, some of them at a time."""
    require_unique("sites", sites)
    aside = disk.aside(folder / "sites")
    try:
        some_at_a_time = (awake(sites.iloc[order[some]]) for some in stretches(len(order)))
        parts = [joining.write_part(aside / str(n), "sites", some) for n, some in enumerate(some_at_a_time)]
        return joining.join_tables(parts, folder, "sites", sites.crs.to_string())
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def cut(hilbert: np.ndarray, most_sites: int, ways: int = 2) -> list[Tile]:
    """Cut sorted Hilbert codes into leaves of at most `most_sites` sites, in the order of the curve.

    A leaf is a range of codes with a common prefix, so it is a run of rows and a square of the city at once, or one
    half of a square: halves fill tiles better, and what a tile costs beside its sites is paid less often.

    Parameters
    ----------
    hilbert
        Codes of the sites, in order.
    most_sites
        Of a leaf, unless more stand at one place.
    ways
        Into how many leaves one is cut that has more: 2, or 4 for squares alone.
    """
    tiles: list[Tile] = []
    root = 4**HILBERT_LEVEL

    def split(low: int, level: int, first: int, last: int) -> None:
        if first == last:
            return
        width = root // ways**level
        if last - first <= most_sites or width == 1:
            tiles.append(Tile(f"{level:02d}_{low:010d}", low, low + width, last - first))
            return
        edges = [low + width // ways * part for part in range(ways + 1)]
        rows = np.searchsorted(hilbert, np.array(edges, hilbert.dtype))  # numbers of another kind: all would be copied
        for part in range(ways):
            split(edges[part], level + 1, int(rows[part]), int(rows[part + 1]))

    split(0, 0, 0, len(hilbert))
    return tiles
