"""Kill runs at random file operations and times, main process and workers, and see whether anything is lost.

    python tests/soak/soak.py 200 --seed 1

Every run is a process of its own, forked from one that has loaded the program already. After a kill the next run must
cope with what is left: nothing that was whole is computed again, nobody outlives the main process, and a run that is
left alone ends with the tables of an undisturbed one and without leftovers.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil

PATIENCE_S = 300.0  # a bound for what never ends, not a measure of anything
EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.utime")
PLAN = "PVMAP_SOAK"  # environment: JSON with root, who, at, claim
MARK = "PVMAP_SOAK_RUN"  # environment of every process of a run
CITY = """
[city]
name = "hamlet"
title_zh = "小村"
title_en = "Hamlet"

[[inputs.buildings]]
path = "buildings.geojson"
columns = { id = "no", height_m = "height" }

[inputs.districts]
path = "districts.geojson"
columns = { name = "name" }

[[weather.points]]
format = "typical"

[run]
sites_per_tile = 8
"""


def die_at(plan: dict) -> None:
    """Kill this process at one of its file operations below the city's root; only one process of a run does."""
    left = plan["at"]

    def hook(event: str, arguments: tuple) -> None:
        nonlocal left
        if event in EVENTS and str(arguments[0]).startswith(plan["root"]):
            left -= 1
            if left == 0:
                try:
                    os.close(os.open(plan["claim"], os.O_CREAT | os.O_EXCL))
                except FileExistsError:
                    return
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


if __name__ == "__mp_main__" and PLAN in os.environ:  # a worker process of the cluster of a run
    its_plan = json.loads(os.environ[PLAN])
    if its_plan["who"] == "worker":
        die_at(its_plan)


def square(no: str, x: float, y: float, side: float, **more: object) -> dict:
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return {
        "type": "Feature",
        "properties": {"no": no, **more},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def make_city(root: Path, n: int = 7) -> Path:
    """Write a hamlet of n x n houses and return its city file."""
    raw = root / "data" / "raw" / "hamlet"
    raw.mkdir(parents=True)
    houses = [
        square(f"b{i}-{j}", 119.45 + 0.0008 * i, 32.2 + 0.0007 * j, 0.0003, height=6.0 + (i * j) % 9)
        for i in range(n)
        for j in range(n)
    ]
    outline = [square("d", 119.44, 32.19, 0.05, name="East")]
    for name, features in (("buildings", houses), ("districts", outline)):
        text = json.dumps({"type": "FeatureCollection", "features": features})
        (raw / f"{name}.geojson").write_text(text, encoding="utf-8")
    file = root / "hamlet.toml"
    file.write_text(CITY, encoding="utf-8")
    return file


@dataclass
class Soak:
    """A city that is run and killed again and again."""

    root: Path
    random: random.Random
    log: Path
    reference: dict = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    seconds: float = 10.0  # that an undisturbed run from nothing takes

    @property
    def processed(self) -> Path:
        return self.root / "data" / "processed" / "hamlet"

    def start(self, workers: int, plan: dict | None = None) -> int:
        """Fork a run and return its process number."""
        child = os.fork()
        if child:
            return child
        os.setsid()
        os.environ[MARK] = str(self.root)
        out = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(out, stream)
        if plan is not None:
            os.environ[PLAN] = json.dumps(plan)
            if plan["who"] == "main":
                die_at(plan)
        code = 70
        try:
            from pvmap import cli

            sys.argv = ["pvmap", "map", str(self.root / "hamlet.toml"), "--root", str(self.root)]
            sys.argv += ["--workers", str(workers)]
            cli.run()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            sys.stdout.flush()
            os._exit(code)

    def wait(self, process: int) -> int:
        """Exit code of a run, negative for a signal."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            done, status = os.waitpid(process, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        self.fault(f"a run did not end in {PATIENCE_S:.0f} s")
        os.kill(process, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

    def fault(self, what: str) -> None:
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-1500:] if self.log.exists() else ""
        self.faults.append(f"{what}\n{tail}")

    def whole_parts(self) -> dict[str, int]:
        """Time at which each whole part was finished."""
        from pvmap.store import whole

        out = {}
        for done in self.processed.glob("parts/*/done.json"):
            record = whole.read_record(done)
            if record is not None and not whole.damaged(done.parent, record["files"]):
                out[done.parent.name] = done.stat().st_mtime_ns
        return out

    def tables(self) -> dict:
        import pandas as pd

        from pvmap import store
        from pvmap.tables import TABLES

        there = [name for name in TABLES if (self.processed / f"{name}.parquet").exists()]
        return {name: pd.DataFrame(store.read_table(self.processed, name)) for name in there}

    def leftovers(self) -> list[str]:
        names = [p.relative_to(self.root).as_posix() for p in self.root.rglob("*")]
        return [n for n in names if n.endswith(".part") or ".writing-" in n or "run.lock" in n]

    def others_alive(self) -> list[int]:
        """Processes of a run that are still there."""
        alive = []
        for process in psutil.process_iter():
            try:
                mine = process.environ().get(MARK) == str(self.root) and process.status() != psutil.STATUS_ZOMBIE
            except psutil.Error:
                continue
            if mine and process.pid != os.getpid():
                alive.append(process.pid)
        return alive

    def kill_once(self) -> None:
        """Start a run, kill it or one of its workers somewhere, and look at what is left."""
        before = self.whole_parts()
        who = self.random.choice(["main", "main", "worker"])
        how = self.random.choice(["operation", "time"])
        workers = 2 if who == "worker" else self.random.choice([0, 0, 2])
        claim = self.log.with_name(f"claim-{self.counts['kills']}")
        at = self.random.randint(1, 120 if who == "main" else 60)
        plan = {"root": str(self.root), "who": who, "at": at, "claim": str(claim)} if how == "operation" else None
        process = self.start(workers, plan)
        if how == "time":
            delay = self.random.uniform(0.0, self.seconds)
            threading.Thread(target=self.kill_later, args=(process, who, delay, claim), daemon=True).start()
        code = self.wait(process)
        hit = claim.exists()
        self.counts["kills"] += hit
        self.counts[f"{who} at {how}"] += hit
        if hit and who == "main" and code != -signal.SIGKILL:
            self.fault(f"the killed main process ended with {code}")
        if code not in (0, -signal.SIGKILL):
            self.fault(f"{who} killed at {how} {at}: the run ended with exit code {code}")
        self.require_quiet()
        after = self.whole_parts()
        if again := [name for name, when in before.items() if after.get(name) != when]:
            self.fault(f"{who} killed at {how} {at}: computed again though whole: {again}")

    def kill_later(self, process: int, who: str, delay: float, claim: Path) -> None:
        time.sleep(delay)
        try:
            main = psutil.Process(process)
            targets = [main] if who == "main" else main.children(recursive=True)
            if targets and main.status() != psutil.STATUS_ZOMBIE:
                claim.touch()
                targets[self.random.randrange(len(targets))].kill()
        except psutil.Error:
            return

    def require_quiet(self) -> None:
        end = time.monotonic() + 60.0
        while left := self.others_alive():
            if time.monotonic() > end:
                self.fault(f"processes outlive their run: {left}")
                for one in left:
                    os.kill(one, signal.SIGKILL)
                return
            time.sleep(0.1)

    def finish(self) -> None:
        """Let a run end undisturbed, and compare."""
        import pandas as pd

        before = self.whole_parts()
        code = self.wait(self.start(0))
        self.counts["undisturbed runs"] += 1
        if code:
            self.fault(f"an undisturbed run ended with exit code {code}")
            return
        after = self.whole_parts()
        if again := [name for name, when in before.items() if after.get(name) != when]:
            self.fault(f"an undisturbed run computed again though whole: {again}")
        found = self.tables()
        if lost := self.reference.keys() - found.keys():
            self.fault(f"tables are missing: {sorted(lost)}")
        for name, table in found.items():
            try:
                pd.testing.assert_frame_equal(table, self.reference[name], check_exact=True)
            except AssertionError as error:
                self.fault(f"table {name} differs: {str(error)[:300]}")
        if left := self.leftovers():
            self.fault(f"left over: {left[:5]}")
        self.counts["whole parts kept"] += len(before)

    def make_work(self) -> None:
        """Take something away, so that the next run has something to do."""
        if self.random.random() < 0.3:
            shutil.rmtree(self.processed)
            return
        parts = sorted(self.processed.glob("parts/*"))
        for part in self.random.sample(parts, len(parts) // 2):
            shutil.rmtree(part)
        if self.random.random() < 0.3:
            (self.processed / "city.json").unlink(missing_ok=True)


def soak(root: Path, n: int, seed: int, minutes: float = 1e9, say=lambda text: None) -> Soak:
    """Kill `n` times, or as often as there is time for, and return what was seen."""
    import pvmap.engine
    import pvmap.pipeline  # noqa: F401 # loaded once, before forking

    town = Soak(root / "city", random.Random(seed), root / "log.txt")
    make_city(town.root)
    town.wait(town.start(0))  # compiles, where nothing is compiled yet
    shutil.rmtree(town.processed)
    begin = time.monotonic()
    code = town.wait(town.start(0))
    town.seconds = time.monotonic() - begin
    if code:
        town.fault(f"the first run ended with exit code {code}")
        return town
    town.reference = town.tables()
    town.make_work()
    end = time.monotonic() + 60 * minutes
    while town.counts["kills"] < n and len(town.faults) < 10 and time.monotonic() < end:
        town.kill_once()
        if town.random.random() < 0.4:
            town.finish()
            town.make_work()
        say(f"{town.counts['kills']} kills, {len(town.faults)} faults")
    town.finish()
    return town


def main() -> None:
    """Soak from the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("kills", type=int, nargs="?", default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--minutes", type=float, default=1e9)
    asked = options.parse_args()
    root = Path(tempfile.mkdtemp(prefix="soak-"))
    begin = time.monotonic()
    town = soak(root, asked.kills, asked.seed, asked.minutes, lambda text: print(text, end="\r", flush=True))
    told = ", ".join(f"{count} {name}" for name, count in town.counts.items())
    print(f"{told}; {len(town.faults)} faults; {time.monotonic() - begin:.0f} s")
    for fault in town.faults:
        print(f"FAULT {fault}\n")
    if not town.faults:
        shutil.rmtree(root)
    sys.exit(bool(town.faults))


if __name__ == "__main__":
    main()
