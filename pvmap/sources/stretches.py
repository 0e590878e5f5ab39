"""A large layer is cleaned in stretches of rows, by whoever computes; its polygons stay asleep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import shapely
from pyproj import CRS

from pvmap.disk import write_atomically
from pvmap.memory import stretches
from pvmap.settings.city import VectorInput
from pvmap.sources.asleep import N_KNOWN, Asleep, look_at
from pvmap.sources.place_in_metres import to_metres
from pvmap.sources.polygons import Parts, clean_each

# Rows; fewer are cleaned at once, here: on a first run the workers first compile, which takes longer than so many rows.
LARGE = 200_000


Each = Callable[[Callable[[Any], Any], Sequence[Any]], list[Any]]


def in_turn(function: Callable[[Any], Any], jobs: Sequence[Any]) -> list[Any]:
    """Call a function on every job, here and one after the other."""
    return [function(job) for job in jobs]


class Hands(NamedTuple):
    """Who cleans stretches.

    Attributes
    ----------
    each
        Calls a function on every job and gives the results, in their order.
    folder
        Where files for them lie meanwhile; all can write there.
    """

    each: Each
    folder: Path


@dataclass(frozen=True)
class Stretch:
    """Rows of a layer that are cleaned together.

    Attributes
    ----------
    place
        Files of the stretch, as far as their names agree.
    first
        Its first row.
    source, file_crs, crs, kinds
        The input, its CRS, the city's, and the kinds of geometry wanted.
    lost
        Its rows at zero, counted from its first.
    """

    place: Path
    first: int
    source: VectorInput
    file_crs: CRS
    crs: CRS
    kinds: tuple[str, ...]
    lost: tuple[int, ...] = ()

    def file(self, what: str) -> Path:
        """Name one of its files."""
        return self.place.with_name(f"{self.place.name}.{what}")


def clean_stretch(stretch: Stretch) -> np.ndarray:
    """Clean the geometries of a stretch and write what became of them.

    Returns
    -------
    (m,) int array
        Rows of the layer that were repaired.
    """
    with pa.memory_map(str(stretch.file("in"))) as file:
        wkb = pa.ipc.open_file(file).read_all()["geometry"].to_numpy()
    geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    bounds, lost = shapely.bounds(geometry), np.zeros(len(geometry), bool)
    lost[list(stretch.lost)] = True
    way = to_metres(stretch.file_crs, stretch.crs, stretch.source.datum)
    parts = clean_each(geometry, way, kinds=stretch.kinds, explode=stretch.source.explode, lost=lost)
    known = np.full((len(parts.row), N_KNOWN), np.nan)
    known[parts.kept] = look_at(parts.geometry[parts.kept], stretch.crs)
    table = pa.table(
        {
            "geometry": pa.array(shapely.to_wkb(parts.geometry), pa.large_binary()),
            "row": parts.row + stretch.first,
            "reason": pa.array(parts.reason, pa.string()).dictionary_encode(),
            "detail": pa.array(parts.detail, pa.string()).dictionary_encode(),
            "known": pa.FixedSizeListArray.from_arrays(known.ravel(), known.shape[1]),
        }
    )
    _write(stretch.file("out"), table)
    _write(stretch.file("bounds"), pa.table({"bounds": pa.FixedSizeListArray.from_arrays(bounds.ravel(), 4)}))
    return parts.repaired + stretch.first


class Runs:
    """A large layer on its way: stretches of its rows, cleaned.

    Parameters
    ----------
    wkb
        Geometries of all its rows.
    like
        What is the same for all stretches; its `place` is a folder of its own.
    hands
        Who cleans them.
    """

    def __init__(self, wkb: pa.ChunkedArray, like: Stretch, hands: Hands):
        self._each, self._stretches = hands.each, []
        for some in stretches(len(wkb)):
            stretch = replace(like, place=like.place / str(some.start), first=some.start)
            _write(stretch.file("in"), pa.table({"geometry": wkb[some]}))
            self._stretches.append(stretch)
        self._repaired = self._each(clean_stretch, self._stretches)

    @property
    def bounds(self) -> np.ndarray:
        """Bounds of each row in the CRS of the file, (n, 4)."""
        return np.concatenate([_matrix(_read(one.file("bounds"))["bounds"], 4) for one in self._stretches])

    def lose(self, lost: np.ndarray) -> None:
        """Clean the stretches anew that have rows at zero; which these are is known by all of them together."""
        for number, one in enumerate(self._stretches):
            following = self._stretches[number + 1].first if number + 1 < len(self._stretches) else len(lost)
            own = np.flatnonzero(lost[one.first : following])
            if len(own):
                (self._repaired[number],) = self._each(clean_stretch, [replace(one, lost=tuple(own.tolist()))])

    def parts(self) -> Parts:
        """Give the parts of all rows, polygons asleep."""
        every = [_read(one.file("out")) for one in self._stretches]
        crs = self._stretches[0].crs
        table = pa.concat_tables([one.drop_columns(["reason", "detail"]) for one in every])
        wkb = table["geometry"].combine_chunks()
        text = {name: np.concatenate([_text(one[name]) for one in every]) for name in ("reason", "detail")}
        return Parts(
            Asleep(wkb, _matrix(table["known"], N_KNOWN), crs),
            table["row"].to_numpy(),
            text["reason"],
            text["detail"],
            np.concatenate(self._repaired),
        )


def _text(column: pa.ChunkedArray) -> np.ndarray:
    """Few texts, many times over, (n,)."""
    few = column.combine_chunks()
    return few.dictionary.to_numpy(zero_copy_only=False).astype(object)[few.indices.to_numpy()]


def _matrix(column: pa.ChunkedArray, width: int) -> np.ndarray:
    return column.combine_chunks().flatten().to_numpy().reshape(-1, width)


def _write(path: Path, table: pa.Table) -> None:
    def write(part: Path) -> None:
        with pa.OSFile(str(part), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
            out.write_table(table)

    write_atomically(path, write)


def _read(path: Path) -> pa.Table:
    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_file(file).read_all()
