"""One side of ``against.py``: measures the pvmap that PYTHONPATH names, whenever it is asked to.

Takes inputs, run folder and settings (JSON); answers each word that it reads, "kernel" or "tiles", with one line of
JSON: processor seconds by case. Only what pvmap has had for long is asked of it, so that old commits can answer too.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pvmap.config import Folders, Settings

N_PLANES = 1024
CASES = {  # name: mounting, whether the ground slopes, whether rows shade
    "flush modules": ("flush", True, True),
    "racks": ("rack", False, True),
    "pond arrays": ("pond", False, True),
    "ground arrays on slopes": ("ground", True, True),
    "the same, what rows take left out": ("ground", True, False),
}


class Enough(BaseException):
    """The tiles are through, and nothing else is wanted."""


class Tiles:
    """The tiles of a town, recorded while a first run computes them; code is compiled after it."""

    def __init__(self, raw: Path, processed: Path, settings: dict[str, Any]):
        assess, publish = (importlib.import_module(f"pvmap.stages.{name}") for name in ("assess", "publish"))
        self._jobs: list[Any] = []
        self._assess = assess.assess_tile

        def recorded(job: Any) -> Any:
            self._jobs.append(job)
            return self._assess(job)

        def stop(*_: Any, **__: Any) -> None:
            raise Enough

        assess.assess_tile, publish.gather = recorded, stop  # before the pipeline takes hold of them
        pipeline = importlib.import_module("pvmap.pipeline")
        known = {name: values for name, values in settings.items() if name in Settings.model_fields}
        self.settings = Settings.model_validate(known)
        try:
            pipeline.make_map(
                pipeline.Job(Path("town.toml"), self.settings, Folders(raw, processed, processed)), workers=0
            )
        except Enough:
            pass
        else:
            raise RuntimeError("the run went past its tiles: pvmap.stages.publish.gather is not called any more")

    def measure(self) -> dict[str, float]:
        """Assess all tiles once more: all together, and by surface, of which rules may make more or fewer."""
        found: list[Any] = []
        taken = seconds(lambda: found.extend(self._assess(job) for job in self._jobs))
        n_surfaces = sum(one if isinstance(one, int) else one["surfaces"] for one in found)
        return {"tiles": taken, "tiles, 10,000 surfaces": taken / n_surfaces * 10_000}

    def sky(self) -> Any:
        """Sky over the town, as its tiles had it."""
        job, places = self._jobs[0], pd.read_parquet(self._sites, columns=["longitude", "latitude", "weather_id"])
        where = (places[name].to_numpy()[:1] for name in ("longitude", "latitude"))
        skies = importlib.import_module("pvmap.stages.skies").blend(*where, job, first=places["weather_id"].iloc[0])
        return skies[0][0]

    @property
    def _sites(self) -> Path:
        job = self._jobs[0]
        return getattr(job, "prepared", job.processed) / "sites.parquet"


class Kernel:
    """Calls of the kernel as tiles make them, with shade; with hourly groups where all that shades is looked at."""

    def __init__(self, sky: Any, settings: Any):
        from pvmap.energy.kernel import simulate

        rng = np.random.default_rng(1)
        factors = {name: rng.uniform(0.7, 1.0, N_PLANES) for name in ("sky_view_factor", "horizon_band_share")}
        shade, sunlit = pd.DataFrame(factors), np.sort(rng.random((N_PLANES, 64, 33), np.float32), axis=2)
        group = np.arange(N_PLANES) % 4
        self._calls: dict[str, Callable[[], Any]] = {
            name: partial(simulate, sky, planes(*of), shade, sunlit, group, 4 if rows else 0, settings, rows_shade=rows)
            for name, (*of, rows) in CASES.items()
        }
        for call in self._calls.values():  # compiled, packed
            call()

    def measure(self) -> dict[str, float]:
        """Quicker of two calls of each case: other work slows them down, never up."""
        return {name: min(seconds(call) for _ in range(2)) for name, call in self._calls.items()}


def planes(mounting: str, sloping: bool) -> pd.DataFrame:
    """Surfaces of one mounting, those of rows on level ground or on slopes of up to 20 degrees."""
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "surface_tilt": rng.uniform(5, 40, N_PLANES),
            "surface_azimuth": rng.uniform(90, 270, N_PLANES),
            "gcr": rng.uniform(0.3, 0.7, N_PLANES),
            "albedo": rng.uniform(0.1, 0.3, N_PLANES),
            "mounting": mounting,
            "row_length_m": 4.58,
            "edge_height_m": rng.uniform(0.5, 3, N_PLANES),
            "ground_tilt": rng.uniform(1, 20, N_PLANES) * sloping,
            "ground_azimuth": rng.uniform(0, 360, N_PLANES),
            "capacity_kwp": rng.uniform(1, 500, N_PLANES),
        }
    )


def seconds(call: Callable[[], Any]) -> float:
    """Processor time of a call [s]."""
    start = time.process_time()
    call()
    return time.process_time() - start


def main(raw: str, processed: str, settings: str) -> None:
    """Get ready, say where pvmap lies, then answer."""
    town = Tiles(Path(raw), Path(processed), json.loads(settings))
    parts = {"kernel": Kernel(town.sky(), town.settings.energy), "tiles": town}
    print(json.dumps(importlib.import_module("pvmap").__file__), flush=True)
    for line in sys.stdin:
        print(json.dumps(parts[line.strip()].measure()), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
