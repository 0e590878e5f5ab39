"""What is known about a building: its use, its height, and how sure we are."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import GeometryArray

from pvmap.errors import ConfigError
from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.memory import stretches
from pvmap.settings.base import Section
from pvmap.settings.city import VectorInput
from pvmap.settings.rooftop import RooftopSettings
from pvmap.settings.words import NO_USE_WORDS, USE_WORDS
from pvmap.sites.ids import text_column
from pvmap.sites.nearby_heights import Nearby, nearby_heights
from pvmap.sites.words import read_words
from pvmap.sources.asleep import MIDDLE, Asleep
from pvmap.tables.vocabulary import BUILDING_USES, NEIGHBOURS

# Words a city file may use where its source does not tell steel from concrete, or low housing from high.
UNSPLIT_USES = ("industrial", "residential")
FEW_ASSUMED = 0.1  # judgement: of a layer's buildings; below it nearly all neighbours of a roof are known
MEASURED = ("column", "floors", "surface model")


def by_use(section: Section, uses: np.ndarray | pd.Categorical) -> np.ndarray:
    """Value of a by-use section for every building, (n,) floats."""
    codes = pd.Categorical(uses, categories=list(BUILDING_USES)).codes
    return np.array([getattr(section, use) for use in BUILDING_USES], float)[codes]


def read_uses(
    sites: pd.DataFrame, inputs: Sequence[VectorInput], settings: RooftopSettings
) -> tuple[np.ndarray, np.ndarray, list[Finding]]:
    """Give each building its use.

    The source's word goes through the input's ``uses``, then through the shipped words; anything else takes
    ``default_use``. ``industrial`` and ``residential`` are then split by floors, else by height:
    one floor or at most ``steel_up_to_height_m`` is a steel hall, more is concrete, unknown is ``industrial_unknown``;
    housing above ``high_rise_above_floors`` or ``high_rise_above_m`` is high-rise, also where the source says low.

    Parameters
    ----------
    sites
        Columns ``layer`` (number of the input) and, where mapped, ``building_use``, ``floors``, ``height_m``.
    inputs
        The inputs by number.
    settings
        Thresholds.

    Returns
    -------
    tuple of (n,) object array, (n,) bool array and list of Finding
        Uses out of ``vocabulary.BUILDING_USES``, whether the source itself told the use, and which words nobody knows.

    Raises
    ------
    ConfigError
        A value of ``uses`` or ``default_use`` that is no use.
    """
    given = text_column(sites, "building_use")
    uses = np.full(len(sites), "other", object)
    told = np.zeros(len(sites), bool)
    found: list[Finding] = []
    layer = sites["layer"].to_numpy() if len(sites) else np.empty(0, int)
    allowed = (*BUILDING_USES, *UNSPLIT_USES)
    for number, source in enumerate(inputs):
        for word in (source.default_use, *source.uses.values()):
            if word not in allowed:
                raise ConfigError(f"{source.path}: {word!r} is no building use; use one of {', '.join(allowed)}.")
        rows = np.flatnonzero(layer == number)
        own = {use: [word for word, means in source.uses.items() if means == use] for use in allowed}
        tables = {use: USE_WORDS.get(use, ()) for use in allowed}
        read = read_words(given.iloc[rows], tables, own, parts=True, missing=NO_USE_WORDS)
        told[rows] = read.meaning != ""
        uses[rows] = np.where(told[rows], read.meaning, source.default_use)
        if "building_use" in source.columns:
            found += read.findings(source, "building_use", sites.iloc[rows], "use-words-not-known")
        n_missing = int(read.missing.sum())
        if n_missing:
            found.append(
                finding(
                    "uses-missing", layer=source.path, count=n_missing, total=len(rows), use=source.default_use,
                    sites=sites["site_id"].iloc[rows[read.missing][:EXAMPLES]],
                )
            )  # fmt: skip
    return _split(uses, sites, settings), told & (uses != "other"), found


def _split(uses: np.ndarray, sites: pd.DataFrame, settings: RooftopSettings) -> np.ndarray:
    height, floors = number_column(sites, "height_m"), number_column(sites, "floors")
    height = np.where(np.isfinite(height), height, number_column(sites, "measured_height_m"))
    counted, measured = np.isfinite(floors), np.isfinite(height)
    low_hall = np.where(counted, floors <= 1, height <= settings.steel_up_to_height_m)
    industrial = _either(low_hall, "industrial_steel", "industrial_concrete")
    industrial[~counted & ~measured] = settings.industrial_unknown
    high = np.where(counted, floors > settings.high_rise_above_floors, height > settings.high_rise_above_m)
    housing = np.isin(uses, ["residential", "residential_low"])
    split = np.where(uses == "industrial", industrial, uses)
    return np.where(housing, _either(high, "residential_high", "residential_low"), split)


def _either(yes: np.ndarray, word: str, other: str) -> np.ndarray:
    """One of two words for every building, (n,) objects: as text of one width they would be made twice."""
    return np.array([other, word], object)[yes.astype(int)]


def number_column(sites: pd.DataFrame, column: str) -> np.ndarray:
    """Positive numbers of a column; NaN where it is absent, missing or not above 0."""
    if column not in sites.columns:
        return np.full(len(sites), np.nan)
    values = pd.to_numeric(sites[column], errors="coerce").to_numpy(float)
    return np.where(values > 0.0, values, np.nan)


def read_heights(
    sites: gpd.GeoDataFrame, uses: np.ndarray, settings: RooftopSettings
) -> tuple[np.ndarray, np.ndarray, Nearby | None]:
    """Give each building its height [m] and say where it comes from.

    The column stands first, then the surface model's height (column ``measured_height_m``, where there is a model),
    then floors x floor height of the use, then what its neighbours are like, then the default of the use (or none).

    Returns
    -------
    tuple of (n,) float array, (n,) object array and Nearby
        Heights, NaN where none; ``column``, ``surface model``, ``floors``, ``neighbours``, ``default`` or ``none``; and
        how well neighbours tell them, None where they were not asked.
    """
    of_use = pd.Categorical(uses, categories=list(BUILDING_USES))  # rows of words are slow to look up
    height = number_column(sites, "height_m")
    source = _either(np.isfinite(height), "column", "none")
    seen = number_column(sites, "measured_height_m")
    fill = ~np.isfinite(height) & np.isfinite(seen)
    height[fill], source[fill] = seen[fill], "surface model"
    by_floors = number_column(sites, "floors") * by_use(settings.floor_height_m, of_use)
    fill = ~np.isfinite(height) & np.isfinite(by_floors)
    height[fill], source[fill] = by_floors[fill], "floors"
    nearby = None
    if settings.assume_heights and not np.isfinite(height).all():
        default = by_use(settings.default_height_m, of_use)
        if settings.nearby_heights.count:
            middle = _middles(sites.geometry.array)
            nearby = nearby_heights(middle, uses, height, default, settings.nearby_heights)
            fill = np.isfinite(nearby.height_m)
            height[fill], source[fill] = nearby.height_m[fill], NEIGHBOURS
        fill = ~np.isfinite(height)
        height[fill], source[fill] = default[fill], "default"
    return height, source, nearby


def _middles(polygons: GeometryArray) -> np.ndarray:
    if isinstance(polygons, Asleep):
        return polygons.look_up(MIDDLE)
    every = [shapely.get_coordinates(shapely.centroid(np.asarray(polygons[some]))) for some in stretches(len(polygons))]
    return np.concatenate([np.zeros((0, 2)), *every])


def doubt_nearby_heights(
    sites: pd.DataFrame, inputs: Sequence[VectorInput], height_m: np.ndarray, source: np.ndarray, nearby: Nearby | None
) -> list[Finding]:
    """Count the buildings of each layer whose height is that of their neighbours, and tell how far such are off."""
    if nearby is None:
        return []
    found = []
    layer = sites["layer"].to_numpy()
    for number, one in enumerate(inputs):
        rows = np.flatnonzero((layer == number) & (source == NEIGHBOURS))
        if len(rows):
            found.append(
                finding(
                    "heights-of-neighbours", layer=one.path, count=len(rows), total=int((layer == number).sum()),
                    sites=sites["site_id"].iloc[rows[:EXAMPLES]], heights_m=_span(height_m[rows]),
                    off_m=nearby.off_m, default_off_m=nearby.default_off_m,
                )
            )  # fmt: skip
    return found


def doubt_missing_heights(
    sites: pd.DataFrame, inputs: Sequence[VectorInput], height_m: np.ndarray, source_of_height: np.ndarray
) -> list[Finding]:
    """Count the buildings of each layer whose height is assumed or that have none."""
    found = []
    layer = sites["layer"].to_numpy()
    for number, source in enumerate(inputs):
        mine = layer == number
        for word in ("default", "none"):
            rows, total = np.flatnonzero(mine & (source_of_height == word)), int(mine.sum())
            if not len(rows):
                continue
            assumed = "heights-assumed-few" if len(rows) < FEW_ASSUMED * total else "heights-assumed"
            found.append(
                finding(
                    assumed if word == "default" else "heights-missing",
                    layer=source.path, count=len(rows), total=total, sites=sites["site_id"].iloc[rows[:EXAMPLES]],
                    **({"heights_m": _span(height_m[rows])} if word == "default" else {}),
                )
            )  # fmt: skip
    return found


def _span(values: np.ndarray) -> str:
    """Lowest and highest of some values, one number where they agree."""
    return "-".join(dict.fromkeys(f"{value:g}" for value in (values.min(), values.max())))


def grade(uses: np.ndarray, told: np.ndarray, height_source: np.ndarray) -> np.ndarray:
    """Grade each building B, C or D; A is left to measured roof planes.

    B: the source tells the use and the height is measured. C: one of the two. D: neither, and always where the use is
    ``other``, because the use decides the roof's form.
    """
    measured = np.isin(height_source, MEASURED)
    grades = np.select([told & measured, told | measured], ["B", "C"], "D")
    return np.where(uses == "other", "D", grades).astype(object)
