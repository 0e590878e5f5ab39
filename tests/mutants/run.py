"""Change the code of siting, shade and energy in one small way at a time, and count how many changes the tests notice.

    python tests/mutants/run.py --count 200 --seed 1

Mutations are cosmic-ray's; the seed puts them in an order that an edit elsewhere does not change. `record.py` has
written once which test executes which line, so that a mutant meets only the tests that can notice it, shortest first.
Compiled modules are interpreted at first, and compiled, with all that calls them, for tests too long for that.
Results are kept in build/mutants.json and count while their module is the same; survivors are tried again when tests
have changed. Changes that no test can notice, because no result depends on them, stand in equivalent.toml, each with
its reason; they are not tried, and count as survivors in the first of the two scores.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import hashlib
import importlib.util
import json
import os
import re
import resource
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from record import PACKAGES, Lines, Session, recorded

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "mutants"
RESULTS = ROOT / "build" / "mutants.json"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
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
LEAST_CPU_S = {True: 240, False: 40}  # what compiled or interpreted tests may take, beside their own time in record.py


@dataclass(frozen=True)
class Mutant:
    """One change: module, operator of cosmic-ray, how manieth place, and the line."""

    module: str
    operator: str
    occurrence: int
    line: int

    def key(self, seed: int = 0) -> str:
        """Name that holds while the module's text is the same."""
        text = f"{seed} {self.module} {self.operator} {self.occurrence}"
        return hashlib.sha256(text.encode()).hexdigest()

    def change(self, source: str) -> tuple[str, str, str]:
        """Give the module's text with the change, and the line before and after it."""
        changed = mutate_code(source, get_operator(self.operator)(), self.occurrence)
        if changed is None or changed == source:
            raise ValueError(f"{self} changes nothing")
        before, after = (text.splitlines()[self.line - 1].strip() for text in (source, changed))
        return changed, before, after


def places(module: Path) -> list[Mutant]:
    """Every change that can be made to a module, without those that can change no result."""
    source = module.read_text(encoding="utf-8")
    idle = idle_spans(source)
    nodes = list(ast_nodes(get_ast(source)))
    found = []
    for name in OPERATORS:
        operator = get_operator(name)()
        positions = [at for node in nodes for at in operator.mutation_positions(node)]
        found += [
            Mutant(str(module.relative_to(ROOT)), name, number, start[0])
            for number, (start, _) in enumerate(positions)
            if not any(first <= start < last for first, last in idle)
        ]
    return found


def idle_spans(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Spans of code that no result depends on: types, decorators, texts of errors and what checks only ourselves."""
    idle: list[ast.expr | ast.stmt] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            idle += node.decorator_list  # njit's options change the speed
            idle += [node.returns] if node.returns else []
            named = [*zip(reversed(node.args.args), reversed(node.args.defaults), strict=False)]
            named += zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            idle += [value for argument, value in named if value and argument.arg == "threads"]  # they change the speed
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            idle.append(node.annotation)
        elif isinstance(node, ast.ClassDef):
            idle += node.decorator_list  # frozen, slots
        elif isinstance(node, ast.Raise):
            idle.append(node)
        elif isinstance(node, ast.Call):
            idle += [one.value for one in node.keywords if one.arg in ("strict", "copy", "stacklevel")]
    return [((n.lineno, n.col_offset), (n.end_lineno or 0, n.end_col_offset or 0)) for n in idle]


def copy_of_project() -> Path:
    """Copy what tests need; the shared data lie beside it as they do here."""
    copy = BUILD / "project"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for name in ("pvmap", "tests", "pipelines", "docs"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy2(ROOT / name, copy)
    if (ROOT.parent / "shared").exists() and not (BUILD / "shared").exists():
        (BUILD / "shared").symlink_to(ROOT.parent / "shared")
    compileall.compile_dir(copy / "pvmap", quiet=1)
    return copy


def in_child(work: Callable[[], int]) -> bool:
    """Whether work in a process of its own, which has the libraries already but none of the project, returns 0."""
    child = os.fork()
    if child == 0:
        log = os.open(BUILD / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        status = 1
        try:
            status = work()
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def session(copy: Path, *, compiled: bool, cache: Path, limit_s: int = 0) -> None:
    """Turn this process into one that tests the copy, with compiled loops or interpreted ones."""
    import numba.core.config

    numba.core.config.DISABLE_JIT = not compiled
    numba.core.config.CACHE_DIR = str(cache)
    sys.path[:] = [str(copy), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT)]
    os.environ["PYTHONPATH"] = str(copy)
    os.chdir(copy)
    if limit_s:
        resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 5))


def passes(tests: list[str], lines: Lines, copy: Path, cache: Path, *, compiled: bool = True) -> bool:
    """Whether all of the tests pass in the copy as it is now."""
    if not tests:
        return True
    limit_s = LEAST_CPU_S[compiled] + int((5 if compiled else 1) * sum(lines.cpu_s[test] for test in tests))

    def work() -> int:
        session(copy, compiled=compiled, cache=cache, limit_s=limit_s)
        return Session(tests).run()

    return in_child(work)


def cache_without(module: str, cache: Path, folder: Path) -> Path:
    """Copy what is compiled but for a module and those that take functions from it, which would not know the change."""
    stale, texts = {Path(module).stem}, {path.stem: path.read_text() for path in (ROOT / "pvmap").rglob("*.py")}
    more = stale
    while more:
        taken = re.compile(rf"from pvmap[.\w]*\.({'|'.join(more)}) import")
        more = {name for name, text in texts.items() if "njit" in text and taken.search(text)} - stale
        stale = stale | more
    shutil.copytree(cache, folder / "compiled")
    for path in (folder / "compiled").rglob("*.nb*"):
        if path.name.split(".")[0] in stale:
            path.unlink()
    return folder / "compiled"


def is_killed(mutant: Mutant, lines: Lines, copy: Path, cache: Path) -> bool:
    """Whether some test fails, or does not come to an end, with this change."""
    path = copy / mutant.module
    before = path.read_text(encoding="utf-8")
    changed, _, _ = mutant.change(before)
    whole, cut = lines.tests_of(mutant.module, mutant.line)
    path.write_text(changed, encoding="utf-8")
    Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
    try:
        if "njit" not in before:
            return not passes([*whole, *cut], lines, copy, cache)
        if not passes(whole, lines, copy, cache, compiled=False):
            return True
        with tempfile.TemporaryDirectory() as folder:
            return not passes(cut, lines, copy, cache_without(mutant.module, cache, Path(folder)))
    finally:
        path.write_text(before, encoding="utf-8")


def main() -> None:
    """Take the first mutants of the seed's order, try those whose result is not known, print the score."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("count", 200), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    preload()
    sys.dont_write_bytecode = True
    modules = [path for package in PACKAGES for path in sorted((ROOT / "pvmap" / package).glob("*.py"))]
    sample = sorted((m for path in modules for m in places(path)), key=lambda m: m.key(asked.seed))[: asked.count]
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in modules}
    stamps = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known = {key: one for key, one in known.items() if one["stamp"] == stamps.get(one["module"])}
    copy = copy_of_project()
    whole_code = hashlib.sha256("".join(text for text in texts.values() if "njit" in text).encode()).hexdigest()
    cache = BUILD / f"compiled-{whole_code[:12]}"

    def interpreted(work: Callable[[], int]) -> bool:
        def begin() -> int:
            session(copy, compiled=False, cache=cache)
            return work()

        return in_child(begin)

    lines = recorded(BUILD, copy, interpreted)
    cache.mkdir(exist_ok=True)
    equivalent = judged()
    left, n_killed, n_judged = [], 0, 0
    for mutant in sample:
        _, before, after = mutant.change(texts[mutant.module])
        if reason := equivalent.get((mutant.module, before, after)):
            n_judged += 1
            print("equivalent", f"{mutant.module}:{mutant.line}", f"{before}  ->  {after}  ({reason})", flush=True)
            continue
        one, tests = known.get(mutant.key()), lines.stamp_of(mutant.module, mutant.line)
        if not one or not (one["killed"] or one["tests"] == tests):
            killed = is_killed(mutant, lines, copy, cache)
            state = {"killed": killed, "stamp": stamps[mutant.module], "tests": tests}
            one = known[mutant.key()] = {**asdict(mutant), "before": before, "after": after, **state}
            RESULTS.write_text(json.dumps(known, indent=1))
        text = f"{mutant.module}:{mutant.line}  {before}  ->  {after}"
        n_killed += one["killed"]
        left += [] if one["killed"] else [text]
        print("killed    " if one["killed"] else "SURVIVED  ", text, flush=True)
    n = len(sample)
    print(f"{n_killed} of {n} mutants killed ({n_killed / max(1, n):.1%}) with seed {asked.seed}.")
    print(
        f"{n_judged} change no result; of the others {n_killed / max(1, n - n_judged):.1%} are killed, and these not:"
    )
    print(*left, sep="\n")


def judged() -> dict[tuple[str, str, str], str]:
    """Read which changes no result depends on: module, line before and after, and why."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]
    return {(one["module"], one["before"], one["after"]): one["reason"] for one in entries}


def preload() -> None:
    """Load the libraries once for all children."""
    for name in ("geopandas", "hypothesis", "numba", "pvlib", "pyogrio", "pytest", "rasterio", "scipy", "pydantic"):
        importlib.import_module(name)


if __name__ == "__main__":
    main()
