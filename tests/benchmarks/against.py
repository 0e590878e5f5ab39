"""Is this working tree slower than an earlier commit? Both in turn, by processor time, on the same inputs.

``python tests/benchmarks/against.py COMMIT`` prints the median ratio, new to old, of calls of the kernel and of whole
tiles of a synthetic town, with the least and the most of the pairs. Each side is one process that has compiled
everything and computed the town once, with memory handled as our workers have it; load slows both of a pair. Minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from pvmap.ancestor import ALLOCATOR

REPOSITORY = Path(__file__).resolve().parents[2]
SIDE = Path(__file__).with_name("against_side.py")
CHECKED_OUT = REPOSITORY / "build" / "against"
INPUTS = ("buildings", "mines", "fishponds", "districts", "townships", "existing_pv", "dem")  # known for long


class Side:
    """A process that measures the pvmap of one folder."""

    def __init__(self, code: Path, raw: Path, processed: Path, settings: dict[str, Any]):
        command = [sys.executable, str(SIDE), str(raw), str(processed), json.dumps(settings)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        environment = os.environ | {name: str(value) for name, value in ALLOCATOR.items()} | {"PYTHONPATH": str(code)}
        self._process = subprocess.Popen(command, env=environment, cwd=code, **pipes)  # type: ignore[call-overload]
        self._code = code

    def require_ready(self) -> None:
        """Wait until it is ready, and see that it took the right code."""
        if not Path(found := self._answer()).is_relative_to(self._code):
            raise SystemExit(f"measured {found} instead of {self._code}")

    def ask(self, part: str) -> dict[str, float]:
        """Processor seconds of each case of a part."""
        print(part, file=self._process.stdin, flush=True)
        return self._answer()

    def close(self) -> None:
        """Let it end."""
        self._process.communicate()

    def _answer(self) -> Any:
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"one side ended with code {self._process.wait()}; what it wrote stands above")
        return json.loads(line)


def check_out(commit: str, under: Path) -> Path:
    """Write the code of a commit of this repository below a folder, where it stays with what numba compiles of it."""
    name = _git("rev-parse", "--verify", f"{commit}^{{commit}}").decode().strip()
    folder = under / name
    if not folder.exists():
        archive = _git("archive", name, "pvmap")
        aside = Path(tempfile.mkdtemp(dir=under))
        subprocess.run(["tar", "-x"], cwd=aside, input=archive, check=True)
        aside.rename(folder)
    return folder


def _git(*command: str) -> bytes:
    done = subprocess.run(["git", *command], cwd=REPOSITORY, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.decode().strip())
    return done.stdout


def make_town(raw: Path, n_buildings: int) -> dict[str, Any]:
    """Write a small demo town, and return settings that earlier commits understand too."""
    from pvmap.config import Settings
    from pvmap.sources.demo import write_demo

    demo = tomllib.loads((REPOSITORY / "pipelines" / "demo.toml").read_text(encoding="utf-8"))
    stock = {"n_buildings": n_buildings, "n_quarries": max(1, n_buildings // 15_000), "n_ponds": n_buildings // 70}
    write_demo(Settings.model_validate(demo | {"demo": stock}), raw)
    return {
        "city": {name: demo["city"][name] for name in ("name", "title_zh", "title_en", "crs")},
        "inputs": {name: demo["inputs"][name] for name in INPUTS},
        "masks": demo["masks"],
        "weather": demo["weather"],
        "certainty": {"effort": "off"},
    }


def compare(new: Side, old: Side, part: str, n_pairs: int) -> None:
    """Measure a part in turn and print a line for each of its cases."""
    pairs = []
    for number in range(n_pairs):
        sides = (new, old) if number % 2 else (old, new)
        answers = {side: side.ask(part) for side in sides}
        pairs.append((answers[new], answers[old]))
    for name in pairs[0][0]:
        ratio = [ours[name] / theirs[name] for ours, theirs in pairs]
        ours_s, theirs_s = (statistics.median(side[name] for side in sides) for sides in zip(*pairs, strict=True))
        cells = f"{statistics.median(ratio):.2f} | {min(ratio):.2f}-{max(ratio):.2f} | {ours_s:.3f} | {theirs_s:.3f}"
        print(f"| {name} | {cells} |", flush=True)


def main() -> None:
    """Compare this working tree with a commit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit", help="of this repository")
    parser.add_argument("--pairs", type=int, default=7, help="of measurements (default: 7)")
    parser.add_argument("--buildings", type=int, default=8000, help="of the town (default: 8000)")
    parser.add_argument("--only", choices=("kernel", "tiles"), help="measure this alone")
    asked = parser.parse_args()
    CHECKED_OUT.mkdir(parents=True, exist_ok=True)
    old = check_out(asked.commit, CHECKED_OUT)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        settings = make_town(place / "raw", asked.buildings)
        sides = [
            Side(code, place / "raw", place / name, settings) for name, code in (("new", REPOSITORY), ("old", old))
        ]
        for side in sides:  # both get ready at once
            side.require_ready()
        print(f"| what | new / {asked.commit} | least-most | new, s | old, s |\n|---|---|---|---|---|", flush=True)
        for part in [asked.only] if asked.only else ["kernel", "tiles"]:
            compare(sides[0], sides[1], part, asked.pairs)
        for side in sides:
            side.close()


if __name__ == "__main__":
    main()
