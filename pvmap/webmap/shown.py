"""The sites a map shows: their columns and outlines, read from a run as they are asked for, sensitive sites masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from pvmap.errors import InputError
from pvmap.planning.publication import coarse_outlines, coarse_places
from pvmap.settings.city import Settings
from pvmap.store import read_rows, read_table
from pvmap.store.row_groups import read_slice
from pvmap.store.windows import names_of
from pvmap.text_columns import positions
from pvmap.webmap.columns import FIELDS, SCENARIO_FIELDS, TEXT_CODES
from pvmap.webmap.style import TARGET

HELD_OF_SITES = (
    *("site_type", "building_use", "footprint_area_m2", "existing_pv_kwp", "district", "township"),
    *("longitude", "latitude", "confidence"),
)
SITE_COLUMNS = (*HELD_OF_SITES, "site_id", "name", "height_m", "height_source", "source")
# of the appraisal: what colours, sums and lists are made of; the other columns are looked at one at a time
HELD_COLUMNS = {
    *("specific_yield_kwh_per_kwp", "energy_kwh", "capacity_kwp", "capacity_kwac", "shading_loss", "lcoe_cny_per_kwh"),
    *("at_grid_parity", "grid_grade", "npv_cny", "co2_t_per_year"),
    *("capacity_practical_kwp", "capacity_policy_floor_kwp"),
}
PACKED_COLUMNS = {*(f.name for f in FIELDS), *TEXT_CODES}
AT_ONCE = 65_536  # rows of a table that are looked at together


@dataclass(frozen=True)
class Shown:
    """The sites a map shows, and how: columns of them and outlines are read as they are asked for, by any process.

    Attributes
    ----------
    processed
        Run folder.
    n_rows
        Rows of the table of sites.
    names
        Columns of the appraisal that the map shows.
    at
        Row of the appraisal of each row of the table of sites, -1 where it has none; None where they agree.
    kept
        Which rows of the table of sites are shown; None: all.
    squares
        What stands for the polygon of a masked site, by number of the sites shown; they have no name either.
    public
        Settings of a city whose map is for the public: places and heights are coarse.
    """

    processed: Path
    n_rows: int
    names: tuple[str, ...]
    at: np.ndarray | None
    kept: np.ndarray | None = None
    squares: Mapping[int, shapely.Geometry] = field(default_factory=dict)
    public: Settings | None = None

    @classmethod
    def all_of(cls, processed: Path) -> Shown:
        """Find sites and their appraisal; a site without one keeps empty values and is never lost."""
        own, ids = (read_rows(processed, one, columns=["site_id"])["site_id"] for one in ("sites", "appraisal"))
        if not len(own):
            raise InputError(f"{processed}/sites.parquet holds no site; the map needs at least one.")
        wanted = (HELD_COLUMNS | PACKED_COLUMNS) - set(SITE_COLUMNS)
        names = (c for c in _columns(processed) if c in wanted or c.startswith((*SCENARIO_FIELDS, TARGET)))
        at = None if own.equals(ids) else positions(own, ids)
        return cls(processed, len(own), tuple(names), at)

    def holds(self, names: Iterable[str]) -> bool:
        """Whether the appraisal has these columns, shown or not."""
        return set(names) <= set(_columns(self.processed))

    def column(self, name: str) -> pd.Series:
        """Read a column, a row for each site that is shown."""
        if name in SITE_COLUMNS:
            values = read_table(self.processed, "sites", columns=[name])
        else:
            values = read_table(self.processed, "appraisal", columns=[name])
            values = values if self.at is None else values.reindex(self.at)
        if self.kept is not None:
            values = values[self.kept]
        values = values.reset_index(drop=True)
        if self.public is not None:
            values = coarse_places(values, self.public)
        if self.squares and name in ("site_id", "name"):
            rows = sorted(self.squares)
            values.loc[rows, name] = [f"masked-{i + 1}" for i in range(len(rows))] if name == "site_id" else ""
        return values[name]

    def stretches(self) -> list[slice]:
        """Rows of the table of sites that are looked at together."""
        return [slice(first, first + AT_ONCE) for first in range(0, self.n_rows, AT_ONCE)]

    def outlines(self, rows: slice) -> tuple[int, np.ndarray, np.ndarray]:
        """Read the polygons of some rows of the table of sites.

        Returns
        -------
        first, polygons, kinds
            Number of the first of those that are shown; their polygons and kinds. (site,)
        """
        kept = slice(None) if self.kept is None else self.kept[rows]
        first = rows.start if self.kept is None else int(self.kept[: rows.start].sum())
        some = read_slice(self.processed, "sites", ["geometry", "site_type"], rows)[kept]
        polygons = shapely.from_wkb(some["geometry"].to_numpy())
        for number, square in self.squares.items():
            if first <= number < first + len(polygons):
                polygons[number - first] = square
        if self.public is not None:
            polygons = coarse_outlines(polygons, self.public.publication.coordinate_m)
        return first, polygons, some["site_type"].to_numpy(object)


def _columns(processed: Path) -> list[str]:
    return names_of(processed / "appraisal.parquet")
