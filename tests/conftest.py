"""What tests share: the real data beside the repository, and the rule that CI must not skip."""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import remembered_sun
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from city import Run
    from hostile_city import Hostile

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
IN_CI = os.environ.get("CI", "").lower() == "true"

# How long an example takes says how busy the machine is, and nothing of the code.
hypothesis_settings.register_profile("pvmap", deadline=None)
hypothesis_settings.load_profile("pvmap")

# Many tests start Python anew, and tiles have workers: each would first compile the whole package where the environment
# forbids to keep that, as images of containers often do.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
gc.set_threshold(50_000, 20, 20)  # looking for rubbish 700 objects apart took a twentieth of the time


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave slow tests and benchmarks to CI, unless one was asked for by name or marker."""
    skip = pytest.mark.skip(reason="slow: runs when CI=true")
    leave = () if IN_CI or config.getoption("-m") or any("::" in a for a in config.args) else ("slow", "benchmark")
    left = [item for item in items if set(leave) & set(item.keywords)]
    for item in left:
        item.add_marker(skip)
    # A browser keeps an event loop running in this thread, in which no Dask client can be made: browsers come last, and
    # of them the longest test first and then the files of most tests, so that in the end no process works on a long one
    # alone. The city that both processes need is made first, and with it the loops are compiled; the other process
    # begins with what needs neither, before it comes to the longest test.
    first = {"test_pipeline.py": 0, "test_demo.py": 1, "test_fuzz.py": 2, "test_same_number.py": 0}
    run = Counter(item.path for item in items) - Counter(item.path for item in left)

    def place(item: pytest.Item) -> tuple[bool, int, int]:
        browser = "playwright" in getattr(item, "fixturenames", ())
        return browser, first.get(item.path.name, 3), -run[item.path] if browser else 0

    items.sort(key=place)


def require(available: object, reason: str) -> None:
    """Skip with a reason where something is absent; in CI its absence is a failure."""
    if not available:
        (pytest.fail if IN_CI else pytest.skip)(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real test data, never copied into the project."""
    require(SHARED.is_dir(), f"real test data are not there ({SHARED})")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def _remembered_sun() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        remembered_sun.remember(patch.setattr)
        yield


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Any]) -> Any:
    """Let the first test process that asks make something in a folder; the others wait for it and take it."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"{name}-once"
    folder.mkdir(exist_ok=True)
    kept = folder / "made.pickle"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make(folder / "root")))
    return pickle.loads(kept.read_bytes())


@pytest.fixture(scope="session")
def small_city(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small demo city, run once for all; each process has a copy, as have the tests that change it."""
    from city import Run, copied, demo_file, run  # runs that need no city need not load the pipeline

    from pvmap import pipeline

    def make(root: Path) -> tuple[Path, pipeline.Report]:
        return root, run(demo_file(root / "demo.toml"), root).report

    first, report = made_once(tmp_path_factory, "small-city", make)
    root = copied(first, tmp_path_factory.mktemp("small-city") / "root")
    job = pipeline.open_city(str(root / "demo.toml"), root)
    return Run(job, replace(report, index=job.folders.maps / "index.html"))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """A tiny city whose every text is a payload, mapped and planned once; no test changes it."""
    from hostile_city import hostile_city

    return made_once(tmp_path_factory, "hostile", hostile_city)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """Address of an S3 server on this machine."""
    import logging

    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A file system with a bucket "city", as whoever runs pvmap sees it."""
    from pvmap.stages import bring

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PVMAP_STORAGE", "s3")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    fs = bring.opened("s3://city")
    fs.mkdir("city")
    yield fs
    fs.rm("city", recursive=True)
