"""The definition of the model: one surface through a year of weather, in plain pvlib.

``kernel.py`` computes the same for a million surfaces and is tested against this file to 1e-9. Read top down:
light on the plane, what shade leaves of it, what enters the glass, what heat and losses leave of the power.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, timezone

import numpy as np
import pandas as pd
import pvlib
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator

from pvmap import row_geometry
from pvmap.directions import N_AZ, N_EL
from pvmap.energy import glass, rows
from pvmap.energy.losses import INVERTER_REFERENCE_EFFICIENCY, MountingParameters, mounting_parameters
from pvmap.energy.rear import rear_ground
from pvmap.energy.sky import WeatherPoint, sky_diffuse, sun_position
from pvmap.settings.energy import EnergySettings

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """One tilted surface under its own skyline; fields as in tables "surfaces" and "shade".

    ``sunlit`` is the share of the surface that sees the sun, by azimuth bin and elevation node (64, 33); None: all.
    ``soiling`` replaces the setting's where given. ``rows_shade`` off leaves out what the array's own rows hide.
    ``edge_height_m`` and ``row_length_m`` matter to the rear alone.
    """

    surface_tilt: float
    surface_azimuth: float
    mounting: str
    gcr: float = 0.5
    albedo: float = 0.2
    ground_tilt: float = 0.0
    ground_azimuth: float = 180.0
    row_length_m: float = 4.58
    edge_height_m: float = 1.0
    sky_view_factor: float = 1.0
    horizon_band_share: float = 1.0
    sunlit: NDArray[np.float32] | None = None
    soiling: float | None = None
    rows_shade: bool = True

    @property
    def front(self) -> tuple[float, float, float]:
        """Tilt, gcr and slope of the ground ahead, as ``rows`` takes them."""
        slope = row_geometry.slope_towards(self.surface_azimuth, self.ground_tilt, self.ground_azimuth)
        return self.surface_tilt, self.gcr, float(slope)

    @property
    def back(self) -> tuple[float, float, float]:
        """The same of the rear."""
        tilt, gcr, slope = self.front
        return 180.0 - tilt, gcr, -slope


def simulate_surface(
    point: WeatherPoint, surface: Surface, settings: EnergySettings, utc_offset_hours: float = 0.0
) -> pd.DataFrame:
    """Simulate one surface hour by hour.

    Parameters
    ----------
    point
        Weather of any length and step.
    surface
        Where the modules stand and what they see.
    settings
        Assumptions of the energy stage.
    utc_offset_hours
        The result is labelled in this local standard time, so that its months are local. [h]

    Returns
    -------
    DataFrame
        One row per step of the weather: ``poa_direct``, ``poa_circumsolar``, ``poa_isotropic``, ``poa_horizon``,
        ``poa_ground_diffuse`` and their sum ``poa_global`` on the front, after shade; ``poa_rear`` as the cells feel it
        (bifaciality included); ``effective_irradiance`` after reflection [W/m2]; ``temp_cell`` [degC]; ``dc`` before
        and ``ac`` after the inverter and all losses, first year of operation [kW/kWp].
    """
    mounting = mounting_parameters(surface.mounting, settings)
    light = plane_of_array(point, surface, settings)
    beam = light["poa_direct"] + light["poa_circumsolar"]
    diffuse_iam = glass.diffuse_iam(surface.surface_tilt, settings.glass)
    light["effective_irradiance"] = (
        beam * glass.beam_iam(light.pop("aoi"), settings.glass) * light.pop("working_share")
        + light["poa_isotropic"] * diffuse_iam["sky"]
        + light["poa_horizon"] * diffuse_iam["horizon"]
        + light["poa_ground_diffuse"] * diffuse_iam["ground"]
        + light["poa_rear"]
    )
    heat = mounting.absorbed_share * (light["poa_global"] + light["poa_rear"])
    light["temp_cell"] = point.data["temp_air"] + heat / (mounting.uc + mounting.uv * point.data["wind_speed"])
    cells = pvlib.pvsystem.pvwatts_dc(
        light["effective_irradiance"], light["temp_cell"], pdc0=1.0, gamma_pdc=settings.gamma_pdc_per_k
    )
    light["dc"] = cells * mounting.dc_factor(surface.soiling)
    after_inverter = inverter(light["dc"].to_numpy(), mounting, settings)
    light["ac"] = after_inverter * mounting.ac_factor * settings.first_year_factor
    return light.set_axis(_local(point, utc_offset_hours))


def plane_of_array(point: WeatherPoint, surface: Surface, settings: EnergySettings) -> pd.DataFrame:
    """Light on the plane after shade by surroundings and rows [W/m2]; columns as above.

    Also ``aoi`` [degrees], and ``working_share``: what of the beam's power rows in the shade of rows can turn into
    current, 1 with linear electrical shade.
    """
    sun = sun_position(point)
    zenith, azimuth = sun["apparent_zenith"], sun["azimuth"]
    plane = (surface.surface_tilt, surface.surface_azimuth)
    dni = point.data["dni"].where(zenith < 90, 0.0)
    dhi, ghi = point.data["dhi"], point.data["ghi"]

    isotropic, circumsolar, horizon = (
        pd.Series(term, sun.index)
        for term in sky_diffuse(*plane, sun, dni.to_numpy(), dhi.to_numpy(), settings.transposition)
    )
    sunlit = sunlit_share(surface.sunlit, azimuth.to_numpy(), 90 - zenith.to_numpy())
    lit, sky_view, band_share = sunlit, surface.sky_view_factor, surface.horizon_band_share
    reflected = ghi * (1 - np.cos(np.radians(surface.surface_tilt))) / 2
    working = np.ones(len(sun))
    mounting = mounting_parameters(surface.mounting, settings)
    if mounting.in_rows and surface.rows_shade:
        by_rows = row_lit_share(surface, zenith, azimuth)
        lit = sunlit * by_rows
        if settings.electrical_shade == "direct_martinez":
            working = rows.working_share(by_rows, settings.row_blocks)
        # Skyline and row in front hide the same low sky: the smaller share counts, never the product.
        sky_view = min(sky_view, rows.sky_share(*surface.front)[0])
        band_share = min(band_share, rows.horizon_share(*surface.front)[0])
        light = ground_light(point, sun, settings)
        _, among_rows = ground_among_rows(surface, zenith, azimuth)
        around = rows.surroundings_share(surface.sky_view_factor, rows.sky_share(*surface.front), True)[0]
        from_sky = light["sky"] * rows.ground_to_sky(*surface.front)[0] * around
        reflected = (light["sun"] * among_rows * sunlit + from_sky) * rows.ground_view(*surface.front)[0]

    poa = pd.DataFrame(
        {
            "aoi": pvlib.irradiance.aoi(*plane, zenith, azimuth),
            "working_share": working,
            "poa_direct": pvlib.irradiance.beam_component(*plane, zenith, azimuth, dni) * lit,
            "poa_circumsolar": circumsolar * lit,
            # Perez' horizon term is negative under overcast skies: then it darkens the sky, and fades with it.
            "poa_isotropic": sky_view * (isotropic + horizon.clip(upper=0)),
            "poa_horizon": band_share * horizon.clip(lower=0),
            "poa_ground_diffuse": surface.albedo * reflected,
        }
    )
    poa["poa_global"] = poa.drop(columns=["aoi", "working_share"]).sum(axis=1)
    poa["poa_rear"] = rear_light(point, surface, settings, sun, sunlit) if mounting.bifacial else 0.0
    return poa


def ground_light(point: WeatherPoint, sun: pd.DataFrame, settings: EnergySettings) -> pd.DataFrame:
    """Light that reaches the ground among rows, by where it comes from.

    Returns
    -------
    DataFrame
        ``sun``: beam and circumsolar on a plane that faces the sun; ``sky``: isotropic on the horizontal. [W/m2]
    """
    dni = point.data["dni"].where(sun["apparent_zenith"] < 90, 0.0).to_numpy()
    dhi, ghi = point.data["dhi"].to_numpy(), point.data["ghi"].to_numpy()
    isotropic, _, _ = sky_diffuse(0.0, 180.0, sun, dni, dhi, settings.transposition)
    high = (sun["apparent_zenith"] < rows.LOWEST_GROUND_BEAM).to_numpy()
    up = np.cos(np.radians(sun["apparent_zenith"].to_numpy()))
    facing = np.divide(np.maximum(ghi - isotropic, 0), up, out=np.zeros_like(up), where=high)
    return pd.DataFrame({"sun": facing, "sky": isotropic}, sun.index)


def sunlit_share(table: NDArray[np.float32] | None, azimuth: Array, elevation: Array) -> Array:
    """Look up the sunlit table (64, 33), linear between bin centres and nodes, wrapping around north."""
    if table is None:
        return np.ones_like(azimuth)
    centres = (np.arange(-1, N_AZ + 1) + 0.5) * 360 / N_AZ
    nodes = np.linspace(0, 90, N_EL)
    wrapped = np.vstack([table[-1:], table, table[:1]]).astype(float)
    look_up = RegularGridInterpolator((centres, nodes), wrapped)
    return look_up(np.column_stack([azimuth, np.clip(elevation, 0, 90)]))


def row_lit_share(surface: Surface, zenith: pd.Series, azimuth: pd.Series) -> pd.Series:
    """Share of a row that the row in front leaves in the sun, on ground of any slope (`row_geometry.lit_share`).

    On level ground, and on slopes along the row's azimuth, this equals
    ``1 - pvlib.shading.shaded_fraction1d`` (tested).
    """
    sun = row_geometry.normal(zenith, azimuth)
    return pd.Series(row_geometry.lit_share(sun, *_faces(surface), surface.gcr), zenith.index)


def _faces(surface: Surface) -> tuple[Array, Array]:
    """Give unit vectors off the rows and off their ground, (3, 1) each."""
    ground = (surface.ground_tilt, surface.ground_azimuth)
    off_rows = row_geometry.row_normal(surface.surface_tilt, surface.surface_azimuth, *ground)
    return off_rows[:, None], row_geometry.normal(*ground)[:, None]


def ground_among_rows(surface: Surface, zenith: pd.Series, azimuth: pd.Series) -> tuple[Array, Array]:
    """Tell what rows do to the sun on the ground among them.

    Returns
    -------
    shadow
        Length of a row's shadow along the ground over the distance to the next row, at most 1 in size, > 0 with the sun
        in front. What is left of 1 is pvlib's unshaded ground fraction.
    sun
        Sun on that ground, front and rear of the rows having caught their part, over sun on a plane that faces it.
    """
    to_sun = row_geometry.normal(zenith, azimuth)
    on_rows, on_ground = (np.sum(to_sun * face, axis=0) for face in _faces(surface))
    on_ground = np.maximum(on_ground, 0)
    shadow = np.clip(surface.gcr * on_rows / np.maximum(on_ground, np.finfo(float).tiny), -1, 1)
    return shadow, on_ground * (1 - np.abs(shadow))


def rear_light(
    point: WeatherPoint, surface: Surface, settings: EnergySettings, sun: pd.DataFrame, sunlit: Array
) -> pd.Series:
    """Compute light on the rear as the cells feel it [W/m2].

    The surroundings take their share of beam and of diffuse light alike behind the rows and in front of them.
    """
    zenith, azimuth = sun["apparent_zenith"], sun["azimuth"]
    dni = point.data["dni"].where(zenith < 90, 0.0).to_numpy()
    dhi = point.data["dhi"].to_numpy()
    _, circumsolar_normal, _ = sky_diffuse(zenith.to_numpy(), azimuth.to_numpy(), sun, dni, dhi, settings.transposition)
    ground = rear_ground(*surface.front, surface.edge_height_m / surface.row_length_m)
    reflected = surface.albedo * rows.ground_view(*surface.back)[0]
    light = ground_light(point, sun, settings)

    shadow, among_rows = ground_among_rows(surface, zenith, azimuth)
    in_view = np.maximum(np.polynomial.polynomial.polyval(shadow, ground.in_the_sun[0]), 0)
    off_rows, off_ground = _faces(surface)
    on_back = np.maximum(
        -pvlib.irradiance.aoi_projection(surface.surface_tilt, surface.surface_azimuth, zenith, azimuth), 0
    ) * row_geometry.lit_share(row_geometry.normal(zenith, azimuth), -off_rows, off_ground, surface.gcr)
    direct = (dni + circumsolar_normal) * on_back
    from_sun = (light["sun"] * among_rows * in_view * reflected + direct) * sunlit
    around = rows.surroundings_share(surface.sky_view_factor, rows.sky_share(*surface.front), surface.rows_shade)[0]
    from_sky = light["sky"] * (rows.sky_view(*surface.back)[0] + reflected * ground.to_sky[0]) * around
    return (from_sky + from_sun) * settings.bifacial.bifaciality * settings.bifacial.rear_share


def inverter(dc: Array, mounting: MountingParameters, settings: EnergySettings, *, clip: bool = True) -> Array:
    """PVWatts' inverter [kW/kWp], with its limit or with its efficiency curve alone."""
    efficiency = settings.inverter.efficiency
    dc_limit = mounting.ac_limit / efficiency
    if clip:
        return pvlib.inverter.pvwatts(dc, dc_limit, efficiency, INVERTER_REFERENCE_EFFICIENCY)
    load = np.minimum(dc, dc_limit)
    at_load = pvlib.inverter.pvwatts(load, dc_limit, efficiency, INVERTER_REFERENCE_EFFICIENCY)
    return at_load * np.divide(dc, load, out=np.ones_like(dc), where=load > 0)


def _local(point: WeatherPoint, utc_offset_hours: float) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(point.data.index).tz_convert(timezone(timedelta(hours=utc_offset_hours)))
