"""A city's public data, layer by layer: each from the first provider that gives it; who is down costs his layer."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pvmap import disk
from pvmap.errors import ConfigError, DiskError, FetchError, OfflineError, PvmapError
from pvmap.settings.city import Settings
from pvmap.settings.countries import HOME
from pvmap.settings.fetch import FetchSettings
from pvmap.sources.remote import record
from pvmap.sources.remote.addresses import hosts_of
from pvmap.sources.remote.cds import ERA5
from pvmap.sources.remote.door import Door
from pvmap.sources.remote.geofabrik import GEOFABRIK
from pvmap.sources.remote.overpass import OVERPASS
from pvmap.sources.remote.overture import OVERTURE
from pvmap.sources.remote.provider import LAYERS, Given, Provider, Window, Wish
from pvmap.sources.remote.tiles import ETH_CANOPY, GLO30, WORLDCOVER
from pvmap.sources.remote.weather import POWER, PVGIS, files, points

PROVIDERS = {
    one.name: one for one in (OVERTURE, GEOFABRIK, OVERPASS, GLO30, WORLDCOVER, ETH_CANOPY, PVGIS, POWER, ERA5)
}
USUAL = ("buildings", "water", "land_use", "protected", "roads", "land_cover", "terrain", "weather")
ORDER = {
    **dict.fromkeys(("buildings", "water", "land_use", "protected", "power", "roads"), ("overture",)),
    "land_cover": ("worldcover",),
    "terrain": ("glo30",),
    "canopy": ("eth_canopy",),
    "weather": ("pvgis", "power"),
    "weather_years": ("pvgis", "power"),
}
ORDER_OF_CHINA: dict[str, tuple[str, ...]] = {
    "weather_years": ("power", "pvgis")
}  # ERA5, all that PVGIS has there, is too bright in its east
BORDERS = ("boundary", "boundaries", "borders", "districts", "townships")
AT_A_TIME = 4  # layers; a host is still asked one thing at a time
Steps = Callable[[str, int, int], None]


class LayersMissing(PvmapError):
    """Some layers could not be had; the rest is there."""

    exit_code = 3


class Outcome(NamedTuple):
    """What became of a layer: its entries in SOURCES.json, whether they were there before, or why there are none."""

    layer: str
    entries: list[dict]
    was_there: bool = False
    why: str = ""


class Planned(NamedTuple):
    """What would be asked for a layer."""

    layer: str
    provider: Provider
    addresses: tuple[str, ...]
    size: float  # bytes, about and at most; NaN where nobody says before
    was_there: bool


def wanted(settings: Settings, layers: Sequence[str]) -> tuple[str, ...]:
    """Choose layers to fetch: those that were named, else the city file's, else the usual ones.

    Raises
    ------
    ConfigError
        One is not known, or a border, which is never fetched.
    """
    chosen = tuple(layers) or settings.fetch.layers or USUAL
    for layer in chosen:
        if layer in BORDERS:
            raise ConfigError(
                f"{layer}: borders are not fetched. In China maps may show them only as the authorities publish them: "
                "bring the bureau's file, or one of 天地图 with its 审图号, as inputs.districts; elsewhere bring the "
                "statistical office's."
            )
        if layer not in LAYERS:
            raise ConfigError(f"No layer is called {layer!r}; there are {', '.join(LAYERS)}.")
    return chosen


def door_for(fetch: FetchSettings, *, offline: bool = False) -> Door:
    """Open the door to every provider's hosts, and to the mirrors of the city file."""
    addresses = [url for provider in PROVIDERS.values() for url in _bases(provider, fetch).values()]
    shared = [url for one in PROVIDERS.values() if one.shared for url in _bases(one, fetch).values()]
    return Door(hosts_of(addresses), contact=fetch.contact, offline=offline, shared=hosts_of(shared))


def usual_order(layer: str, country: str) -> tuple[str, ...]:
    """Name the providers of a layer in the order they are asked where the city file names none."""
    return (ORDER_OF_CHINA if country == HOME else {}).get(layer, ORDER[layer])


def planned(settings: Settings, raw: Path, layers: Sequence[str] = ()) -> list[Planned]:
    """Say what a fetch would ask for, without asking."""
    found = []
    for layer in wanted(settings, layers):
        provider = _order(settings, layer)[0]
        wish = _wish(settings, raw, layer, Door(frozenset()))
        addresses = tuple(_bases(provider, settings.fetch).values())
        found.append(Planned(layer, provider, addresses, provider.size(wish), bool(record.present(raw, wish))))
    return found


def fetch(
    settings: Settings, raw: Path, door: Door, layers: Sequence[str] = (), steps: Steps | None = None
) -> list[Outcome]:
    """Fetch layers of a city into the folder of its inputs; what is there is not asked for again.

    Parameters
    ----------
    settings
        The city file, of which ``fetch`` is used.
    raw
        Folder of the city's inputs.
    door
        See `door_for`.
    layers
        See `wanted`.
    steps
        Called as ``steps(layer, done, total)``, from several threads.

    Returns
    -------
    list of Outcome
        In the order of the layers.

    Raises
    ------
    ConfigError
        The city file names no window, or a layer, provider or mirror that is none.
    DiskError
        The disk is full.
    """
    chosen = wanted(settings, layers)
    orders = {layer: _order(settings, layer) for layer in chosen}
    wishes = {layer: _wish(settings, raw, layer, door) for layer in chosen}
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        futures = {
            pool.submit(_one, raw, _told(wishes[layer], steps), orders[layer], settings.fetch): layer
            for layer in chosen
        }
        try:
            found = {futures[done]: done.result() for done in as_completed(futures)}
        except BaseException:
            door.stopped.set()  # whoever is at it ends at his next piece
            pool.shutdown(cancel_futures=True)
            raise
    return [found[layer] for layer in chosen]


def _one(raw: Path, wish: Wish, providers: Sequence[Provider], fetch: FetchSettings) -> Outcome:
    """Fetch one layer, unless it is there."""
    there = record.present(raw, wish)
    if there and there[0]["provider"] in [one.name for one in providers]:
        return Outcome(wish.layer, there, was_there=True)
    if strange := [path for path in _places(wish) if record.is_strange(raw, path)]:
        why = f"{strange[0]} is there and is not what pvmap fetched; move it away to fetch {wish.layer}."
        return Outcome(wish.layer, [], why=why)
    if not wish.door.offline:
        disk.require_writable(raw)  # told before anything is brought
    reasons = []
    for provider in providers:
        try:
            given = _given(provider, wish, fetch)
            wish.progress(1, 1)
            return Outcome(wish.layer, record.write(raw, wish, provider, given))
        except DiskError:
            raise
        except FetchError as error:
            reasons.append(f"{provider.name}: {error}")
            if isinstance(error, OfflineError) or wish.door.stopped.is_set():
                break
    if not (wish.door.offline or wish.door.stopped.is_set()):
        record.write_gap(raw, wish, " ".join(reasons))
    return Outcome(wish.layer, [], why=" ".join(reasons))


def _places(wish: Wish) -> list[Path]:
    """List the files that a layer may become."""
    several = wish.layer in ("weather", "weather_years")
    return files(wish.path, len(points(wish.window))) if several else [wish.path]


def _given(provider: Provider, wish: Wish, fetch: FetchSettings) -> Given:
    if provider.non_commercial and not fetch.non_commercial:
        raise FetchError(
            f"its licence is {provider.licence}; write non_commercial = true under [fetch] if your use is none."
        )
    key = os.environ.get(provider.key, "") if provider.key else ""
    if provider.key and not key:
        raise FetchError(f"it wants a key of your own in the variable {provider.key} of the environment.")
    return provider.give(replace(wish, bases=_bases(provider, fetch), key=key))


def _wish(settings: Settings, raw: Path, layer: str, door: Door) -> Wish:
    fetch = settings.fetch
    if fetch.window is None:
        raise ConfigError(
            "The city file says not where to fetch: write window = [west, south, east, north] in degrees under [fetch]."
        )
    release = fetch.release if OVERTURE in _order(settings, layer) else ""
    return Wish(layer, Window(*fetch.window), raw / LAYERS[layer], door, {}, release=release, years=fetch.years)


def _told(wish: Wish, steps: Steps | None) -> Wish:
    if steps is None:
        return wish
    return replace(wish, progress=lambda done, total: steps(wish.layer, done, total))


def _order(settings: Settings, layer: str) -> list[Provider]:
    """Put providers of a layer in the order they are asked."""
    found = []
    for name in settings.fetch.sources.get(layer) or usual_order(layer, settings.city.country):
        provider = PROVIDERS.get(name)
        if provider is None or layer not in provider.layers:
            able = ", ".join(one.name for one in PROVIDERS.values() if layer in one.layers)
            raise ConfigError(f"fetch.sources.{layer}: {name!r} does not give it; {able} can.")
        found.append(provider)
    return found


def _bases(provider: Provider, fetch: FetchSettings) -> dict[str, str]:
    """Put mirrors in the place of a provider's addresses."""
    mirrors = fetch.mirrors.get(provider.name, {})
    for name in mirrors:
        if name not in provider.bases:
            raise ConfigError(
                f"fetch.mirrors.{provider.name}: no address is called {name!r}; {', '.join(provider.bases)}."
            )
    return {name: mirrors.get(name, url).rstrip("/") for name, url in provider.bases.items()}


def require_some(outcomes: Sequence[Outcome]) -> None:
    """Raise what went wrong, if anything did: the rest is there.

    Raises
    ------
    LayersMissing
        Names every layer that could not be had, and why.
    """
    failed = [one for one in outcomes if one.why]
    if failed:
        lines = "\n".join(f"  {one.layer}: {one.why}" for one in failed)
        raise LayersMissing(
            f"{len(failed)} of {len(outcomes)} layer(s) could not be fetched"
            + ("; the others are there, run again to try these" if len(failed) < len(outcomes) else "")
            + f":\n{lines}"
        )
