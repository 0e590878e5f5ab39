"""Elevation rasters become windows of square metric cells, north up.

Cells lie on a lattice that begins at the origin of the metric CRS. So neighbouring windows share their cells, two
rasters read with one cell size cover the same cells, and no number depends on how a city is cut into tiles.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import rasterio
import rasterio.transform
from affine import Affine
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window, from_bounds

from pvmap.crs import require_metric, require_on_earth, transformer
from pvmap.errors import ConfigError, InputError
from pvmap.settings.city import RasterInput
from pvmap.sources.grid import Bounds, Grid
from pvmap.sources.places import require_in_plane
from pvmap.sources.tiles import factors, first_nodata, missing_in, opened
from pvmap.sources.voids import is_no_ground, untagged_voids

__all__ = ["Raster", "read_aligned", "read_window"]

MAX_CELLS = 100_000_000  # of one window: 800 MB as float64
WARP_MEMORY_MB = 128


@dataclass(frozen=True)
class Raster:
    """A raster of elevations, in one file or many, and what the city file says about it.

    Parameters
    ----------
    raw
        Folder that the input's path is relative to.
    source
        The input: CRS and nodata where the file does not state them.

    Raises
    ------
    InputError
        When first used: the file is missing, unreadable, has no CRS or more than one band of values.
    """

    raw: Path
    source: RasterInput

    @cached_property
    def crs(self) -> CRS:
        """CRS of the file, or the stated one."""
        if self.source.crs:
            try:
                return require_on_earth(CRS.from_user_input(self.source.crs), str(self.source.path))
            except CRSError:
                raise ConfigError(f"{self.source.path}: crs = {self.source.crs!r} is not a CRS.") from None
        with opened(self.source, self.raw) as file:
            if file.crs is None:
                raise InputError(
                    f'{self.source.path} states no CRS; state it in the city file, for example crs = "EPSG:4326".'
                )
            return require_on_earth(CRS.from_wkt(file.crs.to_wkt()), str(self.source.path))

    @cached_property
    def nodata(self) -> float | None:
        """Value that means missing: the stated one, else the file's."""
        if self.source.nodata is not None:
            return self.source.nodata
        return first_nodata(self.source, self.raw)

    def cell_m(self, crs: CRS) -> float:
        """Side in metres of a square cell of `crs` about as large as the file's own cell in the middle of the file.

        Exact where the file's cells are square and metric already, otherwise rounded to two digits.
        """
        with opened(self.source, self.raw) as file:
            width_m, height_m = self._cell_size(file, crs)
        exact = self.crs.equals(crs, ignore_axis_order=True) and np.isclose(width_m, height_m, rtol=1e-6)
        return width_m if exact else float(f"{np.sqrt(width_m * height_m):.2g}")

    def extent(self, crs: CRS) -> Bounds:
        """West, south, east, north of the file, in metres of `crs`."""
        with opened(self.source, self.raw) as file:
            west, south, east, north = rasterio.transform.array_bounds(file.height, file.width, file.transform)
        box = west, min(south, north), east, max(south, north)
        return (
            box if self.crs.equals(crs, ignore_axis_order=True) else transformer(self.crs, crs).transform_bounds(*box)
        )

    def _cell_size(self, file: rasterio.DatasetReader, crs: CRS) -> tuple[float, float]:
        """Width and height in metres of the file's cell in the middle of the file."""
        t, column, row = file.transform, file.width / 2 + np.array([0, 1, 0]), file.height / 2 + np.array([0, 0, 1])
        x, y = t.a * column + t.b * row + t.c, t.d * column + t.e * row + t.f
        require_in_plane(np.array([[x[0], y[0], x[0], y[0]]]), self.crs, str(self.source.path))
        if not self.crs.equals(crs, ignore_axis_order=True):
            x, y = transformer(self.crs, crs).transform(x, y)
        return float(np.hypot(x[1] - x[0], y[1] - y[0])), float(np.hypot(x[2] - x[0], y[2] - y[0]))

    def window(
        self,
        crs: CRS,
        bounds: Bounds,
        cell_m: float | None = None,
        resampling: Literal["bilinear", "nearest"] = "bilinear",
    ) -> Grid | None:
        """Read a window; see `read_window`."""
        crs = require_metric(crs)
        cell = self.cell_m(crs) if cell_m is None else float(cell_m)
        if not cell > 0:
            raise ConfigError(f"{self.source.path}: a cell of {cell:g} m is not possible; it must be larger than 0.")
        west, south = (int(np.floor(edge / cell + 1e-9)) for edge in bounds[:2])
        east, north = (int(np.ceil(edge / cell - 1e-9)) for edge in bounds[2:])
        columns, rows = max(east - west, 1), max(north - south, 1)
        if columns * rows > MAX_CELLS:
            raise InputError(
                f"{self.source.path}: a window of {columns} x {rows} cells of {cell:g} m does not fit in memory; "
                "use larger cells or smaller tiles."
            )
        transform = Affine(cell, 0.0, west * cell, 0.0, -cell, north * cell)
        with opened(self.source, self.raw) as file:
            if not self._meets(file, crs, transform, columns, rows):
                return None
            values = self._warp(file, crs, transform, columns, rows, Resampling[resampling])
        if not np.isfinite(values).any():
            return None
        return Grid(values, west * cell, north * cell, cell)

    def _meets(self, file: rasterio.DatasetReader, crs: CRS, transform: Affine, columns: int, rows: int) -> bool:
        """Whether the window's bounds in the file's CRS touch the file: a warp of nothing is slow on large files."""
        left, bottom, right, top = rasterio.transform.array_bounds(rows, columns, transform)
        back = transformer(crs, self.crs).transform_bounds(left, bottom, right, top)
        if not np.isfinite(back).all():
            return True
        west, south, east, north = rasterio.transform.array_bounds(file.height, file.width, file.transform)
        south, north = min(south, north), max(south, north)
        return back[0] <= east and back[2] >= west and back[1] <= north and back[3] >= south

    def _warp(
        self, file: rasterio.DatasetReader, crs: CRS, transform: Affine, columns: int, rows: int, how: Resampling
    ) -> np.ndarray:
        """Let GDAL read no more than the window needs, in blocks, and carry it to the cells asked for."""
        width_m, height_m = self._cell_size(file, crs)
        with ExitStack() as layers:
            source, nodata = file, missing_in(file, self.source)
            window = self._window(file, crs, transform, columns, rows)
            for void in untagged_voids(file, window, nodata) if how == Resampling.bilinear else ():
                # one after the other, each on the file's own cells: GDAL knows one value for missing at a time
                if nodata is None or not np.isnan(nodata):
                    source = layers.enter_context(self._without(source, nodata))
                source, nodata = layers.enter_context(self._without(source, void)), np.nan
            warped = layers.enter_context(
                self._warped(source, crs, transform, (columns, rows), how, nodata, (width_m, height_m))
            )
            values = warped.read(1)
        scale, offset = factors(file)
        if (scale, offset) != (1.0, 0.0):
            values = values * scale + offset
        if (
            how == Resampling.bilinear
        ):  # what is odd may differ from cell to cell, and then no single value stands for it
            values[is_no_ground(values)] = np.nan
        return values

    def _window(self, file: rasterio.DatasetReader, crs: CRS, transform: Affine, columns: int, rows: int) -> Window:
        """Cells of the file that a window touches, or all where nobody can tell."""
        left, bottom, right, top = rasterio.transform.array_bounds(rows, columns, transform)
        box, every = transformer(crs, self.crs).transform_bounds(left, bottom, right, top), (file.width, file.height)
        if not np.isfinite(box).all() or file.transform.b or file.transform.d:
            return Window(0, 0, *every)
        inside = from_bounds(*box, transform=file.transform).round_offsets().round_lengths()
        near = Window(inside.col_off - 2, inside.row_off - 2, inside.width + 5, inside.height + 5)
        return near.intersection(Window(0, 0, *every))

    def _without(self, source: rasterio.DatasetReader, void: float | None) -> WarpedVRT:
        """Turn one value of a raster to NaN, cell by cell."""
        own = {"crs": self.crs.to_wkt(), "transform": source.transform, "width": source.width, "height": source.height}
        return WarpedVRT(
            source,
            src_crs=self.crs.to_wkt(),
            resampling=Resampling.nearest,
            src_nodata=void,
            nodata=np.nan,
            dtype="float64",
            **own,
        )

    def _warped(
        self,
        source: rasterio.DatasetReader,
        crs: CRS,
        transform: Affine,
        size: tuple[int, int],
        how: Resampling,
        nodata: float | None,
        cell_m: tuple[float, float],
    ) -> WarpedVRT:
        """Lay the raster on the cells asked for."""
        return WarpedVRT(
            source,
            src_crs=self.crs.to_wkt(),
            crs=crs.to_wkt(),
            transform=transform,
            width=size[0],
            height=size[1],
            resampling=how,
            src_nodata=nodata,
            nodata=np.nan,
            dtype="float64",
            # Exact positions and one width of the kernel: GDAL would choose both by what it reads at once, and a
            # number would depend on its window.
            tolerance=1e-9,
            XSCALE=_kernel_scale(cell_m[0] / transform.a),
            YSCALE=_kernel_scale(-cell_m[1] / transform.e),
            warp_mem_limit=WARP_MEMORY_MB,
        )


def _kernel_scale(ratio: float) -> str:
    """Scale GDAL's kernel: between neighbours, which is exact on planes, until a cell covers two of the file's."""
    return f"{ratio if ratio < 0.5 else 1.0:.9g}"


def read_window(
    source: RasterInput,
    raw: Path,
    crs: CRS,
    bounds: Bounds,
    cell_m: float | None = None,
    resampling: Literal["bilinear", "nearest"] = "bilinear",
) -> Grid | None:
    """Read a window of a raster onto square cells of the metric CRS.

    Parameters
    ----------
    source
        Input of the city file.
    raw
        Folder its path is relative to.
    crs
        Metric CRS of the city.
    bounds
        West, south, east, north; widened to whole cells of the lattice. [m]
    cell_m
        Side of a cell; by default about the file's own. [m]
    resampling
        "bilinear" for heights (larger cells average what they cover), "nearest" for classes.

    Returns
    -------
    Grid or None
        None when nothing of the window has data.

    Raises
    ------
    InputError
        The file is missing, unreadable, has no CRS or several bands; or the window would not fit in memory.
    ConfigError
        A stated CRS or the cell size is not possible.
    """
    return Raster(raw, source).window(crs, bounds, cell_m, resampling)


def read_aligned(
    sources: tuple[RasterInput, ...], raw: Path, crs: CRS, bounds: Bounds, cell_m: float | None = None
) -> tuple[Grid, ...] | None:
    """Read several rasters onto the same cells, by default of the finest of them; None when one of them has no data.

    Parameters and errors as in `read_window`. A surface model minus a terrain model is then ``surface - terrain``.
    """
    rasters = [Raster(raw, source) for source in sources]
    cell = min(raster.cell_m(crs) for raster in rasters) if cell_m is None else cell_m
    grids = [raster.window(crs, bounds, cell) for raster in rasters]
    return None if any(grid is None for grid in grids) else tuple(grid for grid in grids if grid is not None)
