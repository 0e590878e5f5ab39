"""A run, from a city file to a map: prepare the city, assess its tiles, publish what came out."""

from __future__ import annotations

import datetime
import importlib.metadata
import platform
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pvmap import __version__, config, store
from pvmap.config import Folders, Settings
from pvmap.errors import InputError
from pvmap.findings import Finding, add_up, from_record, worst_first
from pvmap.planning.aggregate import check_bands, totals
from pvmap.planning.deliver import write_planner_files
from pvmap.planning.duck import read_loads
from pvmap.sites.expected_masks import not_checked
from pvmap.sources.demo import write_demo
from pvmap.stages import publish, stamp
from pvmap.stages.assess import assess_tile, is_current
from pvmap.stages.explain import explain
from pvmap.stages.job import TileJob
from pvmap.stages.prepare import RECORD, City, Tile, cut, prepare
from pvmap.stages.rehearse import REHEARSALS
from pvmap.stages.solar_raster import write_solar_raster
from pvmap.webmap.build import build_map

if TYPE_CHECKING:
    from pvmap import engine

Progress = Callable[[str, int, int], None]
VERSIONS_OF = ("geopandas", "shapely", "rasterio", "pvlib", "pandas", "numpy", "numba", "dask", "folium", "pyproj")


def silent(step: str, done: int, total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class Job:
    """A city file, read, and its folders."""

    city_file: Path
    settings: Settings
    folders: Folders


@dataclass(frozen=True)
class Report:
    """What a run came to."""

    index: Path
    totals: dict[str, dict[str, float]]
    findings: list[Finding]
    failures: dict[str, str]


def open_city(city: str, root: Path | None = None, raw: Path | None = None) -> Job:
    """Find and read a city file."""
    city_file = config.find_city_file(city)
    settings = config.load(city_file)
    folders = config.folders(settings, city_file, root)
    return Job(city_file, settings, folders._replace(raw=raw) if raw is not None else folders)


def make_map(
    job: Job,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    layout: Literal["file", "folder"] = "file",
    progress: Progress = silent,
) -> Report:
    """Run a city from its input files to its map; what is current on disk is not computed again.

    Parameters
    ----------
    job
        The city.
    workers, scheduler
        Who computes; see `engine.Pool`.
    layout
        Form of the map; see `webmap.build.build_map`.
    progress
        Called as ``progress(step, done, total)``.

    Returns
    -------
    Report
        With `failures` where tiles failed: the rest of the city is there and the map says what is missing.
    """
    from pvmap import engine  # dask and psutil take a second to load, and `check` needs neither
    from pvmap.clock import Clock

    settings, (raw, processed, maps) = job.settings, job.folders
    retries = settings.run.retries
    clock = Clock(progress)
    if settings.demo is not None:
        with clock("make the synthetic city"):
            write_demo(settings, raw)
    config.require_inputs(settings, raw)
    with engine.Pool(workers, scheduler) as pool:
        if not (processed / RECORD).exists():  # of a first run all is ahead, so workers had better get ready
            for part in REHEARSALS:
                pool.ahead(part, settings)
        with clock("read and tile the city"):
            city = prepared(settings, raw, processed)
            site_ids = store.read_table(processed, "sites", columns=["site_id"])["site_id"]
            publish.read_bureau_files(settings, raw, site_ids)
            jobs = tile_jobs(settings, raw, processed, city)
        with clock("assess tiles"):
            failures = assess_tiles(jobs, pool, retries, progress)
        done = [one for one in jobs if one.name not in failures]
        if not done:
            raise InputError(f"Every tile of {settings.city.name!r} failed, first: {next(iter(failures.values()))}")
        with clock("draw the solar raster"):
            holes = write_solar_raster(done[0], lambda draw, todo: pool.run(draw, todo, retries=retries).failures)
    with clock("gather tables and appraise"):
        findings = [*city.findings, *holes, *publish.gather(processed, done)]
        findings += publish.rear_on_slopes(processed, settings)
        sites, appraisal = publish.settle(settings, raw, processed)
    bands, missed = check_bands(appraisal, sites, settings.planning.policy.bands)
    city = replace(city, findings=worst_first(add_up([*findings, *missed])))
    record = run_record(job, city, totals(appraisal), bands, failures)
    store.write_json(processed / "run.json", record)
    with clock("draw the map"):
        index = build_map(processed, maps, settings, layout)
    store.write_json(
        processed / "run.json", record | {"seconds": clock.seconds, "peak_memory_mb": clock.memory.record()}
    )
    return Report(index, record["totals"], city.findings, failures)


def write_plan(job: Job, progress: Progress = silent) -> list[Path]:
    """Write what planners take away from the stored tables: workbook, GeoPackage, profiles, PyPSA network."""
    from pvmap.clock import Clock

    settings, (raw, processed, _) = job.settings, job.folders
    clock = Clock(progress)
    with clock("appraise"):
        sites, _ = publish.settle(settings, raw, processed)
    names = ("appraisal", "exclusions", "profiles", "zones", "years")
    tables = {"sites": sites, **{name: store.read_table(processed, name) for name in names}}
    load = settings.inputs.load
    loads = read_loads(raw / load.path, settings.city.utc_offset_hours) if load is not None else None
    with clock("write workbook, GeoPackage, profiles and PyPSA network"):
        return write_planner_files(processed, settings, tables, store.read_json(processed / "run.json"), loads)


@dataclass(frozen=True)
class Checked:
    """What a check of the inputs came to: what was read, and what is doubtful about it."""

    lines: list[str]
    findings: list[Finding]


def check_city(job: Job) -> Checked:
    """Read a city's inputs as a run would and tell what was found; tables of an earlier run are left alone."""
    settings, raw = job.settings, job.folders.raw
    if settings.demo is not None:
        write_demo(settings, raw)
    config.require_inputs(settings, raw)
    with tempfile.TemporaryDirectory() as folder:
        city = prepare(settings, raw, Path(folder))
        sites, rejects = (store.read_table(Path(folder), name) for name in ("sites", "rejects"))
    publish.read_bureau_files(settings, raw, sites["site_id"])
    lines = [
        f"{kind}: {n['rows_read']:,} rows read + {n['parts_exploded']:,} parts exploded = "
        f"{n['kept']:,} kept + {n['refused']:,} refused"
        for kind, n in city.counts.items()
    ]
    lines += [f"  {n:,} refused: {reason}" for reason, n in rejects["reason"].value_counts().items()]
    lines += [
        f"weather {w['weather_id']}: {w['ghi_kwh_per_m2']:,.0f} kWh/m2 a year on the horizontal, {w['source']}"
        + ("" if w["corrected"] else ", not corrected")
        for w in city.weather
    ]
    if missing := [mask.name for mask in not_checked(settings)]:
        lines.append(f"not checked, because no file was given: {', '.join(missing)}")
    return Checked(lines, worst_first(city.findings))


def explain_site(job: Job, site_id: str) -> Iterator[str]:
    """Tell how one site's number came about; see `stages.explain.explain`."""
    settings, (raw, processed, _) = job.settings, job.folders
    record = store.read_json(processed / "city.json")
    crs, current = record["crs"], stamp.tile_stamp(settings, raw)
    return explain(site_id, TileJob(settings, raw, processed, crs, "explain", 0, 0, current))


def prepared(settings: Settings, raw: Path, processed: Path) -> City:
    """Prepare the city, or take it as it lies on disk when its stamp is current."""
    wanted = stamp.prepare_stamp(settings, raw)
    record = processed / RECORD
    if record.exists() and (found := store.read_json(record)).pop("stamp", "") == wanted:
        return City(**{**found, "findings": [from_record(one) for one in found["findings"]]})
    city = prepare(settings, raw, processed)
    store.write_json(record, {"stamp": wanted, **asdict(city)})
    return city


def tile_jobs(settings: Settings, raw: Path, processed: Path, city: City) -> list[TileJob]:
    """Cut the city into tiles, in the order of the curve."""
    hilbert = store.read_table(processed, "sites", columns=["hilbert"])["hilbert"].to_numpy()
    current = stamp.tile_stamp(settings, raw)

    def job(tile: Tile) -> TileJob:
        return TileJob(settings, raw, processed, city.crs, tile.name, tile.low, tile.high, current)

    return [job(tile) for tile in cut(hilbert, settings.run.sites_per_tile)]


def assess_tiles(jobs: list[TileJob], pool: engine.Pool, retries: int, progress: Progress) -> dict[str, str]:
    """Assess the tiles that are not current; return the errors of those that failed, by tile."""
    todo = [job for job in jobs if not is_current(job)]
    finished = len(jobs) - len(todo)
    progress("assess tiles", finished, len(jobs))

    def on_done(_: int) -> None:
        nonlocal finished
        finished += 1
        progress("assess tiles", finished, len(jobs))

    outcomes = pool.run(assess_tile, todo, retries=retries, on_done=on_done)
    return {todo[number].name: reason for number, reason in sorted(outcomes.failures.items())}


def run_record(
    job: Job,
    city: City,
    sums: dict[str, Any],
    bands: list[dict[str, Any]],
    failures: dict[str, str],
) -> dict[str, Any]:
    """Say what run.json tells: inputs, hashes, settings, versions, counts, totals, bands, assumptions."""
    settings = job.settings
    return {
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "city": settings.city.model_dump(),
        "crs": city.crs,
        "inputs": {
            name: {"sha256": stamp.file_hash(path), "bytes": path.stat().st_size}
            for name, path in stamp.input_files(settings, job.folders.raw).items()
        },
        "settings": settings.model_dump(mode="json"),
        "assumptions": [one._asdict() for one in config.assumptions(settings)],
        "versions": {
            "pvmap": __version__,
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in VERSIONS_OF},
        },
        "counts": city.counts,
        "totals": sums,
        "bands": bands,
        "findings": [found.as_record() for found in city.findings],
        "weather": city.weather,
        "incomplete_tiles": list(failures),
        "failures": failures,
        "not_checked": [{"name": m.name, "name_zh": m.name_zh, "clause": m.clause} for m in not_checked(settings)],
    }
