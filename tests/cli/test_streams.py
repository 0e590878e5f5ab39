"""A terminal that is closed, full or gone: a sentence where there is still a place for it, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,  # processes of their own
    pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device on this system"),
]
PVMAP = f"'{sys.executable}' -m pvmap"


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (f"{PVMAP} schema sites >&-", 0, ""),
        (f"{PVMAP} schema nothing 2>&-", 2, ""),
        (f"{PVMAP} schema nothing 2>/dev/full", 2, ""),
        (f"{PVMAP} map --nothing 2>/dev/full", 2, ""),
        (f"{PVMAP} schema nothing >&- 2>&- <&-", 2, ""),
        (f"{PVMAP} template >/dev/full", 2, "pvmap: What is told here cannot be written: "),
        (f"{PVMAP} --help >/dev/full", 2, "pvmap: What is told here cannot be written: "),
        (f"{PVMAP} template | head -1 >/dev/null", 0, ""),
    ],
    ids=str,
)
def test_no_terminal_is_no_traceback(command: str, code: int, told: str):
    ran = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"}
    )
    assert ran.returncode == code and ran.stderr.startswith(told) and ran.stderr.count("\n") == bool(told), ran


def test_a_session_without_chinese_file_names_is_told_before_anything_is_written(tmp_path: Path):
    around = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "pvmap", "new", "hamlet", "--root", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=around)
    assert done.returncode == 2 and "set LC_ALL=C.UTF-8" in done.stderr and "Traceback" not in done.stderr, done
    assert not list(tmp_path.iterdir())
