"""The kernel's peer: the same model in the best vectorised pvlib."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pvlib

from pvmap.energy import glass
from pvmap.energy.losses import INVERTER_REFERENCE_EFFICIENCY, mounting_parameters
from pvmap.energy.sky import sun_position
from pvmap.settings.energy import EnergySettings
from pvmap.sources.weather import WeatherPoint


def vectorised_pvlib(surfaces: pd.DataFrame, point: WeatherPoint, settings: EnergySettings) -> Callable[[], np.ndarray]:
    """The same model on (plane, hour) arrays of daylight hours, 64 planes at a time; returns a call to be timed."""
    sun = sun_position(point)
    day = ((sun["apparent_zenith"] < 90) & (point.data["dhi"] > 0)).to_numpy()
    hours = pd.concat([sun, point.data], axis=1)[day]
    h = {name: hours[name].to_numpy()[None, :] for name in hours.columns}
    months = pd.DatetimeIndex(hours.index + pd.Timedelta(hours=8)).month.to_numpy()
    month_start = np.searchsorted(months, np.arange(1, 13))
    mounting = mounting_parameters("flush", settings)
    dc_limit = mounting.ac_limit / settings.inverter.efficiency
    tilt, azimuth = (surfaces[c].to_numpy()[:, None] for c in ("surface_tilt", "surface_azimuth"))
    albedo = surfaces["albedo"].to_numpy()[:, None]
    diffuse = glass.diffuse_iam(tilt, settings.glass)

    def run() -> np.ndarray:
        result = np.empty((len(surfaces), 12))
        for first in range(0, len(surfaces), 64):
            some = slice(first, first + 64)
            t, a = tilt[some], azimuth[some]
            cos_aoi = pvlib.irradiance.aoi_projection(t, a, h["apparent_zenith"], h["azimuth"])
            if settings.transposition == "haydavies":
                # A projection ratio already at hand spares pvlib the second dot product.
                ratio = np.maximum(cos_aoi, 0) / np.maximum(np.cos(np.radians(h["apparent_zenith"])), 0.01745)
                terms = pvlib.irradiance.haydavies(
                    t, a, h["dhi"], h["dni"], h["dni_extra"], projection_ratio=ratio, return_components=True
                )
                horizon = 0.0
            else:
                terms = pvlib.irradiance.perez(
                    t,
                    a,
                    h["dhi"],
                    h["dni"],
                    h["dni_extra"],
                    h["apparent_zenith"],
                    h["azimuth"],
                    h["airmass_relative"],
                    return_components=True,
                )
                horizon = terms["poa_horizon"]
            beam = h["dni"] * np.maximum(cos_aoi, 0) + terms["poa_circumsolar"]
            ground = pvlib.irradiance.get_ground_diffuse(t, h["ghi"], albedo[some])
            poa = beam + terms["poa_isotropic"] + horizon + ground
            entering = beam * glass.beam_iam(np.degrees(np.arccos(np.clip(cos_aoi, -1, 1))), settings.glass)
            entering += terms["poa_isotropic"] * diffuse["sky"][some] + ground * diffuse["ground"][some]
            entering += np.where(horizon > 0, diffuse["horizon"][some], diffuse["sky"][some]) * horizon
            cell = h["temp_air"] + mounting.absorbed_share * poa / (mounting.uc + mounting.uv * h["wind_speed"])
            dc = pvlib.pvsystem.pvwatts_dc(entering, cell, 1.0, settings.gamma_pdc_per_k) * mounting.dc_factor()
            ac = pvlib.inverter.pvwatts(dc, dc_limit, settings.inverter.efficiency, INVERTER_REFERENCE_EFFICIENCY)
            result[some] = np.add.reduceat(ac, month_start, axis=1)
        return result * mounting.ac_factor * settings.first_year_factor

    return run


def without_twilight(point: WeatherPoint) -> WeatherPoint:
    """Darken hours whose sun is down, for which pvlib's models are not meant: both sides see the same day."""
    up = sun_position(point)["apparent_zenith"] < 90
    light = point.data[["ghi", "dni", "dhi"]].where(up, 0.0)
    return replace(point, data=point.data.assign(**light))
