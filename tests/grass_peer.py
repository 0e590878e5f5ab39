"""GRASS r.horizon over an array, for comparison: accuracy and time."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest


def horizons(
    z: np.ndarray, azimuths: list[float], folder: Path, maxdistance_m: float | None = None
) -> tuple[list[np.ndarray], list[float]]:
    """Skylines [deg] of a raster with cells of 1 m at azimuths clockwise from north, and the seconds each took.

    The raster is put on the equator at a central meridian, where grid north is north.
    """
    if shutil.which("grass") is None:
        pytest.skip("GRASS is not installed (Debian: grass-core)")
    rows, columns = z.shape
    z.astype("<f4").tofile(folder / "z.bin")
    east, west = 500_000 + columns / 2, 500_000 - columns / 2
    limit = f"maxdistance={maxdistance_m}" if maxdistance_m else ""
    script = [
        "set -e",
        f"r.in.bin -f input={folder}/z.bin output=z bytes=4 rows={rows} cols={columns} "
        f"north={rows} south=0 east={east} west={west} anull=-9999 --quiet",
        "g.region raster=z",
    ]
    for i, azimuth in enumerate(azimuths):
        script += [
            "date +%s.%N",
            f"r.horizon -d elevation=z direction={(90 - azimuth) % 360} output=h{i} {limit} --quiet",
            "date +%s.%N",
            f"r.out.bin -f input=$(g.list type=raster pattern='h{i}_*') output={folder}/h{i}.bin bytes=4 --quiet",
        ]
    (folder / "run.sh").write_text("\n".join(script), encoding="utf-8")
    command = ["grass", "--tmp-location", "EPSG:32631", "--exec", "bash", str(folder / "run.sh")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    stamps = [float(line) for line in done.stdout.splitlines() if line.replace(".", "", 1).isdigit()]
    seen = [np.fromfile(folder / f"h{i}.bin", "<f4").reshape(rows, columns) for i in range(len(azimuths))]
    return seen, [b - a for a, b in zip(stamps[::2], stamps[1::2], strict=True)]
