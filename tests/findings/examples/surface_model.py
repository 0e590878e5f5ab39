"""Examples about the surface model: heights from it, its holes, its raster."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from findings.examples import example
from findings.examples.village import BUILDINGS, check, put, put_raster, rows

from pvmap import pipeline
from pvmap.errors import PvmapError
from pvmap.findings import Finding
from pvmap.stages.solar_raster import write_solar_raster

MODELS = '[inputs.dsm]\npath = "s.tif"\n[inputs.dem]\npath = "g.tif"\n'


def models(folder: Path, surface: np.ndarray, heights: list[float | None]) -> None:
    """Four halls, a surface model of 2 m cells, and level ground."""
    put(folder, "b.geojson", rows(4, h=heights))
    put_raster(folder, "s.tif", surface)
    put_raster(folder, "g.tif", np.zeros((60, 60)), cell=30.0, x=-900, y=900)


def raised(shape: tuple[int, int] = (60, 160)) -> np.ndarray:
    """Give the surface: level ground and eight metres where the halls stand."""
    surface = np.zeros(shape)
    for hall in range(4):
        surface[15:30, 10 + 30 * hall : 30 + 30 * hall] = 8.0
    return surface


@example("dsm-without-dem")
def no_ground(folder: Path, faulty: bool) -> Iterable[Finding]:
    models(folder, raised(), [8.0] * 4)
    return check(folder, BUILDINGS + (MODELS.split("[inputs.dem]")[0] if faulty else MODELS))


@example("heights-measured")
def footprints_alone(folder: Path, faulty: bool) -> Iterable[Finding]:
    models(folder, raised(), [None if faulty else 8.0] * 4)
    return check(folder, BUILDINGS + MODELS)


@example("dsm-cells-filled")
def a_void_on_a_roof(folder: Path, faulty: bool) -> Iterable[Finding]:
    surface = raised()
    if faulty:
        surface[20:24, 15:20] = np.nan
    models(folder, surface, [8.0] * 4)
    return check(folder, BUILDINGS + MODELS)


@example("dsm-drawn")
def a_model_made_of_blocks(folder: Path, faulty: bool) -> Iterable[Finding]:
    scatter = np.zeros((60, 160)) if faulty else np.random.default_rng(5).normal(0.0, 0.03, (60, 160))
    models(folder, 1.037 * raised() + scatter, [8.0] * 4)
    return check(folder, BUILDINGS + MODELS)


@example("raster-squares-missing")
def a_model_that_broke(folder: Path, faulty: bool) -> Iterable[Finding]:
    models(folder, raised(), [8.0] * 4)
    check(folder, BUILDINGS + MODELS + "[surface_model]\nwrite_raster = true\n")
    job = pipeline.open_city(str(folder / "x.toml"), folder, folder)
    _, jobs = pipeline.ready(job.settings, folder, folder / "run")
    if faulty:
        (folder / "s.tif").write_bytes((folder / "s.tif").read_bytes()[:3_000])

    def run(draw, todo: list) -> dict[int, str]:
        failures = {}
        for number, square in enumerate(todo):
            try:
                draw(square)
            except PvmapError as error:
                failures[number] = str(error)
        return failures

    found = write_solar_raster(jobs[0], run)
    assert all("s.tif 无法读取" in one.sentence("zh") for one in found)
    return found
