"""Weather of a grid of points over the window: typical and hourly years of PVGIS, hourly years of NASA POWER.

Answers are kept as they come, checked for being whole: pvmap's readers know these formats, their clocks and their sun.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pvmap import disk
from pvmap.errors import FetchError
from pvmap.findings import finding
from pvmap.sources.remote.addresses import shown
from pvmap.sources.remote.provider import Given, Provider, Window, Wish
from pvmap.sources.remote.transfer import get_json
from pvmap.sources.weather.hours import HOURS

STEP_DEG = 0.5  # between points: reanalysis has a point each quarter or half of a degree
BETWEEN_CALLS_S = 2.0  # NASA POWER throttles repeats that follow faster
PARAMETERS = "ALLSKY_SFC_SW_DWN,ALLSKY_SFC_SW_DNI,ALLSKY_SFC_SW_DIFF,T2M,WS10M"
MOST_BYTES = 1 << 26
ANSWER_S = 180.0
AT_SEA = "over the sea"  # PVGIS' words
_Ask = Callable[[Wish, float, float], tuple[Any, str]]


def year_size(year_bytes: float, typical_bytes: float = math.nan) -> Callable[[Wish], float]:
    """Say how large the answers of a service are: so many bytes for a point and year, or for its typical year."""

    def size(wish: Wish) -> float:
        n_years = wish.years[1] - wish.years[0] + 1
        return len(points(wish.window)) * (typical_bytes if wish.layer == "weather" else n_years * year_bytes)

    return size


def points(window: Window) -> list[tuple[float, float]]:
    """Longitude and latitude of the points of a window, from south to north and west to east [degrees].

    Examples
    --------
    >>> points(Window(11.0, 57.0, 11.4, 57.8))
    [(11.2, 57.2), (11.2, 57.6)]
    """
    n_x, n_y = (max(math.ceil(round(span / STEP_DEG, 6)), 1) for span in _spans(window))
    width, height = _spans(window)
    return [
        (round(window.west + width * (i + 0.5) / n_x, 4), round(window.south + height * (j + 0.5) / n_y, 4))
        for j in range(n_y)
        for i in range(n_x)
    ]


def files(path: Path, n_points: int) -> list[Path]:
    """Names of the files of so many points: ``weather.json``, ``weather_2.json`` and so on."""
    return [path if n == 1 else path.with_name(f"{path.stem}_{n}{path.suffix}") for n in range(1, n_points + 1)]


def _spans(window: Window) -> tuple[float, float]:
    return window.east - window.west, window.north - window.south


def _give_points(wish: Wish, ask: _Ask, count: Callable[[Any], int]) -> Given:
    """Ask for every point and keep each answer in a file of its own."""
    where = points(wish.window)
    found, hours = {}, 0
    answers = []
    for number, (longitude, latitude) in enumerate(where):
        wish.progress(number, len(where))
        answers.append(ask(wish, longitude, latitude))
    for path, (content, url) in zip(files(wish.path, len(where)), answers, strict=True):
        hours += count(content)
        keep(path, content)
        found[path] = shown(url)
    return Given(found, hours)


def keep(path: Path, content: Any) -> None:
    """Write an answer, whole or not at all."""
    text = json.dumps(content)
    disk.write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def _whole(url: str, rows: Any, least: int) -> None:
    if not isinstance(rows, list | dict) or len(rows) < least:
        n_rows = len(rows) if isinstance(rows, list | dict) else 0
        raise FetchError(f"{shown(url)} sends {n_rows:,} hours instead of {least:,}; try again later.")


def give_pvgis(wish: Wish) -> Given:
    """Give typical years (layer weather) or hourly ones (weather_years); see `provider.Provider.give`."""
    ask, moved = _pvgis_typical if wish.layer == "weather" else _pvgis_years, 0

    def on_land(wish: Wish, longitude: float, latitude: float) -> tuple[Any, str]:
        nonlocal moved
        if (answer := _unless_sea(ask, wish, longitude, latitude)) is not None:
            return answer
        moved += 1
        for place in _around(wish.window, longitude, latitude):
            if (answer := _unless_sea(ask, wish, *place)) is not None:
                return answer
        raise FetchError(f"{longitude}, {latitude} and the places around it lie over the sea; see the window.")

    given = _give_points(wish, on_land, _pvgis_hours)
    told = finding("fetched-weather-off-sea", layer=wish.path.name, count=moved, total=len(given.files))
    return replace(given, findings=(told,) if moved else ())


def _unless_sea(ask: _Ask, wish: Wish, longitude: float, latitude: float) -> tuple[Any, str] | None:
    """Ask for a place; None where PVGIS says that it lies over the sea."""
    try:
        return ask(wish, longitude, latitude)
    except FetchError as error:
        if AT_SEA not in str(error):
            raise
        return None


def _around(window: Window, longitude: float, latitude: float) -> Iterator[tuple[float, float]]:
    """Places in the cell of a point, from beside it to its corners."""
    dx, dy = (span / max(math.ceil(round(span / STEP_DEG, 6)), 1) / 3.0 for span in _spans(window))
    for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
        yield round(longitude + x * dx, 4), round(latitude + y * dy, 4)


def _pvgis_typical(wish: Wish, longitude: float, latitude: float) -> tuple[Any, str]:
    asked = {"lat": latitude, "lon": longitude, "outputformat": "json"}
    url = f"{wish.bases['api']}/tmy?{urlencode(asked)}"
    content = get_json(wish.door, url, most_bytes=MOST_BYTES, answer_s=ANSWER_S)
    rows = content.get("outputs", {}).get("tmy_hourly") if isinstance(content, dict) else None
    _whole(url, rows, HOURS)
    return content, url


def _pvgis_years(wish: Wish, longitude: float, latitude: float) -> tuple[Any, str]:
    first, last = wish.years
    asked = {
        "lat": latitude, "lon": longitude, "outputformat": "json",
        "startyear": first, "endyear": last, "components": 1, "angle": 0, "aspect": 0,
    }  # fmt: skip
    url = f"{wish.bases['api']}/seriescalc?{urlencode(asked)}"
    content = get_json(wish.door, url, most_bytes=MOST_BYTES, answer_s=ANSWER_S)
    rows = content.get("outputs", {}).get("hourly") if isinstance(content, dict) else None
    _whole(url, rows, HOURS * (last - first + 1))
    return content, url


def _pvgis_hours(content: Any) -> int:
    outputs = content["outputs"]
    return len(outputs.get("tmy_hourly") or outputs["hourly"])


def give_power(wish: Wish) -> Given:
    """Give hourly years; see `provider.Provider.give`."""
    return _give_points(wish, _power_years, lambda content: len(content["properties"]["parameter"]["T2M"]))


def _power_years(wish: Wish, longitude: float, latitude: float) -> tuple[Any, str]:
    """Ask a year a call, and put the years together into one answer."""
    first, last = wish.years
    whole: dict[str, Any] = {}
    url = ""
    for year in range(first, last + 1):
        asked = {
            "parameters": PARAMETERS, "community": "re", "longitude": longitude, "latitude": latitude,
            "start": f"{year}0101", "end": f"{year}1231", "format": "json", "time-standard": "utc",
        }  # fmt: skip
        if whole:
            wish.door.pause(BETWEEN_CALLS_S)
        url = f"{wish.bases['api']}/temporal/hourly/point?{urlencode(asked)}"
        content = get_json(wish.door, url, most_bytes=MOST_BYTES, answer_s=ANSWER_S)
        series = content.get("properties", {}).get("parameter", {}) if isinstance(content, dict) else {}
        for name in PARAMETERS.split(","):
            _whole(url, series.get(name), HOURS)
        if (clock := content.get("header", {}).get("time_standard")) != "UTC":
            raise FetchError(f"{shown(url)} sends hours by the clock {clock!r} instead of UTC; see for a newer pvmap.")
        if not whole:
            whole = content
        for name, values in series.items():
            whole["properties"]["parameter"][name].update(values)
    return whole, url


PVGIS = Provider(
    "pvgis",
    ("weather", "weather_years"),
    "European Commission reuse notice",
    "PVGIS © European Union",
    {"api": "https://re.jrc.ec.europa.eu/api/v5_3"},
    give_pvgis,
    size=year_size(1.3e6, 1.5e6),
)
POWER = Provider(
    "power",
    ("weather", "weather_years"),
    "NASA open data",
    "NASA Langley Research Center POWER Project",
    {"api": "https://power.larc.nasa.gov/api"},
    give_power,
    size=year_size(1.4e6),
)
