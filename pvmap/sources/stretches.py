"""A large layer is cleaned in stretches of rows, by whoever computes, who read them; its polygons stay asleep."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS

from pvmap import memory
from pvmap.disk import write_atomically
from pvmap.errors import InputError
from pvmap.memory import stretches
from pvmap.settings.city import VectorInput
from pvmap.sources.asleep import N_KNOWN, Asleep, Store, look_at
from pvmap.sources.layer import first_line, require_sound, unreadable
from pvmap.sources.place_in_metres import to_metres
from pvmap.sources.polygons import Parts, clean_each

# Rows; fewer are cleaned at once, here: on a first run the workers first compile, which takes longer than so many rows.
LARGE = 200_000


Each = Callable[[Callable[[Any], Any], Sequence[Any]], list[Any]]


def in_turn(function: Callable[[Any], Any], jobs: Sequence[Any]) -> list[Any]:
    """Call a function on every job, here and one after the other."""
    return [function(job) for job in jobs]


@dataclass(frozen=True)
class Stretch:
    """Rows of a layer that are cleaned together.

    Attributes
    ----------
    place
        Files that it is cleaned into, as far as their names agree.
    path, column
        The GeoParquet file, and its column of geometries.
    first, last
        Its first row, and the first row behind it.
    source, file_crs, crs, kinds
        The input, its CRS, the city's, and the kinds of geometry wanted.
    lost
        Its rows at zero, counted from its first.
    """

    place: Path
    path: Path
    column: str
    first: int
    last: int
    source: VectorInput
    file_crs: CRS
    crs: CRS
    kinds: tuple[str, ...] = ("Polygon",)
    lost: tuple[int, ...] = ()

    def file(self, what: str) -> Path:
        """Name one of its files."""
        return self.place.with_name(f"{self.place.name}.{what}")


def clean_stretch(stretch: Stretch) -> np.ndarray:
    """Read the geometries of a stretch, clean them and write what became of them.

    Returns
    -------
    (m,) int array
        Rows of the layer that were repaired.

    Raises
    ------
    InputError
        The file is damaged.
    """
    geometry = shapely.from_wkb(_read_rows(stretch).to_numpy(), on_invalid="ignore")
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


@dataclass(frozen=True)
class Runs:
    """A large layer, cleaned: its stretches, and the rows that were repaired in each."""

    stretches: tuple[Stretch, ...]
    repaired: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, like: Stretch, each: Each) -> Runs:
        """Have the rows of a stretch cleaned, some of them at a time; its `place` is a folder of its own."""
        every = [
            replace(like, place=like.place / str(some.start), first=some.start, last=min(some.stop, like.last))
            for some in stretches(like.last)
        ]
        return cls(tuple(every), tuple(each(clean_stretch, every)))

    @property
    def n_rows(self) -> int:
        """Rows of the layer."""
        return self.stretches[-1].last

    @property
    def bounds(self) -> np.ndarray:
        """Bounds of each row in the CRS of the file, (n, 4)."""
        return np.concatenate([_matrix(_read(one.file("bounds"))["bounds"], 4) for one in self.stretches])

    def without(self, lost: np.ndarray) -> Runs:
        """Clean the stretches anew that have rows at zero; which these are is known by all of them together."""
        repaired = list(self.repaired)
        for number, one in enumerate(self.stretches):
            own = np.flatnonzero(lost[one.first : one.last])
            if len(own):
                repaired[number] = clean_stretch(replace(one, lost=tuple(own.tolist())))
        return replace(self, repaired=tuple(repaired))

    def parts(self) -> Parts:
        """Give the parts of all rows, polygons asleep in the files of the stretches."""
        pages, every = zip(*(_map(one.file("out")) for one in self.stretches), strict=True)
        stores = [
            Store(one["geometry"].chunk(0), _matrix(one["known"], N_KNOWN), file)
            for file, one in zip(pages, every, strict=True)
        ]
        text = {name: np.concatenate([_text(one[name]) for one in every]) for name in ("reason", "detail")}
        return Parts(
            Asleep.all_of(stores, self.stretches[0].crs),
            np.concatenate([one["row"].to_numpy() for one in every]),
            text["reason"],
            text["detail"],
            np.concatenate(self.repaired),
        )


def _text(column: pa.ChunkedArray) -> np.ndarray:
    """Few texts, many times over, (n,)."""
    few = column.chunk(0)
    return few.dictionary.to_numpy(zero_copy_only=False).astype(object)[few.indices.to_numpy()]


def _matrix(column: pa.ChunkedArray, width: int) -> np.ndarray:
    return column.chunk(0).flatten().to_numpy().reshape(-1, width)


def _read_rows(stretch: Stretch) -> pa.ChunkedArray:
    """Geometries of a stretch as bytes; of its row groups, what lies before it and behind it is not kept."""
    try:
        with pq.ParquetFile(stretch.path) as file:
            wkb = pa.chunked_array(_batches(file, stretch))
    except (pa.ArrowException, OSError) as error:
        raise InputError(unreadable(stretch.source.path, first_line(error))) from None
    require_sound([(stretch.column, wkb)], stretch.source.path)
    return wkb


def _batches(file: pq.ParquetFile, stretch: Stretch) -> Iterator[pa.Array]:
    sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    ends = np.cumsum(sizes)
    groups = np.flatnonzero((ends > stretch.first) & (ends - sizes < stretch.last)).tolist()
    at = int(ends[groups[0]] - sizes[groups[0]])
    for batch in file.iter_batches(memory.AT_ONCE, row_groups=groups, columns=[stretch.column]):
        yield batch.column(0)[max(stretch.first - at, 0) : max(stretch.last - at, 0)]
        at += len(batch)
        if at >= stretch.last:
            return


def _write(path: Path, table: pa.Table) -> None:
    def write(part: Path) -> None:
        with pa.OSFile(str(part), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
            out.write_table(table)

    write_atomically(path, write)


def _read(path: Path) -> pa.Table:
    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


def _map(path: Path) -> tuple[mmap.mmap, pa.Table]:
    """Give a table that stays in its file, and the pages of the file."""
    with open(path, "rb") as file:
        pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return pages, pa.ipc.open_file(pa.py_buffer(pages)).read_all()
