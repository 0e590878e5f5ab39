"""What a sample of draws costs beside the tiles of the same town, in processor time of the same run."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from city import demo_file
from test_tile_speed import TOWN, quickest

from pvmap import engine, pipeline
from pvmap.sources.demo import write_demo
from pvmap.stages import backdrop, publish
from pvmap.stages.assess import assess_tile
from pvmap.stages.draws import draw_quarter, quarters
from pvmap.stages.ready import prepared, tile_jobs
from pvmap.stages.settle import settle

BAR = 1.0  # at most as much again as the tiles
GUARD = 1.5  # 0.83 and 1.31 on a machine with two to six times the work it has cores for, and a seventh more


class Cost(NamedTuple):
    """Processor time of the parts of a run that draws take part in. [s]."""

    draws: float
    tiles: float
    appraisal: float


def cost(folder: Path, effort: str) -> Cost:
    """Run these parts of a town, compiled code ready."""
    folder.mkdir()
    file = demo_file(folder / "demo.toml", sites_per_tile=4000, demo=TOWN, more=f'[certainty]\neffort = "{effort}"')
    job = pipeline.open_city(str(file), folder)
    settings, (raw, processed, _) = job.settings, job.folders
    write_demo(settings, raw)
    city = prepared(settings, raw, processed)
    tiles = tile_jobs(settings, raw, processed, city)
    backdrop.lay_out(tiles[0])
    heights = quarters(settings, raw, processed, city, tiles[0].stamp)
    assert bool(heights) == (effort != "off")
    draws = sum(quickest(lambda one=one: draw_quarter(one)) for one in heights)
    assessed = sum(quickest(lambda tile=tile: assess_tile(tile)) for tile in tiles)
    with engine.Pool(workers=0) as pool:
        publish.gather([(tile, True) for tile in tiles], pool)
        appraisal = quickest(lambda: settle(settings, raw, processed, tiles[0], pool))
    return Cost(draws, assessed, appraisal)


@pytest.mark.benchmark
@pytest.mark.quick
def test_a_sample_costs_about_as_much_again_as_the_tiles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    off, sample = cost(tmp_path / "off", "off"), cost(tmp_path / "sample", "sample")
    ratio = (sum(sample) - sum(off)) / off.tiles
    with capsys.disabled():
        print(f"\noff {off}\nsample {sample}: {ratio:.2f} of the tiles more (bar {BAR})")
    assert ratio < GUARD
