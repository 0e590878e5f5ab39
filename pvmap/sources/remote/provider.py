"""What a provider is: what it can give, on what terms, and a function that gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pvmap.errors import FetchError
from pvmap.findings import Finding
from pvmap.sources.remote.door import Door
from pvmap.sources.remote.transfer import Progress, silent

LAYERS = {
    "buildings": "buildings.parquet",
    "water": "water.parquet",
    "land_use": "land_use.parquet",
    "protected": "protected.parquet",
    "power": "power.parquet",
    "roads": "roads.parquet",
    "land_cover": "land_cover.tif",
    "terrain": "terrain.tif",
    "canopy": "canopy.tif",
    "weather": "weather.json",
    "weather_years": "weather_years.json",
}


class Window(NamedTuple):
    """A box [degrees], which does not cross the date line."""

    west: float
    south: float
    east: float
    north: float

    def widened(self, degrees: float) -> Window:
        """Return the box with so much more around it."""
        return Window(
            max(self.west - degrees, -180.0),
            max(self.south - degrees, -90.0),
            min(self.east + degrees, 180.0),
            min(self.north + degrees, 90.0),
        )

    @property
    def middle(self) -> tuple[float, float]:
        """Longitude and latitude of its middle."""
        return (self.west + self.east) / 2.0, (self.south + self.north) / 2.0

    def meets(self, west: float, south: float, east: float, north: float) -> bool:
        """Whether it has a point in common with a box."""
        return west <= self.east and east >= self.west and south <= self.north and north >= self.south


@dataclass(frozen=True)
class Wish:
    """One layer, wanted of one provider.

    Attributes
    ----------
    layer
        One of `LAYERS`.
    window
        Where.
    path
        File that is to hold it.
    door
        Through which to ask.
    bases
        Addresses of the provider by their names, mirrors put in place.
    release
        Edition to take; empty: the newest.
    years
        First and last year of weather.
    key
        Secret of the user's, from the environment; empty where none is needed.
    progress
        Called with what is done and how much there is.
    """

    layer: str
    window: Window
    path: Path
    door: Door
    bases: Mapping[str, str]
    release: str = ""
    years: tuple[int, int] = (2014, 2023)
    key: str = ""
    progress: Progress = silent


@dataclass(frozen=True)
class Given:
    """What came of a wish.

    Attributes
    ----------
    files
        Written files with the address each came from.
    rows
        Rows, cells or hours in all.
    crs
        CRS, empty where there is none.
    release
        Edition.
    also
        Further names that the attribution must hold.
    findings
        What the user should know of it.
    """

    files: dict[Path, str]
    rows: int
    crs: str = ""
    release: str = ""
    also: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Provider:
    """A provider.

    Attributes
    ----------
    name
        As the city file names it.
    layers
        What it can give.
    licence, attribution
        Terms, and the words that must stand wherever its data are shown.
    bases
        Its addresses by their names; ``[fetch.mirrors]`` replaces them.
    give
        Gives a layer; raises a FetchError where it cannot.
    shared
        Whether it may be asked several things at a time: object stores.
    key
        Variable of the environment that holds the user's key, where it wants one.
    non_commercial
        Whether its licence forbids commercial use.
    size
        About how many bytes a wish brings, at most, as far as that is known without asking: NaN where what lies in the
        window decides.
    """

    name: str
    layers: tuple[str, ...]
    licence: str
    attribution: str
    bases: Mapping[str, str] = field(default_factory=dict)
    give: Callable[[Wish], Given] = lambda wish: _nothing(wish)
    shared: bool = False
    key: str = ""
    non_commercial: bool = False
    size: Callable[[Wish], float] = lambda wish: float("nan")


def nothing_here(wish: Wish, provider: str) -> FetchError:
    """Say that a provider has no row of a layer: a gap with a name is better than an empty file."""
    return FetchError(f"{provider} has no {wish.layer} in this window; bring a file of your own.")


def _nothing(wish: Wish) -> Given:
    raise FetchError(f"nobody gives {wish.layer}.")
