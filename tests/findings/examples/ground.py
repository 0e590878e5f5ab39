"""Examples of `pvmap/findings/catalogue/ground.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import rasterio
from findings.examples import example
from findings.examples.village import BUILDINGS, CRS, check, put, put_raster, rows

from pvmap.findings import Finding

DEM = '[inputs.dem]\npath = "dem.tif"\n'
DSM = DEM + '[inputs.dsm]\npath = "dsm.tif"\n'


@example("ground-missing")
def an_untagged_void(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    ground = np.full((60, 100), 12.0)
    if faulty:
        ground[10:40, 40:80] = -32768.0
    put_raster(folder, "dem.tif", ground)
    return check(folder, BUILDINGS + DEM)


@example("ground-zero")
def a_void_written_as_zero(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(24))
    ground = np.full((60, 800), 840.0)
    if faulty:
        ground[:, :60] = 0.0
    put_raster(folder, "dem.tif", ground)
    return check(folder, BUILDINGS + DEM)


def _level(folder: Path, unit: str | None, crs: str = f"EPSG:{CRS}") -> Iterable[Finding]:
    """A village on level ground whose model states this unit of heights."""
    put(folder, "b.geojson", rows(2))
    put_raster(folder, "dem.tif", np.full((60, 100), 40.0))
    with rasterio.open(folder / "dem.tif", "r+") as file:
        if unit is not None:
            file.units = (unit,)
        file.crs = crs
    return check(folder, BUILDINGS + DEM)


@example("heights-converted")
def heights_in_feet(folder: Path, faulty: bool) -> Iterable[Finding]:
    return _level(folder, "US survey foot" if faulty else "metre")


@example("height-unit-unknown")
def a_model_of_something_else(folder: Path, faulty: bool) -> Iterable[Finding]:
    return _level(folder, "Kelvin" if faulty else None)


@example("heights-perhaps-feet")
def a_survey_in_feet(folder: Path, faulty: bool) -> Iterable[Finding]:
    return _level(folder, None if faulty else "ft", "EPSG:2232")


@example("dem-elsewhere")
def the_tile_beside(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    put_raster(folder, "dem.tif", np.full((60, 100), 12.0), x=9_000.0 if faulty else -20.0)
    return check(folder, BUILDINGS + DEM)


@example("dsm-elsewhere")
def the_surface_of_another_town(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    put_raster(folder, "dem.tif", np.full((60, 100), 12.0))
    put_raster(folder, "dsm.tif", np.full((60, 100), 12.0), x=9_000.0 if faulty else -20.0)
    return check(folder, BUILDINGS + DSM)


@example("surface-below-ground")
def two_height_systems(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    put_raster(folder, "dem.tif", np.full((60, 100), 62.0))
    put_raster(folder, "dsm.tif", np.full((60, 100), 32.0 if faulty else 62.0))
    return check(folder, BUILDINGS + DSM)


@example("ground-jumps")
def a_void_written_as_a_height(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    ground = np.full((60, 100), 240.0)
    ground[10:40, 40:80] = 1.0 if faulty else 180.0
    put_raster(folder, "dem.tif", ground)
    return check(folder, BUILDINGS + DEM)


@example("weather-other-altitude")
def weather_of_the_plain(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    put_raster(folder, "dem.tif", np.full((60, 100), 1900.0))
    typical = f'[[weather.points]]\nformat = "typical"\naltitude_m = {10.0 if faulty else 1700.0}\n'
    return check(folder, BUILDINGS + DEM, weather=typical)


@example("surface-voids")
def zeros_in_a_corner(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    surface = np.full((60, 100), 12.0)
    surface[15:30, 10:30] = 20.0
    surface[:, 80:] = 0.0 if faulty else 12.0
    put_raster(folder, "dem.tif", np.full((60, 100), 12.0))
    put_raster(folder, "dsm.tif", surface)
    return check(folder, BUILDINGS + DSM)


@example("surface-without-buildings")
def the_ground_model_twice(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(6))
    ground = np.full((60, 200), 12.0)
    surface = ground.copy()
    for i in range(6):
        surface[15:30, 10 + 30 * i : 30 + 30 * i] += 0.0 if faulty else 8.0
    put_raster(folder, "dem.tif", ground)
    put_raster(folder, "dsm.tif", surface)
    return check(folder, BUILDINGS + DSM)


@example("surface-above-ground")
def a_surface_in_feet(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    put_raster(folder, "dem.tif", np.full((60, 100), 12.0))
    surface = np.full((60, 100), 12.0)
    surface[15:30, 10:30] = 20.0
    put_raster(folder, "dsm.tif", surface / (0.3048 if faulty else 1.0))
    return check(folder, BUILDINGS + DSM)
