"""A run, from a city file to a map: prepare the city, assess its tiles, publish what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pvmap import config, disk, pages, store
from pvmap.config import Folders
from pvmap.deliver.everything import write_planner_files
from pvmap.errors import TileError
from pvmap.findings import Finding, add_up, worst_first
from pvmap.foreign_text import visible
from pvmap.memory import take_from_system
from pvmap.planning.diff import SHOWN, Difference, diff_runs
from pvmap.planning.grid.solve import Asked, require_solver
from pvmap.planning.money.doubts import doubt_amounts
from pvmap.planning.self_check import as_findings
from pvmap.planning.self_check_rules import Identity
from pvmap.settings.city import Settings
from pvmap.sites.expected_masks import ExpectedMask, not_checked
from pvmap.sources.remote.record import credited
from pvmap.stages import earlier, history, lock, publish, record, steady
from pvmap.stages.assessed_city import assessed
from pvmap.stages.bring import bring_inputs
from pvmap.stages.bureau import around, read_bureau_files
from pvmap.stages.entry import entry
from pvmap.stages.explain import explain
from pvmap.stages.identities import checked
from pvmap.stages.job import FOLDERS, PREPARED, TileJob
from pvmap.stages.journal import Journal
from pvmap.stages.planned import plan_ahead, plan_city
from pvmap.stages.ready import make_demo, ready
from pvmap.stages.refusals import told_at_once
from pvmap.stages.settle import Settled, settle
from pvmap.stages.status import Status, status
from pvmap.stages.upload import upload
from pvmap.store import whole
from pvmap.watch import Watch
from pvmap.webmap.check_page import SITE_COLUMNS, Evidence, write_check_page
from pvmap.webmap.compare import READ
from pvmap.webmap.province import draw_map
from pvmap.written import Tell, Written
from pvmap.written import silent as unheard

Progress = Callable[[str, int, int], None]


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
    totals: dict[str, dict[str, float | None]]
    findings: list[Finding]
    failures: dict[str, str]

    def require_whole(self) -> None:
        """Raise a TileError that names each tile that failed, if one did."""
        if self.failures:
            lines = "\n".join(f"  tile {name}: {visible(reason)}" for name, reason in self.failures.items())
            raise TileError(
                f"{len(self.failures)} tile(s) failed, the map says so; run again to try only these:\n{lines}"
            )


def open_city(city: str, root: Path | None = None, raw: Path | None = None) -> Job:
    """Find and read a city file."""
    city_file = config.find_city_file(city)
    settings = config.load(city_file)
    folders = config.folders(settings, city_file, root)
    folders = folders._replace(raw=raw) if raw is not None else folders
    return Job(city_file, credited(settings, folders.raw), folders)


def make_map(
    job: Job,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    layout: Literal["file", "folder"] = "file",
    keep: str | None = None,
    older: Path | None = None,
    watch: Watch = Watch(),
    progress: Progress = silent,
    tell: Tell = unheard,
) -> Report:
    """Run a city from its input files to its map; what is current on disk is not computed again.

    Parameters
    ----------
    job
        The city.
    workers, scheduler
        Who computes; see `engine.Pool`.
    layout
        Form of the map; see `webmap.province.draw_map`.
    keep
        Name under which the run that lies there is kept, before this one takes its place.
    older
        Run folder to compare with on the map; see `webmap.province.draw_map`.
    watch
        How people look on while Dask computes.
    progress
        Called as ``progress(step, done, total)``.
    tell
        Called with a sentence where a page is kept under another name, or files for planners are of an earlier run.

    Returns
    -------
    Report
        With `failures` where tiles failed: the rest of the city is there and the map says what is missing.
    """
    from pvmap import engine  # dask and psutil take a second to load, and `check` needs neither
    from pvmap.clock import Clock

    take_from_system()
    settings, (raw, processed, maps) = job.settings, job.folders
    journal = Journal(processed, progress)
    clock = Clock(journal)
    disk.require_folders(*(processed / one for one in FOLDERS), maps)  # told before the work
    for folder in (processed, maps):  # of which the second is written to last
        disk.require_writable(folder)
    if keep is not None:
        history.kept_place(processed, keep)  # a name that cannot be is told before anything is written
    if settings.demo is not None:
        with clock("make the synthetic city"):
            make_demo(settings, raw, "map")
    bring_inputs(settings, raw)
    with told_at_once(settings, raw):
        config.require_inputs(settings, raw)
    if older is not None:
        record.require_comparable(older, "zones", READ)  # what is no run is told before the work
    with (
        lock.hold(processed, f"map {settings.city.name}") as held,
        journal.run("map"),
        disk.errors(processed, disk.TROUBLE),
    ):
        disk.sweep(processed, maps)
        if keep is not None:
            history.keep(processed, keep)
        seen = steady.every_hash(settings, raw)
        with (
            entry(settings, raw, processed) as introduction,
            engine.Pool(workers, scheduler, introduction, watch) as pool,
        ):
            city, jobs, failures = assessed(settings, raw, processed, pool, clock, journal)
            held.require()
            steady.require_steady(seen, settings, raw, processed)
            with clock("gather tables and appraise"):
                tiles = [(one, one.name not in failures) for one in jobs]
                publish.gather(tiles, pool)
                settled = settle(settings, raw, processed, jobs[0], pool)
            with clock("plan ahead"):
                (found,) = publish.run_all(pool, plan_city, jobs[:1])
                planned = [one for one in found if one not in city.findings]  # of reading: told when it was tried
            publish.remove_other_parts(processed, jobs)
            with clock("check what was computed twice"):
                identities = checked(processed, settings, city.counts, settled, pool)
            findings = [*city.findings, *planned, *settled.findings, *as_findings(identities)]
            city = replace(city, findings=worst_first(add_up(findings)))
            results = _results(settled, identities)
            steady.require_steady(seen, settings, raw, processed)
            about = record.run_record(settings, raw, processed, city, failures, results)
            whole.write_record(processed / whole.RUN, about)
            with clock("draw the map"):
                each = partial(publish.run_all, pool)
                index = draw_map(processed, maps, settings, settled.rows, layout, older, raw, each, tell)
        used = {"seconds": clock.seconds, "peak_memory_mb": clock.memory.record(), **record.drawn(maps)}
        whole.write_record(processed / whole.RUN, about | used)
        earlier.tell_of_others(about | used, processed, maps, tell)
    return Report(index, about["totals"], city.findings, failures)


def _results(settled: Settled, identities: list[Identity]) -> dict[str, Any]:
    """Give what run.json tells of what came out."""
    told = [one._asdict() for one in identities]
    return {"totals": settled.totals, "bands": settled.bands, "self_check": told}


def write_plan(
    job: Job,
    progress: Progress = silent,
    *,
    weeks: int | None = None,
    tell: Tell = unheard,
    doubt: Callable[[list[Finding]], None] | None = None,
) -> list[Path]:
    """Write what planners take away from the stored tables: workbook, report, GeoPackage, profiles, PyPSA network.

    Parameters
    ----------
    job
        The city.
    progress
        Called as ``progress(step, done, total)``.
    weeks
        Solve the network on so many typical weeks, 0 on the whole year; None: do not solve it.
    tell
        Called with a sentence for each file that is kept under another name, and where the page is of an earlier run.
    doubt
        Called with what is doubtful about grid, plan, prices and loads.
    """
    from pvmap import engine
    from pvmap.clock import Clock

    take_from_system()
    settings, (raw, processed, maps) = job.settings, job.folders
    clock = Clock(progress)
    asked = None if weeks is None else Asked(weeks, partial(progress, "solve the network"))
    if asked is not None:
        require_solver()
    config.require_inputs(settings, raw)
    lock.require_free(processed)  # what another run is writing is no damage
    record.require_run(settings, raw, processed)
    with lock.hold(processed, f"plan {settings.city.name}"), disk.errors(processed, disk.TROUBLE):
        disk.sweep(processed)
        Written(processed).require_closed()
        about, seen = record.require_run(settings, raw, processed), steady.every_hash(settings, raw)
        with clock("appraise"), engine.Pool(workers=0) as pool:
            like = TileJob(settings, raw, processed, about["crs"], "plan", 0, 0, about["stamps"]["tiles"])
            settled = settle(settings, raw, processed, like, pool)
            found = plan_ahead(settings, raw, processed, about["crs"])
            about |= _results(settled, checked(processed, settings, about["counts"], settled, pool))
            bureau = read_bureau_files(settings, raw, processed, processed).findings
            steady.require_same(seen, settings, raw)
            about = record.settled_again(about, settings, raw, processed, found, bureau)
            if doubt is not None:
                doubt(worst_first(add_up([*bureau, *(one for one in found if one not in bureau)])))
            whole.write_record(processed / whole.RUN, about)
        tables = publish.for_planners(processed)
        with clock("write workbook, GeoPackage, profiles and PyPSA network"):
            given = around(settings, raw, processed)
            stamp = record.identity(about)
            written = write_planner_files(processed, settings, tables, about, given, asked, tell, stamp)
        earlier.tell_of_others(about, processed, maps, tell)
    return written


def compare(run_a: Path, run_b: Path) -> Difference:
    """Tell what changed between two run folders; see `planning.diff.diff_runs`."""
    for folder in (run_a, run_b):
        lock.require_free(folder)
        record.require_comparable(folder, "appraisal", SHOWN)
    return diff_runs(run_a, run_b)


@dataclass(frozen=True)
class Checked:
    """What a check of the inputs came to: what was read and refused, what no file answers, what is doubtful."""

    counts: dict[str, dict[str, int]]
    refused: dict[str, int]
    weather: list[dict[str, Any]]
    not_checked: list[ExpectedMask]
    findings: list[Finding]


def check_city(job: Job, page: Path | None = None) -> Checked:
    """Read a city's inputs as a run would and tell what was found; tables of an earlier run are left alone.

    Parameters
    ----------
    job
        The city.
    page
        Where to write the page of the check, if at all.
    """
    settings, raw = job.settings, job.folders.raw
    if page is not None:
        pages.require_page(page, "--html", pages.CHECK)
    make_demo(settings, raw, "check")
    bring_inputs(settings, raw)
    with disk.scratch() as folder:
        city, _ = ready(settings, raw, folder)
        sites = store.read_table(folder / PREPARED, "sites", columns=list(SITE_COLUMNS))
        rejects = store.read_table(folder, "rejects")
    findings = [*city.findings, *doubt_amounts(settings)]
    if page is not None:
        write_check_page(page, Evidence(city.counts, city.weather, findings, sites, rejects), settings)
    refused = {str(reason): int(n) for reason, n in rejects["reason"].value_counts().items()}
    masks = list(not_checked(settings, city.findings))
    return Checked(city.counts, refused, city.weather, masks, worst_first(findings))


def explain_site(job: Job, site_id: str) -> Iterator[str]:
    """Tell how one site's number came about; see `stages.explain.explain`."""
    settings, (raw, processed, _) = job.settings, job.folders
    lock.require_free(processed)
    config.require_inputs(settings, raw)
    about = record.require_run(settings, raw, processed, settled=True)
    return explain(site_id, TileJob(settings, raw, processed, about["crs"], "explain", 0, 0, about["stamps"]["tiles"]))


def city_status(job: Job) -> Status:
    """Look how far a city is; see `stages.status.status`."""
    return status(job.settings, job.folders.raw, job.folders.processed)


def upload_run(job: Job, address: str, progress: Progress = silent, tell: Tell = unheard) -> str:
    """Send a finished run to object storage; see `stages.upload.upload`."""
    return upload(job.settings, job.folders.processed, job.folders.maps, address, progress, tell)
