"""A large city is read by workers: every row, finding, count and sentence is the one that is read here."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from city import Run

from pvmap import memory
from pvmap.errors import ConfigError, InputError, PvmapError
from pvmap.sources import columnar
from pvmap.stages import site_layers
from pvmap.stages.job import PREPARED
from pvmap.stages.prepare import City, prepare

HERE, BY_WORKERS = "here", "by workers"


class Workers:
    """Jobs and results travel as bytes; remembers who was asked for what."""

    def __init__(self, refuse: str = "") -> None:
        self.asked: list[str] = []
        self.refuse = refuse

    def __call__(self, function: Callable[[Any], Any], jobs: Sequence[Any]) -> list[Any]:
        self.asked += [function.__name__] * len(jobs)
        if function.__name__ == self.refuse:
            raise InputError("a worker was killed")
        return [pickle.loads(pickle.dumps(function(pickle.loads(pickle.dumps(job))))) for job in jobs]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar, "LARGE", 1)
    monkeypatch.setattr(site_layers, "LARGE_BYTES", 1)
    monkeypatch.setattr(memory, "AT_ONCE", 400)


def require_same(one: Path, other: Path) -> None:
    for name in (f"{PREPARED}/sites.parquet", "rejects.parquet", "weather.parquet", "districts.parquet"):
        assert pq.read_table(one / name).equals(pq.read_table(other / name), check_metadata=True), name


@pytest.fixture(scope="module")
def here(small_city: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[City, Path]:
    """The city as this process reads it, all at once."""
    folder = tmp_path_factory.mktemp(HERE)
    return prepare(small_city.job.settings, small_city.job.folders.raw, folder), folder


@pytest.mark.parametrize("refuse", ["", "clean_stretch"])  # what cannot be cleaned ahead is read with the city
def test_rows_findings_and_counts_are_those_of_a_city_read_here(
    small_city: Run, here: tuple[City, Path], tmp_path: Path, refuse: str, large: None
) -> None:
    workers, by_workers = Workers(refuse), tmp_path / BY_WORKERS
    city = prepare(small_city.job.settings, small_city.job.folders.raw, by_workers, workers)
    assert workers.asked.count("clean_stretch") == 4  # some 1,500 buildings, 400 at a time
    assert workers.asked[-1] == "read_city"
    assert city == here[0]
    require_same(here[1], by_workers)
    assert {path.name for path in by_workers.iterdir()} == {path.name for path in here[1].iterdir()}


def test_a_crs_is_chosen_alike(small_city: Run, here: tuple[City, Path], tmp_path: Path, large: None) -> None:
    settings, raw = small_city.job.settings, small_city.job.folders.raw
    settings = settings.model_copy(update={"city": settings.city.model_copy(update={"crs": ""})})
    workers = Workers()
    assert prepare(settings, raw, tmp_path, workers) == here[0]
    require_same(here[1], tmp_path)
    assert workers.asked[0] == "city_crs"


@pytest.mark.parametrize("fault", [pytest.param("wrong crs", marks=pytest.mark.slow), "damaged"])
def test_refusals_are_those_of_a_city_read_here_and_earlier_tables_stay(
    small_city: Run, tmp_path: Path, fault: str, large: None
) -> None:
    settings, raw = small_city.job.settings, small_city.job.folders.raw
    prepare(settings, raw, tmp_path / BY_WORKERS, Workers())
    before = (tmp_path / BY_WORKERS / PREPARED / "sites.parquet").read_bytes()
    if fault == "wrong crs":
        settings = settings.model_copy(update={"city": settings.city.model_copy(update={"crs": "EPSG:4534"})})
    else:
        (buildings,) = settings.inputs.buildings
        file = raw / buildings.path
        broken = tmp_path / "broken.parquet"
        content = bytearray(file.read_bytes())
        content[100 : len(content) // 2] = bytes(len(content) // 2 - 100)
        broken.write_bytes(content)
        buildings = buildings.model_copy(update={"path": str(broken)})
        settings = settings.model_copy(
            update={"inputs": settings.inputs.model_copy(update={"buildings": (buildings,)})}
        )
    with pytest.MonkeyPatch.context() as patch, pytest.raises(PvmapError) as here:
        patch.setattr(columnar, "LARGE", 10**9)
        prepare(settings, raw, tmp_path / HERE)
    with pytest.raises(type(here.value)) as by_workers:
        prepare(settings, raw, tmp_path / BY_WORKERS, Workers())
    assert str(by_workers.value) == str(here.value)
    assert type(here.value) is (ConfigError if fault == "wrong crs" else InputError)
    assert (tmp_path / BY_WORKERS / PREPARED / "sites.parquet").read_bytes() == before
