"""After the rehearsals a tile finds all its compiled code ready."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from city import Run

# in a process and with a cache of its own, so that nothing is ready before
SCRIPT = """
import sys
from numba.core import event
from pvmap import pipeline
from pvmap.stages import assess, ready, rehearse
from pathlib import Path

compiled = []

class Note(event.Listener):
    def on_start(self, happened): pass
    def on_end(self, happened):
        function = happened.data["dispatcher"].py_func
        if function.__module__.startswith("pvmap"):
            compiled.append(function.__name__)

event.register("numba:compile", Note())
job = pipeline.open_city(sys.argv[1], root=Path(sys.argv[2]))
settings, (raw, processed, _) = job.settings, job.folders
for part in rehearse.REHEARSALS:
    part(settings)
print(len(compiled))
compiled.clear()
for tile in ready.tile_jobs(settings, raw, processed, ready.prepared(settings, raw, processed)):
    assess.assess(assess.read_sites(tile), tile)
print(*compiled)
"""


@pytest.mark.slow
def test_tiles_compile_nothing_after_the_rehearsals(small_city: Run, tmp_path: Path):
    root = small_city.processed.parents[2]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(small_city.job.city_file), str(root)],
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    rehearsed, later = done.stdout.splitlines()
    assert int(rehearsed) > 20
    assert later == ""
