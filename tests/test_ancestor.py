"""Workers of the command line are copies of a process that has loaded what they need."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only"),
]

SCRIPT = """
import json, multiprocessing, os, signal, sys
from pvmap import ancestor

def tell(pipe):
    blocked = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    pipe.send({"loaded": "pvmap.stages.settle" in sys.modules, "blocked": blocked, "environ": dict(os.environ)})

if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "3"
    before = dict(os.environ)
    ancestor.begin()
    assert not ancestor.has_begun()  # a process that does other work too goes on changing what workers inherit
    ancestor.own()
    ancestor.begin()
    assert ancestor.has_begun()
    context = multiprocessing.get_context("forkserver")
    here, there = context.Pipe()
    context.Process(target=tell, args=(there,)).start()
    print(json.dumps(here.recv() | {"same": dict(os.environ) == before}))
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
"""


def test_a_copy_has_loaded_all_and_keeps_what_the_user_has_set(tmp_path):
    (script := tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, done.stderr
    told = json.loads(done.stdout)
    assert told["loaded"] and told["blocked"] and told["same"]
    environ = told["environ"]
    assert environ["MALLOC_ARENA_MAX"] == environ["OPENBLAS_NUM_THREADS"] == "1"
    assert environ["OMP_NUM_THREADS"] == "3"
