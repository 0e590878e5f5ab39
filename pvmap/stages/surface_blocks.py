"""The measured surface model, looked over square by square of a lattice, so that tiling changes no number."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from pyproj import CRS

from pvmap import store
from pvmap.directions import N_AZ, azimuths
from pvmap.shade.points import Points
from pvmap.shade.rings import Boxes, Floats
from pvmap.shade.surface_model import SurfaceModel
from pvmap.shade.terrain import Terrain, far_horizon
from pvmap.sites.roof_planes import level_roofs
from pvmap.sources.grid import Bounds, Grid
from pvmap.sources.raster import Raster, read_window
from pvmap.sources.surface_model import labels_of, read_surface, square_side_m, squares
from pvmap.stages.job import TileJob

KNOWN_M = 2.0  # cells at which is asked where a model has measured


@dataclass(frozen=True)
class SurfaceBlocks:
    """Skylines over the city's surface model.

    A point looks from the square that holds it, over that square and at least ``surface_model.reach_m`` beyond.
    A roof point stands on its cell: on the plane where the cell lies on one (see `level_roofs`), otherwise as high as
    the surface was measured, so the noise of its own roof does not shade it but a chimney does. A point on the ground
    or on water stands ``surface_model.clearance_m`` above its cell, as its modules do.

    Attributes
    ----------
    job
        The city; its tile limits play no part here.
    side_m
        Side of a square.
    """

    job: TileJob
    side_m: float

    @classmethod
    def of(cls, job: TileJob) -> SurfaceBlocks | None:
        """Open the city's surface model; None where it has none."""
        source = job.settings.inputs.dsm
        if source is None:
            return None
        return cls(job, square_side_m(Raster(job.raw, source).cell_m(CRS(job.crs))))

    @property
    def reach_m(self) -> float:
        """Least distance that a point looks over, in metres."""
        return self.job.settings.surface_model.reach_m

    def has_measured(self, xy: np.ndarray) -> npt.NDArray[np.bool_]:
        """Whether heights were measured at places, (n, 2), to a cell of `KNOWN_M`."""
        source, crs = self.job.settings.inputs.dsm, CRS(self.job.crs)
        assert source is not None
        known = np.zeros(len(xy), bool)
        for square, rows in squares(xy, self.side_m):
            grid = read_window(source, self.job.raw, crs, square, KNOWN_M, "nearest")
            if grid is not None:
                known[rows] = np.isfinite(grid.sample(*xy[rows].T))
        return known

    def skylines(self, points: Points, *, azimuth: Floats | None = None, threads: int = 1) -> npt.NDArray[np.float32]:
        """Tangent of the elevation of the skyline over the surface model.

        Parameters
        ----------
        points
            Where to look from.
        azimuth
            (N_AZ,) azimuths on the grid, by default the centres of the bins. [deg]
        threads
            Threads that share the work.

        Returns
        -------
        (point, N_AZ) float32 array
            0 for points outside the model.
        """
        azimuth = azimuths() if azimuth is None else azimuth
        out = np.zeros((len(points.xy), N_AZ), np.float32)
        for square, rows in squares(points.xy, self.side_m):
            block = read_block(self.job, square)
            if block is not None:
                out[rows] = block.skylines(points.xy[rows], azimuth, threads)
        return out


@dataclass(frozen=True)
class Block:
    """A square of the surface model with its margin, without gaps.

    Attributes
    ----------
    model
        Heights, ready to be looked over.
    roofs : (rows, columns) bool array
        Cells whose centre lies in a building's footprint.
    clearance_m
        Height of the eye above cells that do not.
    """

    model: SurfaceModel
    roofs: np.ndarray
    clearance_m: float

    def skylines(self, xy: np.ndarray, azimuth: Floats, threads: int) -> npt.NDArray[np.float32]:
        """Skylines of points, as `SurfaceBlocks.skylines`."""
        grid = self.model.grid
        row = np.floor((grid.north - xy[:, 1]) / grid.cell_m).astype(int)
        column = np.floor((xy[:, 0] - grid.west) / grid.cell_m).astype(int)
        inside = (row >= 0) & (row < grid.values.shape[0]) & (column >= 0) & (column < grid.values.shape[1])
        on_roof = np.zeros(len(xy), bool)
        on_roof[inside] = self.roofs[row[inside], column[inside]]
        out = np.zeros((len(xy), N_AZ), np.float32)
        if on_roof.any():
            some = Points(xy[on_roof], np.array([0, int(on_roof.sum())]))
            out[on_roof] = self.model.skylines(some, azimuth=azimuth, threads=threads)
        open_ground = inside & ~on_roof
        if open_ground.any():
            x, y = xy[open_ground].T
            eye = grid.sample(x, y) + self.clearance_m
            out[open_ground] = far_horizon(
                Terrain.of(grid), x, y, eye, near_m=grid.cell_m, azimuth=azimuth, threads=threads
            )
        return out


def read_block(job: TileJob, square: Bounds) -> Block | None:
    """Read the surface model over a square and its margin; None where nothing of it was measured.

    Cells without a height take that of the ground, or of the building on it where a footprint lies there.
    """
    settings, crs = job.settings, CRS(job.crs)
    reach = settings.surface_model.reach_m
    window = (square[0] - reach, square[1] - reach, square[2] + reach, square[3] + reach)
    assert settings.inputs.dsm is not None
    dsm = read_surface(settings.inputs.dsm, settings.inputs.dem, job.raw, crs, window)
    if dsm is None:
        return None
    dsm = measured_part(dsm)
    sites: gpd.GeoDataFrame = store.read_table(  # type: ignore[assignment]
        job.prepared, "sites", columns=["site_type", "height_m", "geometry"], bbox=dsm.bounds
    )
    sites = sites[sites["site_type"] == "rooftop"]
    footprints = sites.geometry.to_numpy()
    dem, boxes = None, None
    if settings.inputs.dem is not None:
        dem = read_window(settings.inputs.dem, job.raw, crs, dsm.bounds)
    if dem is not None:
        middle = sites.geometry.representative_point()
        base = dem.sample(middle.x.to_numpy(), middle.y.to_numpy())
        boxes = Boxes.of(footprints, sites["height_m"].to_numpy(float), np.nan_to_num(base))
    model = SurfaceModel.of(level_roofs(footprints, dsm, settings.roof_planes), dem, boxes)
    return Block(model, labels_of(footprints, dsm) > 0, settings.surface_model.clearance_m)


def measured_part(grid: Grid) -> Grid:
    """Cut the rows and columns off a grid's rim in which nothing was measured."""
    known = np.isfinite(grid.values)
    rows, columns = np.flatnonzero(known.any(axis=1)), np.flatnonzero(known.any(axis=0))
    (top, bottom), (left, right) = (rows[0], rows[-1] + 1), (columns[0], columns[-1] + 1)
    return replace(
        grid,
        values=grid.values[top:bottom, left:right],
        west=grid.west + left * grid.cell_m,
        north=grid.north - top * grid.cell_m,
    )
