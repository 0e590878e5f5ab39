"""All buildings of a city as boxes in flat arrays on disk, of which a tile takes those in its reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from pvmap.shade.rings import Boxes, Floats, Ints, Rings, ends, runs
from pvmap.shade.terrain import Terrain
from pvmap.sources.grid import Bounds

COLUMNS = {  # name of each array, as its file, with its type and columns
    "xy": ("<f8", 2),
    "ring_start": ("<i8", 0),
    "first_ring": ("<i8", 0),
    "base_z": ("<f8", 0),
    "top_z": ("<f8", 0),
    "centre": ("<f8", 2),
    "radius": ("<f8", 0),
    "bounds": ("<f8", 4),
    "letters": ("u1", 0),
    "name_start": ("<i8", 0),
    "batch_start": ("<i8", 0),
    "batch_bounds": ("<f8", 4),
}


STARTS = ("ring_start", "first_ring", "name_start", "batch_start")  # count what stands before, from zero


@dataclass(frozen=True)
class Buildings:
    """Buildings in the order of the curve.

    Attributes
    ----------
    rings, base_z, top_z, centre, radius
        As in `Boxes`.
    bounds : (building, 4) array
        West, south, east, north of each outline. [m]
    letters, name_start
        Their ids as UTF-8, one after the other, and where each begins.
    batch_start, batch_bounds
        Stretches of neighbours: first building (batch + 1,) and bounds (batch, 4) of each. [m]
    """

    rings: Rings
    base_z: Floats
    top_z: Floats
    centre: Floats
    radius: Floats
    bounds: Floats
    letters: npt.NDArray[np.uint8]
    name_start: Ints
    batch_start: Ints
    batch_bounds: Floats

    @classmethod
    def lay_out(
        cls, folder: Path, sites: Iterable[pa.Table], terrain: Terrain | None, forget: Callable[[], None]
    ) -> None:
        """Write the arrays, batch by batch of the prepared sites; after each, `forget` lets the terrain's pages go."""
        n_vertices = n_rings = n_letters = n_boxes = 0
        _append(folder, **{name: np.zeros(1) for name in STARTS})
        for batch in sites:
            type_, height = batch["site_type"].to_numpy(), batch["height_m"].to_numpy()
            rows = np.flatnonzero((type_ == "rooftop") & (height > 0))
            geometry = shapely.from_wkb(batch["geometry"].to_numpy()[rows])
            boxes = Boxes.of(geometry, height[rows], base_z(geometry, terrain))
            bounds = shapely.bounds(geometry).reshape(-1, 4)
            letters, name_ends = _letters(batch["site_id"].take(pa.array(rows)))
            _append(
                folder,
                xy=boxes.rings.xy,
                ring_start=boxes.rings.ring_start[1:] + n_vertices,
                first_ring=boxes.rings.first_ring[1:] + n_rings,
                base_z=boxes.base_z,
                top_z=boxes.top_z,
                centre=boxes.centre,
                radius=boxes.radius,
                bounds=bounds,
                letters=letters,
                name_start=name_ends + n_letters,
            )
            n_vertices, n_rings = n_vertices + len(boxes.rings.xy), n_rings + len(boxes.rings.ring_start) - 1
            n_letters, n_boxes = n_letters + len(letters), n_boxes + len(rows)
            if len(rows):
                around = np.concatenate([bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)])
                _append(folder, batch_start=np.array([n_boxes]), batch_bounds=around)
            forget()

    @classmethod
    def join(cls, folder: Path, lots: Iterable[Path]) -> None:
        """Write the arrays of lots, each laid out in a folder of its own, one after the other."""
        before = dict.fromkeys(STARTS, 0)
        _append(folder, **{name: np.zeros(1) for name in STARTS})
        for lot in lots:
            arrays = {name: _mapped(lot / name, *form) for name, form in COLUMNS.items()}
            starts = {name: arrays[name][1:] + before[name] for name in STARTS}
            _append(folder, **(arrays | starts))
            before = {name: before[name] + int(arrays[name][-1]) for name in STARTS}

    @classmethod
    def mapped(cls, folder: Path) -> Buildings:
        """Map what `lay_out` wrote."""
        arrays = {name: _mapped(folder / name, *form) for name, form in COLUMNS.items()}
        rings = Rings(arrays.pop("xy"), arrays.pop("ring_start"), arrays.pop("first_ring"))
        return cls(rings, **arrays)

    def meeting(self, window: Bounds) -> Ints:
        """Find the buildings whose bounds meet a window."""
        west, south, east, north = window

        def meet(bounds: Floats) -> npt.NDArray[np.bool_]:
            return (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)

        batches = np.flatnonzero(meet(self.batch_bounds))
        rows = runs(self.batch_start[batches], self.batch_start[batches + 1] - self.batch_start[batches])
        return rows[meet(self.bounds[rows])]

    def names(self, rows: Ints) -> npt.NDArray[np.object_]:
        """Ids of some buildings."""
        start, n = self.name_start[rows], self.name_start[rows + 1] - self.name_start[rows]
        text = pa.py_buffer(self.letters[runs(start, n)].tobytes())
        array = pa.Array.from_buffers(pa.large_string(), len(rows), [None, pa.py_buffer(ends(n)), text])
        return array.to_numpy(zero_copy_only=False)

    def boxes(self, rows: Ints, names: npt.NDArray[np.object_]) -> Boxes:
        """Take some buildings, under names."""
        return Boxes(
            self.rings.take(rows), self.base_z[rows], self.top_z[rows], names, self.centre[rows], self.radius[rows]
        )


def base_z(outlines: npt.NDArray[np.object_], terrain: Terrain | None) -> Floats:
    """Foot of each building above the datum of the terrain [m]: on the nearest known ground, 0 where there is none."""
    if terrain is None or not len(outlines):
        return np.zeros(len(outlines))
    middle = shapely.point_on_surface(outlines)
    return terrain.ground(shapely.get_x(middle), shapely.get_y(middle))


def _letters(names: pa.ChunkedArray) -> tuple[npt.NDArray[np.uint8], Ints]:
    """Names as UTF-8, one after the other, and where each ends."""
    texts = names.cast(pa.large_string()).combine_chunks()
    _, ends_of, letters = (np.frombuffer(part or b"", np.uint8) for part in texts.buffers())
    edges = ends_of.view(np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return letters[slice(*edges[[0, -1]])] if len(edges) else letters[:0], edges[1:] - edges[:1]


def _append(folder: Path, **arrays: np.ndarray) -> None:
    for name, array in arrays.items():
        with open(folder / name, "ab") as file:
            file.write(np.ascontiguousarray(array, COLUMNS[name][0]).tobytes())


def _mapped(path: Path, dtype: str, columns: int) -> np.ndarray:
    """Map a file into memory, copied where it is written to: compiled loops know arrays of one kind only."""
    width = max(columns, 1)
    length = path.stat().st_size // (np.dtype(dtype).itemsize * width) if path.exists() else 0
    shape = (length, columns) if columns else (length,)
    return np.memmap(path, dtype, "c", shape=shape).view(np.ndarray) if length else np.empty(shape, dtype)
