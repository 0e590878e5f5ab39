"""What a run knows of itself: city.json of what was read, run.json of what came out, and whether both still hold."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from pvmap import config, store
from pvmap.energy.sky import HOURS
from pvmap.errors import InputError
from pvmap.findings import Finding, from_record, worst_first
from pvmap.findings.catalogue import grid, loads, plan
from pvmap.planning.diff import causes
from pvmap.settings.city import Settings
from pvmap.settings.references import spelled_out
from pvmap.sites.expected_masks import grid_checks, not_checked
from pvmap.stages import stamp
from pvmap.stages.areas import AREAS
from pvmap.stages.job import PREPARED, TECHNICAL, YEARS
from pvmap.stages.parts import PART_TABLES
from pvmap.stages.prepare import RECORD, City, city_files
from pvmap.store import files as table_files
from pvmap.store import whole
from pvmap.store.files import table_of
from pvmap.store.shapes import strange
from pvmap.store.whole import RUN
from pvmap.tables import contract
from pvmap.versions import code_hash, digest, versions

MAP, PAGE = "map", "index.html"  # key of run.json that tells which page was drawn of it
SETTLED_TABLES = ("sites", "appraisal", "exclusions", "profiles", "zones", "hosting", "build_out", "scenarios")
LATER = (  # settings that no tile depends on
    *(
        "planning",
        "scenarios",
        "map",
        "publication",
        "fetch",
        "run",
        "city.title",
        "city.attribution",
        "city.attribution_en",
        "city.data_date",
    ),
    *("city.review_number", "city.issuer", "city.version"),
)
MOST_CAUSES = 3  # told in one sentence


def current_city(settings: Settings, raw: Path, processed: Path) -> City | None:
    """Take the city as it lies on disk; None where its stamp is not current or a file of it is not whole."""
    record = whole.read_record(processed / RECORD, "stamp", "files", "crs", "counts", "weather", "findings")
    if record is None or record.pop("stamp") != stamp.prepare_stamp(settings, raw):
        return None
    files = record.pop("files")
    if sorted(files) != sorted(city_files(settings)) or whole.damaged(processed, files):
        return None
    if strange(processed, files, record["crs"], now=True):
        return None
    if _rows_by_point(processed) != [(one["weather_id"], HOURS) for one in record["weather"]]:
        return None
    findings = [from_record(one) for one in record["findings"]]
    return City(record["crs"], record["counts"], record["weather"], findings)


def _rows_by_point(processed: Path) -> list[tuple[str, int]]:
    points = store.read_table(processed, "weather", columns=["weather_id"])
    return list(points.groupby("weather_id", sort=False).size().items())  # type: ignore[arg-type]


def write_city(settings: Settings, raw: Path, processed: Path, city: City) -> None:
    """Say that the files `prepare` has left are current."""
    files = whole.measured(processed, city_files(settings))
    about = {"stamp": stamp.prepare_stamp(settings, raw), "files": files}
    told = {"findings": [found.as_record() for found in city.findings]}
    whole.write_record(processed / RECORD, about | asdict(city) | told)


def sources(settings: Settings, raw: Path) -> dict[str, Any]:
    """Say what results depend on: inputs with their hashes, settings, assumptions, versions."""
    return {
        "inputs": {
            name: {"sha256": stamp.file_hash(path), "bytes": path.stat().st_size}
            for name, path in stamp.input_files(settings, raw).items()
        },
        "settings": settings.model_dump(mode="json"),
        "assumptions": [
            to_jsonable_python(one._asdict()) | {"basis": spelled_out(one.source)}
            for one in config.assumptions(settings)
        ],
        "versions": {**versions(), "code of pvmap": code_hash()},
    }


def run_record(
    settings: Settings, raw: Path, processed: Path, city: City, failures: dict[str, str], results: dict[str, Any]
) -> dict[str, Any]:
    """Say what run.json tells: what went in, what was read, what came out, and what its tables must be.

    Parameters
    ----------
    settings, raw, processed
        City file, input folder, run folder.
    city
        What was read.
    failures
        Errors of tiles by their name.
    results
        Totals, bands and self-check.
    """
    return {
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "city": settings.city.model_dump(),
        "crs": city.crs,
        **sources(settings, raw),
        "counts": city.counts,
        **results,
        "findings": [found.as_record() for found in city.findings],
        "weather": city.weather,
        "incomplete_tiles": list(failures),
        "failures": failures,
        "not_checked": [mask.as_record() for mask in (*not_checked(settings, city.findings), *grid_checks(settings))],
        "stamps": {"tiles": stamp.tile_stamp(settings, raw), "settled": stamp.settle_stamp(settings, raw)},
        "tables": whole.measured(processed, published(processed)),
        MAP: {},  # until it is drawn
    }


def settled_again(
    record: dict[str, Any],
    settings: Settings,
    raw: Path,
    processed: Path,
    planned: Sequence[Finding],
    bureau: Sequence[Finding],
) -> dict[str, Any]:
    """Say what run.json tells after money, risk and zones were settled anew on the tiles of an earlier run.

    Parameters
    ----------
    record, settings, raw, processed
        What it told, city file, input folder, run folder.
    planned, bureau
        What is doubtful about grid and plan, and about prices, loads and decisions of the bureau, now: it takes the
        place of what was.
    """
    now = sources(settings, raw)
    of_plan = {kind.code for kind in (*grid.KINDS, *plan.KINDS, *loads.KINDS)}
    files = {found.layer for found in bureau}
    before = [one for one in map(from_record, record["findings"]) if one.code not in of_plan and one.layer not in files]
    findings = worst_first([*before, *bureau, *(found for found in planned if found.code in of_plan)])
    told = {
        "findings": [found.as_record() for found in findings],
        "not_checked": [one.as_record() for one in (*not_checked(settings, findings), *grid_checks(settings))],
        "stamps": {"tiles": record["stamps"]["tiles"], "settled": stamp.settle_stamp(settings, raw)},
    }
    again = record | now | told | {"tables": whole.measured(processed, published(processed))}
    if identity(again) != identity(record):
        again[MAP] = {}  # the page there is of other tables from now on
    return again


def identity(record: dict[str, Any]) -> str:
    """Hash of what tells a run from others: stamps and tables, not when they were made."""
    return digest([json.dumps([record["stamps"], record["tables"]], sort_keys=True)])


def drawn(maps: Path) -> dict[str, Any]:
    """Say which page was drawn of a run."""
    return {MAP: whole.measured(maps, [PAGE])}


def published(processed: Path) -> list[str]:
    """Name the files of the run folder that are read when a run is appraised again, explained or compared."""
    names = {f"{name}.parquet" for name in (*PART_TABLES, *SETTLED_TABLES, *AREAS, "weather", "rejects")}
    names |= {f"{TECHNICAL}/{name}" for name in ("profiles.parquet", "tiles.json")}
    names |= {RECORD, f"{PREPARED}/sites.parquet", f"{YEARS}/weather.parquet", f"{YEARS}/points.json"}
    return sorted(file for name in names for file in table_files.names_of(processed, name))


def require_run(settings: Settings, raw: Path, processed: Path, *, settled: bool = False) -> dict[str, Any]:
    """Read run.json of a run that is whole and as the city file would have it now.

    Parameters
    ----------
    settings, raw, processed
        City file, input folder, run folder.
    settled
        Whether money, risk and zones must be current as well.

    Raises
    ------
    InputError
        There is no such run; the sentence says what has changed since, or what is damaged.
    """
    name = settings.city.name
    record = whole.require_record(processed / RUN, "findings", "tables", "city")
    stamps = record.get("stamps", {})
    if stamps.get("tiles") != stamp.tile_stamp(settings, raw):
        why = [one for one in causes(record, sources(settings, raw)) if not _is_later(one)]
        raise InputError(_not_current(processed, why, f"run `pvmap map {name}` first."))
    require_tables(processed, record, now=True)
    if settled and stamps.get("settled") != stamp.settle_stamp(settings, raw):
        why = causes(record, sources(settings, raw))
        raise InputError(_not_current(processed, why, f"run `pvmap plan {name}` or `pvmap map {name}` first."))
    return record


def require_tables(processed: Path, record: dict[str, Any], *names: str, now: bool = False) -> None:
    """Make sure that tables of a run are what its run.json tells; all of them where none is named.

    Parameters
    ----------
    processed, record, names
        Run folder, what run.json tells, tables.
    now
        Whether this very version must have written them; see `table_shapes.strange`.

    Raises
    ------
    InputError
        One is not: it is damaged, or another run has taken its place.
    """
    told = {one: was for one, was in record.get("tables", {}).items() if not names or table_of(one) in names}
    if hurt := damaged(processed, told) or strange(processed, told, record.get("crs"), now=now):
        raise InputError(
            f"{processed}: {few(hurt)} {'is' if len(hurt) == 1 else 'are'} damaged or not of the run that run.json "
            f"describes; run `pvmap map {record['city']['name']}` again."
        )


def damaged(processed: Path, told: dict[str, Any]) -> list[str]:
    """Names of files of a run's tables that are not what was told of them, or of which nothing was."""
    tables = {table_of(one) for one in told}
    more = {file for one in tables for file in table_files.names_of(processed, one)} - told.keys()
    return [*whole.damaged(processed, told), *sorted(more)]


def require_comparable(processed: Path, name: str, columns: Iterable[str]) -> None:
    """Make sure that a run can be compared: what its version has vouched for is whole, all else of a known shape.

    Parameters
    ----------
    processed
        Run folder.
    name, columns
        The table that is compared, and what is read of it.

    Raises
    ------
    InputError, TableError
        It is not.
    """
    record, table = whole.read_run(processed), f"{name}.parquet"
    told = {one: was for one, was in record.get("tables", {}).items() if table_of(one) == table}
    if "tables" in record and (not told or damaged(processed, told)):
        raise InputError(f"{processed / table} is damaged; run `pvmap map` for this city again.")
    contract.require_part(name, store.read_table(processed, name), columns)


def _not_current(processed: Path, why: list[str], remedy: str) -> str:
    told = few([one.rstrip(".") for one in why]) or "other code"
    return f"The tables in {processed} were made otherwise than they would be now ({told}); {remedy}"


def few(items: Iterable[str]) -> str:
    """Name the first of some, and say how many more there are."""
    every = list(items)
    more = f" and {len(every) - MOST_CAUSES} more" if len(every) > MOST_CAUSES else ""
    return ", ".join(every[:MOST_CAUSES]) + more


def _is_later(cause: str) -> bool:
    return cause.startswith(tuple(f"Setting {key}" for key in LATER))
