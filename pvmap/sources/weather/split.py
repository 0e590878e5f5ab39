"""Whether beam and diffuse light are what their names say, where closure over the whole year does not tell.

Closure is looked at month by month, since an instrument fails for weeks and the year hides it. Where one of dni and dhi
is missing, or was derived from the other, closure holds by itself: then the sky must look like one. A clear low sun
gives more on a plane that faces it than on the ground, and a clear sky scatters little of its light, a dull one all.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pvmap.findings import Finding, finding
from pvmap.sources.weather.doubts import UNLIT
from pvmap.sources.weather.reading import times_of
from pvmap.sources.weather.sun import BRIGHT, CLOSES, HIGH_SUN, LEAST_HOURS, SunHours

MONTH_CLOSES = 0.08  # share of a month's ghi
CLEAR, DULL = 0.6, 0.2  # clearness index
LOW_SUN = (0.15, 0.5)  # cos(zenith) at which a clear sky's dni is far above its ghi
LEAST_ABOVE = 0.5  # share of clear hours of a low sun in which dni is above ghi
MOST_CLEAR, LEAST_DULL = 0.6, 0.8  # mean diffuse share of clear hours, and of dull ones
FACING, HIGHEST = 0.35, 0.75  # cos(zenith) up to which the sun is low, and share of the year's most above which high
BRIGHTEST = 0.98  # quantile of dni among hours of one height
IN_PROPORTION = 0.9  # of the growth that beam on the horizontal would have under a beam that is as strong at any height
NAMED = 5  # months that a sentence names


def months(layer: str, data: pd.DataFrame, sun: SunHours, utc_offset_hours: float) -> tuple[Finding, ...]:
    """Tell months in which the components do not add up.

    Parameters
    ----------
    layer
        The file, for the finding.
    data
        ghi, dni, dhi of whole local years [W/m2]; one that is missing altogether may be absent.
    sun
        The sun of the same hours, at the moment that fits best.
    utc_offset_hours
        Local standard time minus UTC [h].
    """
    if "dni" not in data or "dhi" not in data:
        return ()
    ghi, dni, dhi = (data[c].to_numpy() for c in ("ghi", "dni", "dhi"))
    left = np.abs(ghi - dhi - dni * sun.cos_zenith)
    bright = ~np.isnan(left) & (ghi > BRIGHT)
    local = times_of(data).tz_localize(None) + pd.Timedelta(hours=utc_offset_hours)
    sums = pd.DataFrame({"left": left, "ghi": ghi})[bright].groupby(local.strftime("%Y-%m")[bright]).sum()
    share = sums["left"] / sums["ghi"]
    off = share[share > MONTH_CLOSES]
    if off.empty:
        return ()
    worst = off.sort_values(ascending=False).index[:NAMED]
    told = finding(
        "weather-components-disagree-by-month",
        layer=layer,
        count=off.size,
        total=share.size,
        months=", ".join(sorted(worst)) + (" ..." if off.size > NAMED else ""),
        share_percent=f"{100 * off.max():.0f}",
    )
    return (told,)


def without_ghi(layer: str, data: pd.DataFrame, sun: SunHours) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Tell beam on the horizontal under the name of dni where no ghi is there to close with, and make ghi of it.

    A beam is weaker through the longer way of a low sun, but by far less than what falls of it on the ground: dni that
    grows from low to high sun as cos(zenith) does, or faster, is of the horizontal.

    Returns
    -------
    tuple of DataFrame and tuple of Finding
        The table, where that is so with ghi = dhi + dni and without dni, which then follows from closure.
    """
    if data["ghi"].notna().any() or "dni" not in data or "dhi" not in data:
        return data, ()
    dni, seen = data["dni"].to_numpy(), data["dni"].notna().to_numpy()
    most = float(np.quantile(sun.cos_zenith[sun.cos_zenith > LOW_SUN[0]], BRIGHTEST))
    low = seen & (sun.cos_zenith > LOW_SUN[0]) & (sun.cos_zenith < FACING)
    high = seen & (sun.cos_zenith > max(HIGHEST * most, FACING))
    if min(low.sum(), high.sum()) < LEAST_HOURS:
        return data, ()
    of_low, of_high = (float(np.quantile(dni[hours], BRIGHTEST)) for hours in (low, high))
    if of_low >= IN_PROPORTION * FACING / most * of_high:
        return data, ()
    percent = f"{100 * of_low / max(of_high, 1.0):.0f}"
    told = finding("weather-beam-follows-height", layer=layer, column="dni", share_percent=percent)
    return data.assign(ghi=data["dhi"] + data["dni"]).drop(columns="dni"), (told,)


def names(layer: str, data: pd.DataFrame, sun: SunHours) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Set beam and diffuse light aside that no sky has, and what may have been derived from them.

    Returns
    -------
    tuple of DataFrame and tuple of Finding
        The table without such columns, which then follow from the others; what was set aside.
    """
    odd = [*_beam_on_the_horizontal(layer, data, sun), *_diffuse_of_no_sky(layer, data, sun)]
    aside = [found.column for found in odd] if _disagree(data, sun) else [c for c in ("dni", "dhi") if c in data]
    told = tuple(replace(found, values={**found.values, "columns": ", ".join(aside)}) for found in odd)
    return (data.drop(columns=aside) if odd else data), told


def _disagree(data: pd.DataFrame, sun: SunHours) -> bool:
    """Whether all three are there and do not add up, so that none was derived from the others."""
    if "dni" not in data or "dhi" not in data:
        return False
    ghi, dni, dhi = (data[c].to_numpy() for c in ("ghi", "dni", "dhi"))
    left = np.abs(ghi - dhi - dni * sun.cos_zenith)
    return bool(np.nansum(left) > CLOSES * np.nansum(ghi))


def _clearness(data: pd.DataFrame, sun: SunHours) -> np.ndarray:
    return data["ghi"].to_numpy() / (sun.dni_extra * np.maximum(sun.cos_zenith, LOW_SUN[0]))


def _beam_on_the_horizontal(layer: str, data: pd.DataFrame, sun: SunHours) -> list[Finding]:
    if "dni" not in data:
        return []
    dni, ghi = data["dni"].to_numpy(), data["ghi"].to_numpy()
    low = (sun.cos_zenith > LOW_SUN[0]) & (sun.cos_zenith < LOW_SUN[1])
    seen = low & (_clearness(data, sun) > CLEAR) & ~np.isnan(dni)
    above = int((dni > ghi)[seen].sum())
    if seen.sum() < LEAST_HOURS or above >= LEAST_ABOVE * seen.sum():
        return []
    return [finding("weather-beam-unlikely", layer=layer, column="dni", count=above, total=seen.sum())]


def _diffuse_of_no_sky(layer: str, data: pd.DataFrame, sun: SunHours) -> list[Finding]:
    if "dhi" not in data:
        return []
    share = data["dhi"].to_numpy() / np.maximum(data["ghi"].to_numpy(), 1.0)
    clearness = _clearness(data, sun)
    seen = (sun.cos_zenith > HIGH_SUN) & ~np.isnan(share) & (clearness > UNLIT)  # an outage is no sky
    clear, dull = (share[seen & sky] for sky in (clearness > CLEAR, clearness < DULL))
    in_clear = float(clear.mean()) if clear.size >= LEAST_HOURS else 0.0
    in_dull = float(dull.mean()) if dull.size >= LEAST_HOURS else 1.0
    if in_clear <= MOST_CLEAR and in_dull >= LEAST_DULL:
        return []
    clear_percent, dull_percent = (f"{100 * one:.0f}" for one in (in_clear, in_dull))
    code = "weather-diffuse-unlikely"
    return [finding(code, layer=layer, column="dhi", clear_percent=clear_percent, dull_percent=dull_percent)]
