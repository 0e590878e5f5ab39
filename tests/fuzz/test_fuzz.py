"""Whatever input is spoilt, and whatever command meets it: a sentence, never a traceback, never a wait."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

IN_CI = os.environ.get("CI", "").lower() == "true"
HERE = Path(__file__).resolve().parent


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the fuzzer forks")
def test_spoilt_inputs_end_in_sentences() -> None:
    n, seed = (3000, 2) if IN_CI else (200, 1)
    # in a process of its own: what it starts is forked before any other test has started threads
    command = [sys.executable, str(HERE / "fuzz.py"), str(n), "--seed", str(seed)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-5000:] + told.stderr[-3000:]
    found = json.loads(told.stdout.splitlines()[-1])
    assert found["cases"] == n
    assert found["came"]["refused"] > 0.3 * n  # or nothing much was spoilt
    assert found["peak_memory_mb"] < 1000
