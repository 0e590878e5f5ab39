"""What tests share: the real data beside the repository, and the rule that CI must not skip."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from city import Run
    from hostile_city import Hostile

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
IN_CI = os.environ.get("CI", "").lower() == "true"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave slow tests and benchmarks to CI, unless one was asked for by name or marker."""
    # a browser keeps an event loop running in this thread, in which no Dask client can be made: browsers come last;
    # the longest single test comes first, so that no process works on it alone in the end
    items.sort(key=lambda item: ("playwright" in getattr(item, "fixturenames", ()), item.path.name != "test_fuzz.py"))
    if IN_CI or config.getoption("-m") or any("::" in a for a in config.args):
        return
    skip = pytest.mark.skip(reason="slow: runs when CI=true")
    for item in items:
        if {"slow", "benchmark"} & set(item.keywords):
            item.add_marker(skip)


def require(available: object, reason: str) -> None:
    """Skip with a reason where something is absent; in CI its absence is a failure."""
    if not available:
        (pytest.fail if IN_CI else pytest.skip)(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real test data, never copied into the project."""
    require(SHARED.is_dir(), f"real test data are not there ({SHARED})")
    return SHARED


@pytest.fixture(scope="session")
def small_city(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small demo city, run once in this process; tests that change it work on a copy."""
    from city import demo_file, run  # runs that need no city need not load the pipeline

    root = tmp_path_factory.mktemp("small-city")
    return run(demo_file(root / "demo.toml"), root)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """A tiny city whose every text is a payload, mapped and planned once; no test changes it."""
    from hostile_city import hostile_city

    return hostile_city(tmp_path_factory.mktemp("hostile"))
