"""Which test executes which line of siting, shade and energy, and a session of pytest that runs some of them."""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import Phase, settings

PACKAGES = ("sites", "shade", "energy")
ELSEWHERE = (  # tests of other folders that are quick and call the packages
    "tests/test_surface_blocks.py",
    "tests/stages/test_ground_doubts.py",
    "tests/reference/test_sunlit_fraction.py",
    "tests/reference/test_rear_by_rays.py",
)
LONGEST_S = 0.7  # of processor time of a test whose loops are interpreted and traced: longer ones are cut
settings.register_profile("mutants", deadline=None, database=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))


class Cut(BaseException):
    """A test was cut short; no test and no library catches it."""


@dataclass
class Lines:
    """What was recorded: lines a test, their times, and which tests came to a good end though interpreted."""

    lines: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    cpu_s: dict[str, float] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    sources: dict[str, dict[str, str]] = field(default_factory=dict)  # stamps of a test file and of what it executes

    def tests_of(self, module: str, line: int) -> tuple[list[str], list[str]]:
        """Give tests that execute a line and end interpreted, and cut ones that use its module; shortest first.

        A line that is executed when its module is loaded counts for every test that uses the module.
        """
        uses = {test: files[module] for test, files in self.lines.items() if module in files}
        hit = {test for test, lines in uses.items() if line in lines} or set(uses)
        ended = set(self.ended)
        cut = set(self.cpu_s) - ended
        near = {test for test in cut if test.startswith(f"tests/{module.split('/')[1]}/")}
        cut = cut & set(uses) | near  # one that was cut may not have come to the module yet
        return sorted(hit & ended, key=self.cpu_s.__getitem__), sorted(cut, key=self.cpu_s.__getitem__)

    def stamp_of(self, module: str, line: int) -> str:
        """What changes when the tests that may notice a line do."""
        files = sorted({test.split("::")[0] for tests in self.tests_of(module, line) for test in tests})
        return hashlib.sha256(str([self.sources[file][file] for file in files]).encode()).hexdigest()

    def forget(self, file: str) -> None:
        """Drop what is known of a file of tests."""
        self.sources.pop(file, None)
        for test in [test for test in self.cpu_s if test.startswith(f"{file}::")]:
            self.cpu_s.pop(test)
            self.lines.pop(test, None)
        self.ended = [test for test in self.ended if test in self.cpu_s]


class Tracer:
    """Writes down the lines of the packages that are executed, by context, and cuts what takes too long."""

    def __init__(self, copy: Path) -> None:
        paths = [path for package in PACKAGES for path in (copy / "pvmap" / package).glob("*.py")]
        self.files = {str(path): str(path.relative_to(copy)) for path in paths}
        self.lines: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self.until, self.n_seen, self.context = float("inf"), 0, ""

    def enter(self, context: str) -> str:
        """Name what is executed from here on; give the name before."""
        before, self.context = self.context, context
        sys.settrace(self)  # an error in a tracer, as is a cut, ends it
        threading.settrace(self)
        return before

    def __call__(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        """Follow a call into the packages."""
        return self.line if frame.f_code.co_filename in self.files else None

    def line(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        """Write down a line."""
        self.lines[self.context][self.files[frame.f_code.co_filename]].add(frame.f_lineno)
        self.n_seen += 1
        if self.n_seen % 1024 == 0 and time.process_time() > self.until:
            raise Cut
        return self.line


@dataclass(eq=False)  # pytest puts its plugins into sets
class Session:
    """A session of pytest over some tests, or over files of them while it writes down their lines."""

    tests: list[str]
    tracer: Tracer | None = None
    lines: Lines = field(default_factory=Lines)
    fixtures: dict[str, list[str]] = field(default_factory=dict)

    def run(self) -> int:
        """Run it and give pytest's exit code."""
        files = dict.fromkeys(test.split("::")[0] for test in self.tests)
        seeded = ["--hypothesis-profile=mutants", "--hypothesis-seed=0"]
        options = ["-q", "--no-header", *seeded, "-p", "no:cacheprovider", "-p", "no:xdist"]
        return int(pytest.main([*options, *([] if self.tracer else ["-x"]), *files], plugins=[self]))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the tests that were asked for, in their order."""
        if not self.tracer:
            place = {test: number for number, test in enumerate(self.tests)}
            items[:] = sorted((i for i in items if i.nodeid in place), key=lambda item: place[item.nodeid])

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Name the test whose lines are executed from here on."""
        if self.tracer:
            self.tracer.enter(item.nodeid)
            self.fixtures[item.nodeid] = list(getattr(item, "fixturenames", ()))
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
        """Lines of a fixture that several tests share belong to each of them."""
        if not self.tracer or fixturedef.scope == "function":
            yield
            return
        before = self.tracer.enter(f"fixture {fixturedef.argname}")
        yield
        self.tracer.enter(before)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Take a test's time and cut it when it is too long."""
        if not self.tracer:
            yield
            return
        began = time.process_time()
        self.tracer.until = began + LONGEST_S
        outcome = yield
        self.tracer.until = float("inf")
        self.lines.cpu_s[item.nodeid] = time.process_time() - began
        if outcome.excinfo is None:
            self.lines.ended.append(item.nodeid)
        else:
            outcome.force_exception(pytest.fail.Exception("not usable interpreted", pytrace=False))


def record(out: Path, copy: Path, known: Lines, file: str) -> int:
    """Run a file of tests interpreted, and add to what is known what each test executes."""
    tracer = Tracer(copy)
    one = Session([file], tracer)
    tracer.enter("")
    one.run()
    sys.settrace(None)
    lines = tracer.lines
    for test, fixtures in one.fixtures.items():
        for fixture in (f"fixture {name}" for name in fixtures):
            for name, numbers in lines.get(fixture, {}).items():
                lines[test][name] |= numbers
    for test, cpu_s in one.lines.cpu_s.items():
        known.cpu_s[test] = cpu_s
        known.lines[test] = {name: sorted(numbers) for name, numbers in lines[test].items()}
    known.ended += one.lines.ended
    executed = {name for test in one.lines.cpu_s for name in lines[test]}
    known.sources[file] = {name: stamp(copy / name) for name in {file, *executed}}
    out.write_text(json.dumps(asdict(known)))
    return 0


def stamp(path: Path) -> str:
    """What changes when a file does."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def recorded(build: Path, copy: Path, in_child: Callable[[Callable[[], int]], bool]) -> Lines:
    """Read the lines that are known, having recorded files of tests that have changed or execute what has."""
    out = build / "lines.json"
    known = Lines(**json.loads(out.read_text())) if out.exists() else Lines()
    near = [path for package in PACKAGES for path in sorted((copy / "tests" / package).glob("test_*.py"))]
    files = [*(str(path.relative_to(copy)) for path in near), *(one for one in ELSEWHERE if (copy / one).exists())]
    old = {file: known.sources.get(file, {file: ""}) for file in dict.fromkeys([*files, *known.sources])}
    changed = [file for file, parts in old.items() if any(stamp(copy / name) != was for name, was in parts.items())]
    for file in changed:
        known.forget(file)
        if file in files and not in_child(partial(record, out, copy, known, file)):
            raise RuntimeError(f"{file} could not be recorded, see {build / 'log.txt'}")
        known = Lines(**json.loads(out.read_text())) if file in files else known
    return known
