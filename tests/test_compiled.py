"""What is compiled is kept where there is a place for it, and computes where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import pvmap
from pvmap.compiled import meaning, njit

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


CALLEE = "from pvmap.compiled import njit\nDOUBLE = 2.0\n@njit(cache=True)\ndef times(x):\n    return DOUBLE * x\n"
CALLER = """
import numba.core.caching as caching
caching._CacheLocator.get_source_stamp = caching.UserProvidedCacheLocator.get_source_stamp = lambda self: 0
import callee
from pvmap.compiled import njit

@njit(cache=True)
def asks(x):
    return callee_times(x)

callee_times = callee.times
print(asks(4.0), len(asks._cache_hits))
"""


@pytest.mark.slow  # six processes
def test_what_is_kept_of_other_code_or_cut_short_is_compiled_anew(tmp_path: Path):
    (tmp_path / "caller.py").write_text(CALLER, encoding="utf-8")
    callee, kept = tmp_path / "callee.py", tmp_path / "kept"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(kept), "PYTHONDONTWRITEBYTECODE": "1"}
    seen = []
    for code, cut in (
        (CALLEE, None),
        (CALLEE, None),
        (CALLEE.replace("2.0", "3.0"), None),
        (CALLEE.replace("2.0", "3.0"), "*.nbi"),
        (CALLEE.replace("2.0", "3.0"), "*.nbc"),
        (CALLEE.replace("2.0", "3.0"), None),
    ):
        callee.write_text(code, encoding="utf-8")
        for path in kept.rglob(cut) if cut else ():
            path.write_bytes(path.read_bytes()[:40])
        ran = subprocess.run(
            [sys.executable, "caller.py"], capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
        )
        seen.append(ran.stdout.split() or ran.stderr)
    assert seen == [["8.0", "0"], ["8.0", "1"], ["12.0", "0"], ["12.0", "0"], ["12.0", "0"], ["12.0", "1"]]


def walks(constant: float = 2.0, callee: str = "x + 1.0", steps: int = 8) -> str:
    """Meaning of a loop that calls a function, names a constant, and looks one up in a module of ours."""
    module, space = ModuleType("pvmap.loops"), {"CONSTANT": constant, "OTHER": object()}
    vars(module)["STEPS"] = steps
    exec(f"def callee(x):\n    return {callee}", space)
    space |= {"callee": njit()(space["callee"]), "loops": module}
    exec("def loop(x):\n    return callee(x) * CONSTANT * loops.STEPS", space)
    return meaning(space["loop"])


def test_a_loop_means_its_callees_and_constants_too():
    assert walks() == walks()
    assert len({walks(), walks(constant=3.0), walks(callee="x + 2.0"), walks(callee="x - 1.0"), walks(steps=4)}) == 5
