"""Spoil one input of a tiny town at random and run a command on it: a sentence is an answer, anything else is a fault.

``python tests/fuzz/fuzz.py 10000 --seed 7 --keep FOLDER`` spoils ten thousand inputs. It counts Python errors, cases
that take too long or die, files written outside the run's folders, and the most memory; any of them makes the exit code
1. Case k of a seed is always the same.
"""

from __future__ import annotations

import argparse
import collections
import copy
import functools
import gc
import io
import itertools
import json
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import typing
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import mutations
import numpy as np
import town
import typer
from pydantic import BaseModel
from pyproj import CRS
from rich.console import Console

from pvmap import cli, pipeline
from pvmap.cli import terminal
from pvmap.config import file_inputs
from pvmap.errors import PvmapError
from pvmap.settings.city import Settings, VectorInput
from pvmap.sources.dataset import files_of
from pvmap.sources.raster import read_window
from pvmap.sources.roof_faces import read_roof_planes
from pvmap.sources.vector import read_vector
from pvmap.stages import (
    areas,
    bureau,
    grid_inputs,
    plan_trial,
    planned,
    planned_city,
    prepare,
    ready,
    refusals,
    site_layers,
    trial,
)
from pvmap.stages.job import TileJob
from pvmap.tables import TABLES

PROCESSOR_S, WALL_S = 10, 120  # a case may take; one that waits takes no processor time, other work makes all slow
MEMORY_MB, ADDRESSES_GB = 1000, 12
CASES_A_CHILD = 150
SPOILT = {
    "": 30,
    **dict.fromkeys(("b.geojson", "b.gpkg", "b.fgb", "b.shp", "b.dbf", "b.zip", "b.parquet", "b.csv", "dem.tif"), 8),
    **dict.fromkeys(
        ("b.shx", "b.prj", "b.cpg", "b.gml", "b.kml", "b.mif", "dem.asc", "dem.vrt", "dem.prj", "tile.tif"), 4
    ),
    **dict.fromkeys(("mines.gpkg", "masks.gpkg", "districts.geojson", "ponds.csv", "pv.csv"), 5),
    **dict.fromkeys(("overrides.csv", "load.csv", "market.csv", "roofs.json", "roofs.gml"), 6),
    **dict.fromkeys([name for name in town.WEATHER if name], 5),
}
BUREAU = ("overrides.csv", "load.csv", "market.csv")  # they are read with the run's sites at hand
MAPPED = ("b.geojson", "dem.tif", "dem.vrt", "roofs.json", "load.csv", "market.csv", "overrides.csv", "mines.gpkg", "")
A_BUG = re.compile(r"\b\w+(Error|Exception|Interrupt|Warning): .*\(\S+\.py:\d+\)")  # how a failed tile tells of one


class Case(NamedTuple):
    """One spoilt input and the command that meets it; the command "read" is its reader alone."""

    number: int
    name: str
    content: bytes
    city_file: bytes
    command: str
    arguments: tuple[str, ...]


class TooLong(BaseException):
    """No library may take it for an error of its own."""


def make(seed: int, number: int, sound: Path, names: list[tuple[str, str]]) -> Case:
    """Make a case of its seed and number."""
    chance = random.Random(f"{seed}/{number}")
    name = chance.choices(list(SPOILT), list(SPOILT.values()))[0]
    text = town.city_file("dem.vrt" if name == "tile.tif" else "dem.asc" if name == "dem.prj" else name)
    content = b""
    if not name:
        text = mutations.mutate_toml(chance, text, names)
    else:
        content = (sound / name).read_bytes()
        if name.endswith("json"):
            content = mutations.mutate_json(chance, content)
        elif name.endswith((".csv", ".epw", ".txt", ".prj", ".cpg", ".gml", ".kml", ".mif", ".asc", ".vrt")):
            content = mutations.mutate_text(chance, content)
        else:
            content = mutations.mutate_bytes(chance, content)
    others = ("map", "plan", "explain", "diff") * (name in MAPPED) + ("schema",) * (not name)
    command = chance.choice(("read",) * 16 * (name not in BUREAU) + ("check",) * 6 + others)
    arguments = {
        "map": ("x", "--workers", "0"),
        "explain": ("x", chance.choice(("rooftop-B1", "fishpond-P1", "nothing", "", "../x", "\x00"))),
        "diff": ("sound", "data/processed/x"),
        "schema": (chance.choice((*TABLES, "x", "../x", "")),),
    }.get(command, ("x",))
    return Case(number, name, content, text.encode("utf-8", "replace"), command, arguments)


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every (section, key) of a city file."""
    for key, field in model.model_fields.items():
        inner = [one for one in (field.annotation, *typing.get_args(field.annotation)) if isinstance(one, type)]
        sections = [one for one in inner if issubclass(one, BaseModel)]
        if sections:
            yield from keys(sections[0], f"{prefix}{key}.")
        elif prefix:
            yield prefix.rstrip("."), key


def _told(one: Any) -> Any:
    """What an argument says, wherever the box stands."""
    if isinstance(one, BaseModel):
        return one.model_dump_json()
    return os.path.relpath(one) if isinstance(one, Path) else one


class Remembered:
    """A reader whose answers on sound inputs are kept: only what a case has spoilt is read anew.

    `asked` gives what its answer depends on, where that is not all its arguments as they are.
    """

    spoilt = ""

    def __init__(self, read: Callable[..., Any], asked: Callable[..., list[Any]] = lambda *given: list(given)):
        self._read, self._asked, self.__name__ = read, asked, read.__name__
        self._kept: dict[str, Any] = {}

    def __call__(self, *given: Any, **more: Any) -> Any:
        """Read, or recall."""
        key = repr([_told(one) for one in self._asked(*given)]) + repr(more)
        if Remembered.touches(key):
            return self._read(*given, **more)
        if key not in self._kept:
            self._kept[key] = self._read(*given, **more)
        return copy.deepcopy(self._kept[key])

    @staticmethod
    def touches(key: str) -> bool:
        """Whether a question names what the case has spoilt."""
        stem = Remembered.spoilt.rsplit(".", 1)[0].replace("tile", "dem")  # a tile is read as the dem
        return bool(stem and re.search(rf"\b{stem}\.", key))


def _assumptions(settings: Settings) -> str:
    """All of the settings that names no input of the kinds that have a section of their own."""
    return settings.model_dump_json(exclude={"inputs", "weather"})


def _of_kind(kind: str, inputs: tuple[VectorInput, ...], settings: Settings, *rest: Any) -> list[Any]:
    return [kind, *map(_told, inputs), _assumptions(settings), *rest]


def _of_place(sites: gpd.GeoDataFrame, job: TileJob) -> list[Any]:
    inputs, rows = job.settings.inputs, sites.drop(columns="weather_id").to_csv()
    return [rows, _told(inputs.dem), _told(inputs.roofs_cityjson), _assumptions(job.settings), job.crs]


def _of_trial(trial: functools.partial[object], settings: Settings) -> list[Any]:
    return [trial.func.__name__, *trial.args, _assumptions(settings)]


class Trials:
    """How a run tries each input on its own; what has passed once and is not spoilt passes."""

    def __init__(self) -> None:
        self._all = refusals._of_each_input
        self._passed = Remembered(lambda trial, _: trial() is None, _of_trial)

    def __call__(self, settings: Settings, raw: Path) -> Iterator[Callable[[], object]]:
        """Give them."""
        for one in self._all(settings, raw):
            yield functools.partial(self._passed, one, settings) if isinstance(one, functools.partial) else one


class Prepared:
    """How a city is prepared; what the bureau brings is read after it, so that only the sound city is needed then."""

    def __init__(self) -> None:
        self._sound: tuple[Settings, prepare.City, Path] | None = None

    def __call__(self, settings: Settings, raw: Path, processed: Path, *each: Any) -> prepare.City:
        """Prepare, or copy."""
        if self._sound is None or Remembered.spoilt not in BUREAU or settings != self._sound[0]:
            city = prepare.prepare(settings, raw, processed, *each)
            self._sound = self._sound or (settings, city, processed)
            return city
        for name in prepare.city_files(settings):
            (processed / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._sound[2] / name, processed / name)
        return copy.deepcopy(self._sound[1])


def remember() -> None:
    """Let the slow readers remember."""
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    import remembered_sun

    remembered_sun.remember(setattr)
    for module in (areas, bureau, grid_inputs, plan_trial, planned, planned_city, prepare, refusals, site_layers):
        for name in ("read_weather", "read_loads", "read_market_prices", "read_vector", "layer_crs", "read_given"):
            if hasattr(module, name):
                setattr(module, name, Remembered(getattr(module, name)))
    prepare.read_kind = Remembered(prepare.read_kind, _of_kind)
    trial.place = Remembered(trial.place, _of_place)
    refusals._of_each_input = Trials()
    ready.prepare = Prepared()


class Box:
    """A folder in which cases run one after the other."""

    def __init__(self, folder: Path, sound: Path):
        shutil.copytree(sound, folder)
        self.folder, self._sound = folder, sound
        self.raw = folder / "data/raw/x"
        self._before = self._others()

    def run(self, case: Case) -> tuple[str, str]:
        """Run a case: what came of it, and what was said."""
        Remembered.spoilt = case.name
        (self.folder / "pipelines/x.toml").write_bytes(case.city_file)
        if case.name:
            (self.raw / case.name).write_bytes(case.content)
        came, said = _command(case)
        if case.command == "diff" and came == "fine":
            came, said = _command(case._replace(command="map", arguments=("x", "--workers", "0")))
            came, said = _command(case) if came == "fine" else (came, said)
        if case.name:
            shutil.copyfile(self._sound / "data/raw/x" / case.name, self.raw / case.name)
        if self._others() != self._before:
            found = sorted(str(path) for path, _ in set(self._others()) ^ set(self._before))
            self._tidy()
            came, said = ("outside", f"{found[:3]} {said}") if came in ("fine", "refused") else (came, said)
        if case.command in ("map", "plan", "diff"):
            for kind in ("processed", "maps"):
                shutil.rmtree(
                    self.folder / kind if kind == "maps" else self.folder / "data/processed", ignore_errors=True
                )
            shutil.copytree(self._sound / "data/processed", self.folder / "data/processed")
        return came, said

    def _others(self) -> list[tuple[Path, int]]:
        """Files that no case may make or change, with their sizes."""
        own = (self.folder / "data/processed", self.folder / "maps", self.folder / "pipelines/x.toml")
        every = (path for path in self.folder.rglob("*") if not any(path.is_relative_to(one) for one in own))
        return sorted((path, path.stat().st_size if path.is_file() else 0) for path in every)

    def _tidy(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self._sound, self.folder)
        os.chdir(self.folder)


def _read(name: str) -> None:
    """Let the reader of a run read the spoilt input alone: much quicker than all a command does."""
    job = pipeline.open_city("x")
    settings, raw = job.settings, job.folders.raw
    stem = name.split(".")[0]
    if stem == "roofs" and settings.inputs.roofs_cityjson is not None:
        read_roof_planes(settings.inputs.roofs_cityjson, raw, CRS(town.METRIC))
    elif stem in ("dem", "tile") and settings.inputs.dem is not None:
        here = (town.EAST, town.NORTH, town.EAST + 300, town.NORTH + 300)
        read_window(settings.inputs.dem, raw, CRS(town.METRIC), here)
        files_of(settings.inputs.dem, raw)
    elif name in town.WEATHER and name:
        prepare.read_weather(settings.weather, raw, settings.city.utc_offset_hours)
    for _, source in file_inputs(settings) if name else ():
        if isinstance(source, VectorInput) and source.path.split(".")[0] == stem:
            read_vector(source, raw, CRS(town.METRIC), kinds=("Point", "Polygon"))


def _command(case: Case) -> tuple[str, str]:
    """Run the command line in this process."""
    screen = io.StringIO()
    terminal.screen = terminal.complaints = Console(file=screen, width=300)
    signal.setitimer(signal.ITIMER_PROF, PROCESSOR_S)
    try:
        if case.command == "read":
            _read(case.name)
        else:
            cli.app([case.command, *case.arguments], standalone_mode=False)
        return "fine", ""
    except PvmapError as error:
        said = str(error)
        return ("traceback", said) if A_BUG.search(said) else ("refused", said)
    except (typer.Exit, typer.Abort):
        return "fine", ""
    except TooLong:
        return "slow", "".join(traceback.format_stack()[-3:])
    except SystemExit:
        return "refused", screen.getvalue()
    except BaseException as error:
        if type(error).__module__.startswith(("click", "typer")):
            return "refused", str(error)
        return "traceback", "".join(traceback.format_exception(error))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_long(*_: object) -> None:
    raise TooLong


def _run_cases(numbers: range, box: Box, cases: Callable[[int], Case], log: Path) -> None:
    """Run cases in a forked child, one line of the log before each and one after it."""
    signal.signal(signal.SIGPROF, _too_long)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES_GB << 30, ADDRESSES_GB << 30))
    os.chdir(box.folder)
    temporary = box.folder.parent / f"{box.folder.name}-tmp"
    shutil.rmtree(temporary, ignore_errors=True)  # of a child that was killed
    temporary.mkdir()
    tempfile.tempdir = str(temporary)
    parent = os.getppid()
    with log.open("a", encoding="utf-8") as out:
        for number in numbers:
            if os.getppid() != parent:  # nobody is left to read the log
                return
            case = cases(number)
            about = {"case": number, "name": case.name or "city file", "command": case.command}
            print(json.dumps({**about, "came": "died"}), file=out, flush=True)
            start = time.monotonic()
            came, said = box.run(case)
            left = [path.name for path in temporary.iterdir()]
            if left and came in ("fine", "refused"):
                came, said = "outside", f"left in the temporary folder: {left}"
                shutil.rmtree(temporary)
                temporary.mkdir()
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            if memory > MEMORY_MB and came in ("fine", "refused"):
                came, said = "memory", f"{memory:.0f} MB {said}"
            took = round(time.monotonic() - start, 2)
            about |= {"came": came, "said": said[-3000:], "memory_mb": round(memory), "took_s": took}
            print(json.dumps(about), file=out, flush=True)
            if memory > MEMORY_MB:  # the next child starts small again
                return


class Child:
    """A forked process that works through a share of the cases; forked anew after one that killed or hung it."""

    def __init__(self, numbers: range, box: Box, cases: Callable[[int], Case], log: Path):
        self._numbers, self._box, self._cases, self.log = numbers, box, cases, log
        self._process = 0
        self.next = numbers.start

    def tend(self) -> bool:
        """Start, watch and restart; False when all cases are done."""
        if not self._process:
            if self.next >= self._numbers.stop:
                return False
            some = range(self.next, min(self.next + CASES_A_CHILD, self._numbers.stop))
            self._process = os.fork()
            if not self._process:
                code = 1
                try:
                    _run_cases(some, self._box, self._cases, self.log)
                    code = 0
                except BaseException:
                    traceback.print_exc()
                finally:
                    os._exit(code)
            self._since = time.monotonic()
        ended, status = os.waitpid(self._process, os.WNOHANG)
        seen = self.log.stat().st_mtime if self.log.exists() else 0.0
        if not ended:
            if time.time() - max(seen, time.time() - (time.monotonic() - self._since)) > WALL_S:
                os.kill(self._process, signal.SIGKILL)
            return True
        done = max(read_log(self.log), default=self.next - 1) + 1
        if done == self.next:
            raise RuntimeError(f"case {done} cannot be made; see the traceback above")
        self.next = done
        if status:
            self._box._tidy()
        self._process = 0
        return True


def read_log(log: Path) -> dict[int, dict[str, Any]]:
    """Last line of each case."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return {row["case"]: row for row in map(json.loads, lines)}


def fuzz(n: int, seed: int, children: int, keep: Path | None, first: int = 0) -> dict[str, Any]:
    """Run cases `first` to `first + n` of a seed and report."""
    warnings.simplefilter("ignore")
    work = Path(tempfile.mkdtemp(prefix="fuzz-"))
    sound = work / "sound"
    town.build(sound / "data/raw/x")
    (sound / "pipelines").mkdir()
    (sound / "pipelines/x.toml").write_text(town.city_file(), encoding="utf-8")
    os.chdir(sound)
    names = list(keys(Settings))
    remember()
    terminal.screen = terminal.complaints = Console(file=io.StringIO())
    pipeline.make_map(pipeline.open_city("x"), workers=0)  # compiles, and fills what is remembered
    shutil.rmtree(sound / "maps")
    shutil.copytree(sound / "data/processed/x", sound / "sound")
    for command in (["check", "x"], ["diff", "sound", "data/processed/x"]):
        cli.app(command, standalone_mode=False)  # what they load need not be loaded in each child
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # what all children have is no rubbish

    def cases(number: int) -> Case:
        return make(seed, number, sound / "data/raw/x", names)

    start = time.monotonic()
    shares = np.linspace(first, first + n, children + 1).astype(int).tolist()
    crew = [
        Child(range(low, high), Box(work / f"box{k}", sound), cases, work / f"log{k}.jsonl")
        for k, (low, high) in enumerate(itertools.pairwise(shares))
    ]
    while sum(child.tend() for child in crew):
        time.sleep(0.1)
    rows = [row for child in crew for _, row in sorted(read_log(child.log).items())]
    bad = [row for row in rows if row["came"] not in ("fine", "refused")]
    for row in bad if keep else []:
        folder = keep / f"{seed}-{row['case']}"
        folder.mkdir(parents=True, exist_ok=True)
        case = cases(row["case"])
        (folder / "x.toml").write_bytes(case.city_file)
        (folder / "told.txt").write_text(json.dumps(row, indent=1), encoding="utf-8")
        if case.name:
            (folder / case.name).write_bytes(case.content)
    shutil.rmtree(work, ignore_errors=True)
    return {
        "cases": len(rows),
        "came": dict(collections.Counter(row["came"] for row in rows)),
        "commands": dict(collections.Counter(row["command"] for row in rows)),
        "peak_memory_mb": max(row.get("memory_mb", 0) for row in rows),
        "longest_s": max(row.get("took_s", 0.0) for row in rows),
        "seconds": round(time.monotonic() - start, 1),
        "bad": bad,
    }


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("n", type=int, help="how many inputs are spoilt")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, help="processes that work at once")
    parser.add_argument("--keep", type=Path, help="folder for the inputs of cases that went wrong")
    given = parser.parse_args()
    found = fuzz(given.n, given.seed, given.children, given.keep and given.keep.resolve(), given.first)
    for row in found.pop("bad"):
        told = (row.get("said") or "").strip().splitlines()[-1:]
        print(f"case {row['case']}: {row['command']}, {row['name']} spoilt: {row['came']} {' '.join(told)[:200]}")
    print(json.dumps(found))
    return 0 if set(found["came"]) <= {"fine", "refused"} else 1


if __name__ == "__main__":
    sys.exit(main())
