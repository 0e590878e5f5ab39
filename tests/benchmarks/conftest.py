"""What benchmarks measure goes into build/bench.json and, for people, into build/bench.md."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from pvmap.versions import versions

BUILD = Path(__file__).resolve().parents[2] / "build"
FOUND = pytest.StashKey[list[dict[str, Any]]]()


@pytest.fixture(scope="session")
def measured(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Note a speed: name, value, unit, and beside them a peer of the same run and the ratio that is aimed at."""
    found = request.config.stash.setdefault(FOUND, [])

    def note(
        name: str, value: float, unit: str, peer: str = "", theirs: float | None = None, bar: float | None = None
    ) -> None:
        ratio = None if theirs is None else value / theirs
        found.append(
            {"name": name, "value": value, "unit": unit, "peer": peer, "theirs": theirs, "ratio": ratio, "bar": bar}
        )

    return note


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what was measured, where anything was."""
    found = session.config.stash.get(FOUND, [])
    if not found:
        return
    load = [round(one, 1) for one in psutil.getloadavg()]
    machine = {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load": load,
    }
    about = {"machine": machine, "versions": versions(), "measured": found}
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    (BUILD / "bench.md").write_text(_as_markdown(about), encoding="utf-8")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _as_markdown(about: dict[str, Any]) -> str:
    machine, libraries = about["machine"], about["versions"]
    lines = [
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']:g} GB, {machine['system']}; "
        f"load before the end {', '.join(map(str, machine['load']))}.",
        ", ".join(f"{name} {libraries[name]}" for name in ("pvmap", "python", "numpy", "numba", "pvlib")) + ".",
        "",
        "| what | measured | peer | of the peer | ratio | aimed at |",
        "|---|---|---|---|---|---|",
    ]
    for one in about["measured"]:
        cells = [one["name"], f"{one['value']:,.4g} {one['unit']}", one["peer"]]
        cells += ["" if one[key] is None else f"{one[key]:,.4g}" for key in ("theirs", "ratio", "bar")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
