"""Yearly irradiance and sky view of every cell around buildings, where a surface model was measured: solar.tif."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from affine import Affine
from pyproj import CRS
from rasterio.shutil import copy
from rasterio.windows import Window

from pvmap import disk, store
from pvmap.chinese_errors import said
from pvmap.crs import WGS84, grid_north, transformer
from pvmap.directions import N_AZ, N_EL
from pvmap.findings import Finding, finding
from pvmap.shade.sun import SunWeights
from pvmap.shade.surface_model import yearly_irradiance
from pvmap.sources.grid import Bounds, Grid
from pvmap.sources.surface_model import squares
from pvmap.stages.job import TileJob
from pvmap.stages.skies import sky_over, sun_weights
from pvmap.stages.surface_blocks import SurfaceBlocks, read_block
from pvmap.store import whole
from pvmap.versions import code_hash, digest

NAME = "solar.tif"
RECORD = "solar.json"  # says what the raster was drawn from; beside the squares, what they are drawn from
CODE = ("stages/solar_raster.py", "sources/surface_model.py")  # on top of what tiles depend on
SQUARES = "solar"  # folder below the run, while squares are drawn
BANDS = ("ghi_kwh_per_m2", "sky_view_factor")
ABOUT = (
    "yearly irradiance on the horizontal at the measured surface, shaded by the surface model, [kWh/m2]",
    "share of the isotropic sky a horizontal plane sees there",
)


@dataclass(frozen=True)
class SquareJob:
    """One square of the raster: where it lies and whose sky is over it."""

    job: TileJob
    bounds: Bounds
    weather_id: str

    @property
    def path(self) -> Path:
        """File of the square."""
        return self.job.processed / SQUARES / f"{self.bounds[0]:.0f}_{self.bounds[1]:.0f}.tif"


def square_jobs(job: TileJob) -> list[SquareJob]:
    """List the squares that hold roofs; none where the city has no surface model or does not ask for the raster."""
    blocks = SurfaceBlocks.of(job)
    if blocks is None or not job.settings.surface_model.write_raster:
        return []
    sites = store.read_table(job.prepared, "sites", columns=["site_type", "weather_id", "geometry"])
    roofs = sites[sites["site_type"] == "rooftop"]
    middle = shapely.get_coordinates(shapely.point_on_surface(roofs["geometry"].to_numpy()))
    weather = roofs["weather_id"].to_numpy()
    return [SquareJob(job, bounds, weather[rows[0]]) for bounds, rows in squares(middle, blocks.side_m)]


def draw_square(square: SquareJob) -> bool:
    """Write the cells of one square, unless they are there; False where nothing of it was measured."""
    if square.path.exists():
        return True
    block = read_block(square.job, square.bounds)
    if block is None:
        return False
    sun = sun_weights(sky_over(square.weather_id, square.job))
    nothing = np.zeros((N_AZ, N_EL - 1))
    even_sky = SunWeights(nothing, np.zeros((N_AZ, N_EL - 1, 3)), 1.0, 0.0)
    west, south, east, north = square.bounds
    crs = CRS(square.job.crs)
    middle = transformer(crs, WGS84).transform((west + east) / 2, (south + north) / 2)
    turn = float(grid_north(crs, *middle)[0])
    layers = [yearly_irradiance(block.model, light, grid_north=turn) for light in (sun, even_sky)]
    grid = block.model.grid
    left, right = (min(max(round((x - grid.west) / grid.cell_m), 0), grid.values.shape[1]) for x in (west, east))
    top, bottom = (min(max(round((grid.north - y) / grid.cell_m), 0), grid.values.shape[0]) for y in (north, south))
    if left >= right or top >= bottom:
        return False
    inner = grid.values[top:bottom, left:right]
    inside = Grid(inner, grid.west + left * grid.cell_m, grid.north - top * grid.cell_m, grid.cell_m)
    profile = _profile(square.job, right - left, bottom - top, inside.transform)

    def write(path: Path) -> None:
        with rasterio.open(path, "w", **profile) as file:
            for band, layer in enumerate(layers, start=1):
                file.write(layer[top:bottom, left:right], band)

    disk.write_atomically(square.path, write)
    return True


def join_squares(jobs: list[SquareJob]) -> Path | None:
    """Join the squares that were drawn into one cloud-optimised GeoTIFF, block by block; None where none was.

    Cells outside the squares or outside the surface model are NaN.
    """
    drawn = [square for square in jobs if square.path.exists()]
    if not drawn:
        return None
    processed = drawn[0].job.processed
    bounds = []
    for square in drawn:
        with rasterio.open(square.path) as part:
            bounds.append(part.bounds)
            cell_m = part.transform.a
    west, south = min(b.left for b in bounds), min(b.bottom for b in bounds)
    east, north = max(b.right for b in bounds), max(b.top for b in bounds)
    profile = _profile(
        drawn[0].job,
        math.ceil((east - west) / cell_m - 1e-6),
        math.ceil((north - south) / cell_m - 1e-6),
        Affine(cell_m, 0.0, west, 0.0, -cell_m, north),
    )
    whole = processed / SQUARES / NAME
    with rasterio.open(whole, "w", sparse_ok=True, bigtiff="if_safer", **profile) as file:
        for square in drawn:
            with rasterio.open(square.path) as part:
                column, row = round((part.bounds.left - west) / cell_m), round((north - part.bounds.top) / cell_m)
                file.write(part.read(), window=Window(column, row, part.width, part.height))
        for band, (name, about) in enumerate(zip(BANDS, ABOUT, strict=True), start=1):
            file.set_band_description(band, name)
            file.update_tags(band, about=about)
    options = {"compress": "deflate", "predictor": "yes", "overview_resampling": "average", "bigtiff": "if_safer"}
    path = disk.write_atomically(processed / NAME, lambda temporary: copy(whole, temporary, driver="COG", **options))
    return path


def write_solar_raster(
    job: TileJob, run: Callable[[Callable[[SquareJob], bool], list[SquareJob]], dict[int, str]]
) -> list[Finding]:
    """Draw the raster of a city where it asks for one and has none that is current and whole.

    One of an earlier run goes where the city no longer asks for it; squares that a killed run has left are kept.

    Parameters
    ----------
    job
        Any tile of the run: only its city matters here.
    run
        Maps a function over jobs, on whatever workers the run has, and returns the errors by job number.

    Returns
    -------
    list of Finding
        Squares that are missing.
    """
    jobs, folder = square_jobs(job), job.processed
    current = digest([job.stamp, code_hash(CODE)])
    record = whole.read_record(folder / RECORD, "stamp", "files")
    if jobs and record is not None and record["stamp"] == current and not whole.damaged(folder, record["files"]):
        return []
    disk.remove(folder / RECORD)
    disk.remove(folder / NAME)
    if whole.read_record(folder / SQUARES / RECORD) != {"stamp": current}:
        shutil.rmtree(folder / SQUARES, ignore_errors=True)
    if not jobs:
        return []
    whole.write_record(folder / SQUARES / RECORD, {"stamp": current})
    failures = run(draw_square, jobs)
    drawn = join_squares(jobs)
    shutil.rmtree(folder / SQUARES, ignore_errors=True)
    if not failures:
        files = whole.measured(folder, [NAME] if drawn is not None else [])
        whole.write_record(folder / RECORD, {"stamp": current, "files": files})
        return []
    reason = next(iter(failures.values()))
    told = {"reason": reason.rstrip("."), "reason_zh": said(reason).rstrip("。.")}
    return [finding("raster-squares-missing", layer=NAME, count=len(failures), total=len(jobs), **told)]


def _profile(job: TileJob, width: int, height: int, transform: Affine) -> dict[str, Any]:
    """Describe a tiled GeoTIFF of our bands."""
    return {
        "driver": "GTiff",
        "width": width,
        "height": height,
        "count": len(BANDS),
        "dtype": "float32",
        "nodata": np.nan,
        "crs": CRS(job.crs).to_wkt(),
        "transform": transform,
        "tiled": True,
        "blockxsize": 512,
        "blockysize": 512,
        "compress": "deflate",
    }
