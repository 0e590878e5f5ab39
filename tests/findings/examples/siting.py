"""Examples of `pvmap/findings/catalogue/siting.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from findings.examples import example
from findings.examples.village import HEAD, TYPICAL, feature, put, put_raster, rectangle

from pvmap import pipeline
from pvmap.findings import Finding, from_record
from pvmap.store import read_json


@example("coarse-terrain-hides-walls")
def cells_of_sixty_metres(folder: Path, faulty: bool) -> Iterable[Finding]:
    cell = 60.0 if faulty else 30.0
    put(folder, "m.geojson", [feature(rectangle(0, 0, 300, 300), no="m1")])
    put_raster(folder, "dem.tif", np.full((round(1800 / cell),) * 2, 40.0), cell=cell, x=-750, y=1050)
    inputs = '[inputs.dem]\npath = "dem.tif"\n[[inputs.mines]]\npath = "m.geojson"\ncolumns = { id = "no" }\n'
    put(folder, "x.toml", f"{HEAD}{inputs}{TYPICAL}")
    job = pipeline.open_city(str(folder / "x.toml"), folder, folder)
    pipeline.make_map(job, workers=0)
    return [from_record(one) for one in read_json(job.folders.processed / "run.json")["findings"]]
