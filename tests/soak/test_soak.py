"""A seeded sample of the kills of ``make soak``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_fifteen_kills_lose_nothing():
    script = Path(__file__).with_name("soak.py")
    done = subprocess.run(
        [sys.executable, script, "15", "--seed", "20"], capture_output=True, text=True, env={**os.environ}, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 faults" in done.stdout
