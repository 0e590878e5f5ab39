"""Change the code of siting, shade and energy in one small way at a time, and count how many changes the tests notice.

    python tests/mutants/run.py --count 200 --seed 1 --workers 2

Mutations are cosmic-ray's. The sample is drawn by the seed, each mutant runs in a copy of the project against the tests
nearest to its module, and if those pass against all of its package's. Survivors are printed with their line: each is a
test that is missing, or a change that changes nothing.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("sites", "shade", "energy")
SWAPS = {
    "BinaryOperator": ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "Pow_Mul", "BitAnd_BitOr"),
    "ComparisonOperator": ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Lt_Gt", "Gt_Lt", "Eq_NotEq", "NotEq_Eq"),
    "UnaryOperator": ("USub_UAdd", "Delete_Not", "Delete_Invert"),
}
OPERATORS = (
    *(f"core/Replace{kind}_{swap}" for kind, swaps in SWAPS.items() for swap in swaps),
    *("core/NumberReplacer", "core/ReplaceAndWithOr", "core/ReplaceOrWithAnd"),
    *("core/ReplaceTrueWithFalse", "core/ReplaceFalseWithTrue"),
)
NEAREST = {  # modules whose tests do not carry their name
    "mine_terrain": ("sites/test_mine_terrain.py", "sites/test_mine.py"),
    "plane_fit": ("sites/test_mine_terrain.py",),
    "patches": ("sites/test_fishpond.py", "sites/test_mine.py"),
    "plane_edges": ("sites/test_roof_planes.py",),
    "region_growing": ("sites/test_roof_planes.py",),
    "ridge": ("sites/test_rooftop.py",),
    "row_houses": ("sites/test_row_houses.py",),
    "roof_use": ("sites/test_reading.py",),
    "plane": ("shade/test_skyline.py",),
    "nearby": ("shade/test_walls.py",),
    "rings": ("shade/test_walls.py",),
    "surface_model": ("shade/test_sweep.py", "test_surface_blocks.py"),
    "kernel_loop": ("energy/test_kernel.py",),
    "kernel_pack": ("energy/test_kernel.py",),
}
LONGEST_S = 600.0


@dataclass(frozen=True)
class Mutant:
    """One change: module, operator of cosmic-ray, how manieth place, and the line."""

    module: Path
    operator: str
    occurrence: int
    line: int


def places(module: Path) -> list[Mutant]:
    """Every change that can be made to a module; what only types say is left out."""
    source = module.read_text(encoding="utf-8")
    typed = annotation_lines(source)
    nodes = list(ast_nodes(get_ast(source)))
    found = []
    for name in OPERATORS:
        operator = get_operator(name)()
        positions = [at for node in nodes for at in operator.mutation_positions(node)]
        found += [
            Mutant(module, name, number, start[0])
            for number, (start, _) in enumerate(positions)
            if start[0] not in typed
        ]
    return found


def annotation_lines(source: str) -> set[int]:
    """Lines that hold signatures, which may not be changed to any effect."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return {line for one in functions for line in range(one.lineno, one.body[0].lineno)}


def tests_of(module: Path) -> list[list[str]]:
    """Give tests to run one after the other until one fails: nearest, then those of the whole package."""
    package = module.parent.name
    own = NEAREST.get(module.stem, (f"{package}/test_{module.stem}.py",))
    nearest = [f"tests/{name}" for name in own if (ROOT / "tests" / name).exists()]
    return [*([nearest] if nearest else []), [f"tests/{package}"]]


def copy_of_project(folder: Path) -> Path:
    """Copy what tests need; the shared data lie beside it as they do here."""
    copy = folder / "project"
    for name in ("pvmap", "tests", "pipelines", "pyproject.toml", "README.md", "docs"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            copy.mkdir(exist_ok=True)
            shutil.copy(source, copy / name)
    if (ROOT.parent / "shared").exists():
        (folder / "shared").symlink_to(ROOT.parent / "shared")
    return copy


def is_killed(mutant: Mutant, copy: Path) -> bool:
    """Whether some test fails, or does not come to an end, with this change."""
    path = copy / mutant.module.relative_to(ROOT)
    before = path.read_text(encoding="utf-8")
    changed = mutate_code(before, get_operator(mutant.operator)(), mutant.occurrence)
    if changed is None or changed == before:
        raise ValueError(f"{mutant} changes nothing")
    # compiled code does not know what it was inlined from: each change of it is compiled afresh
    cache = Path(tempfile.mkdtemp(dir=copy.parent)) if "njit" in before else copy.parent / "compiled"
    environment = {**os.environ, "PYTHONPATH": str(copy), "NUMBA_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}
    path.write_text(changed, encoding="utf-8")
    try:
        for tests in tests_of(mutant.module):
            command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", *tests]
            done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=LONGEST_S)
            if done.returncode:
                return True
        return False
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(before, encoding="utf-8")
        if "njit" in before:
            shutil.rmtree(cache, ignore_errors=True)


def main() -> None:
    """Draw the sample, run it, print the score."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("count", 200), ("seed", 1), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    modules = [path for package in PACKAGES for path in sorted((ROOT / "pvmap" / package).glob("*.py"))]
    every = [mutant for module in modules for mutant in places(module)]
    sample = random.Random(asked.seed).sample(every, min(asked.count, len(every)))
    with tempfile.TemporaryDirectory() as root, ThreadPoolExecutor(asked.workers) as pool:
        copies: Queue[Path] = Queue()
        for number in range(asked.workers):
            folder = Path(root) / str(number)
            folder.mkdir()
            copies.put(copy_of_project(folder))

        def run(mutant: Mutant) -> bool:
            copy = copies.get()
            try:
                killed = is_killed(mutant, copy)
            finally:
                copies.put(copy)
            where = f"{mutant.module.relative_to(ROOT)}:{mutant.line}"
            print("killed  " if killed else "SURVIVED", where, mutant.operator, mutant.occurrence, flush=True)
            return killed

        killed = list(pool.map(run, sample))
    print(
        f"{sum(killed)} of {len(killed)} mutants killed ({sum(killed) / len(killed):.1%}); {len(every)} places in all"
    )


if __name__ == "__main__":
    main()
