"""What is compiled is kept where there is a place for it, and computes where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import pvmap

CODE = """
import numba.core.caching as caching
for one in caching.CacheImpl._locator_classes:
    one.from_function = classmethod(lambda *_: None)  # as where no folder can be written
from pvmap.compiled import njit

@njit(cache=True, error_model="numpy")
def halves(of):
    return of / 0.0

print(halves(1.0))
"""


@pytest.mark.slow
def test_a_system_on_which_nothing_can_be_kept_computes(tmp_path: Path):
    program = tmp_path / "program.py"
    program.write_text(CODE, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, check=False, env={**os.environ}, cwd=tmp_path
    )
    assert ran.stdout == "inf\n", ran.stderr


def test_every_loop_is_compiled_in_this_way():
    package = Path(pvmap.__file__).parent
    plain = [path.name for path in package.rglob("*.py") if "from numba import njit" in path.read_text("utf-8")]
    assert plain == []
