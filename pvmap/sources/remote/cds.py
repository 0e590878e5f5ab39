"""Hourly years of ERA5 from the Copernicus climate data store, with the user's own key.

What is asked for is a job that waits in a queue: it is asked after until it is done, and a run that was stopped asks
after the same job again. The key goes to the store and nowhere else; what a job made lies on another host.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd

from pvmap import disk
from pvmap.errors import FetchError, PvmapError
from pvmap.opening import read_utf8
from pvmap.sources.archive import ZIP_ERRORS
from pvmap.sources.remote.addresses import shown
from pvmap.sources.remote.answers import NotThere
from pvmap.sources.remote.provider import Given, Provider, Wish
from pvmap.sources.remote.transfer import get, get_json
from pvmap.sources.remote.weather import files, keep, points, year_size
from pvmap.sources.weather.hours import HOURS

PROCESS = "reanalysis-era5-single-levels-timeseries"
VARIABLES = [
    "surface_solar_radiation_downwards",
    "total_sky_direct_solar_radiation_at_surface",
    "2m_temperature",
    "10m_u_component_of_wind",
    "10m_v_component_of_wind",
]
TIME, COLUMNS = "valid_time", ("ssrd", "fdir", "t2m", "u10", "v10")
WAITING = ("accepted", "running")
FIRST_WAIT_S, LONGEST_WAIT_S, PATIENCE_S = 2.0, 120.0, 4 * 3600.0
MOST_BYTES = 1 << 28  # a point's forty years are some 40 MB


def give(wish: Wish) -> Given:
    """Give hourly years of a grid of points; see `provider.Provider.give`."""
    where, found, hours = points(wish.window), {}, 0
    jobs = _jobs(wish)
    every = {point: jobs.get(_name(point, wish)) or _begin(wish, point, jobs) for point in where}
    answers = []
    for number, (point, job) in enumerate(every.items()):
        wish.progress(number, len(where))
        url = _made(wish, job)
        answers.append((_table(get(wish.door, url, most_bytes=MOST_BYTES), url, wish.years), point, url))
    for path, (table, (longitude, latitude), url) in zip(files(wish.path, len(where)), answers, strict=True):
        content = {name: values.tolist() for name, values in table.items()}
        keep(path, {"era5": {"longitude": longitude, "latitude": latitude}, **content})
        hours += len(table)
        found[path] = shown(url)
    disk.remove(_notes(wish.path))
    return Given(found, hours)


def _begin(wish: Wish, point: tuple[float, float], jobs: dict[str, str]) -> str:
    """Put a job into the queue and note it, so that it need not be put there again."""
    first, last = wish.years
    inputs = {
        "variable": VARIABLES,
        "location": {"longitude": point[0], "latitude": point[1]},
        "date": [f"{first}-01-01/{last + 1}-01-01"],  # hours are labelled by their end
        "data_format": "csv",
    }
    url = f"{wish.bases['api']}/processes/{PROCESS}/execution"
    headers = {**_key(wish), "Content-Type": "application/json"}
    answer = get_json(wish.door, url, body=json.dumps({"inputs": inputs}).encode(), headers=headers)
    job = answer.get("jobID") if isinstance(answer, dict) else None
    if not isinstance(job, str) or not job.replace("-", "").isalnum():
        raise FetchError(f"{shown(url)} names no job; try again later.")
    jobs[_name(point, wish)] = job
    disk.write_atomically(_notes(wish.path), lambda part: part.write_text(json.dumps(jobs), encoding="utf-8"))
    return job


def _made(wish: Wish, job: str) -> str:
    """Wait for a job and return the address of what it made."""
    url, wait_s, waited_s = f"{wish.bases['api']}/jobs/{job}", FIRST_WAIT_S, 0.0
    while True:
        try:
            status = _of(get_json(wish.door, url, headers=_key(wish)), "status")
        except NotThere:
            disk.remove(_notes(wish.path))  # forgotten there: the next run begins anew
            raise
        if status == "successful":
            break
        if status not in WAITING:
            disk.remove(_notes(wish.path))
            raise FetchError(f"the job {job} of ERA5 ended as {status!r}; see your requests on its page, or try again.")
        if waited_s >= PATIENCE_S:
            raise FetchError(
                f"the job {job} of ERA5 is still {status} after {waited_s / 3600:.0f} h; run pvmap fetch again later, "
                "which asks after the same job."
            )
        wish.door.pause(wait_s)
        waited_s, wait_s = waited_s + wait_s, min(2.0 * wait_s, LONGEST_WAIT_S)
    made = get_json(wish.door, f"{url}/results", headers=_key(wish))
    return str(_of(made, "asset", "value", "href"))


def _table(content: bytes, url: str, years: tuple[int, int]) -> pd.DataFrame:
    """Hours out of the zip of one or more CSV files, of which each holds some of the columns."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if one.filename.endswith(".csv")]
            if sum(one.file_size for one in members) > MOST_BYTES:
                raise FetchError(
                    f"{shown(url)} unpacks to more than {MOST_BYTES / 1e6:,.0f} MB; see for a newer pvmap."
                )
            parts = [pd.read_csv(archive.open(one), index_col=TIME) for one in members]
    except (*ZIP_ERRORS, KeyError):
        raise FetchError(f"{shown(url)} is no zip of hours in CSV; try again later.") from None
    table = pd.concat([part[[c for c in COLUMNS if c in part]] for part in parts], axis=1) if parts else pd.DataFrame()
    missing = [name for name in COLUMNS if name not in table]
    least = HOURS * (years[1] - years[0] + 1)
    if missing or len(table) < least:
        raise FetchError(
            f"{shown(url)} sends {len(table):,} hours instead of {least:,}"
            + (f" and no {', '.join(missing)}" if missing else "")
            + "; try again later."
        )
    return table.reset_index()


def _of(answer: Any, *keys: str) -> Any:
    """Take what stands under keys of an answer."""
    for key in keys:
        if not isinstance(answer, dict) or key not in answer:
            raise FetchError(f"ERA5's answer names no {key}; see for a newer pvmap.")
        answer = answer[key]
    return answer


def _key(wish: Wish) -> dict[str, str]:
    return {"PRIVATE-TOKEN": wish.key}


def _name(point: tuple[float, float], wish: Wish) -> str:
    return f"{point[0]:.4f} {point[1]:.4f} {wish.years[0]} {wish.years[1]}"


def _notes(path: Path) -> Path:
    return path.with_name(f"{path.stem}.jobs.part")


def _jobs(wish: Wish) -> dict[str, str]:
    """Jobs that an earlier run has begun; what is no such note counts as none."""
    try:
        found = json.loads(read_utf8(_notes(wish.path)))
    except (PvmapError, ValueError):
        return {}
    return {str(name): str(job) for name, job in found.items()} if isinstance(found, dict) else {}


ERA5 = Provider(
    "era5",
    ("weather_years",),
    "Licence to Use Copernicus Products",
    "Contains modified Copernicus Climate Change Service information (ERA5)",
    {
        "api": "https://cds.climate.copernicus.eu/api/retrieve/v1",
        "data": "https://object-store.os-api.cci2.ecmwf.int",
    },
    give,
    key="CDSAPI_KEY",
    size=year_size(1.1e6),
)
