"""Where the weather comes from, how it is repaired, and the climate it may be corrected to."""

from __future__ import annotations

import calendar
from collections import Counter
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from pvmap.settings.base import Section, assumption
from pvmap.settings.paths import FilePath

Months = tuple[float, float, float, float, float, float, float, float, float, float, float, float]

CLIMATE_PLACE = (119.45, 32.2)  # degrees east and north of the default climate: Zhenjiang
GHI_KWH_PER_M2: Months = (75, 83, 112, 134, 150, 132, 149, 145, 113, 102, 78, 72)
DHI_KWH_PER_M2: Months = (41, 46, 63, 74, 82, 83, 84, 77, 63, 53, 41, 38)
TEMP_AIR: Months = (3.1, 5.4, 10.1, 16.1, 21.4, 25.0, 28.4, 27.9, 23.7, 18.2, 11.7, 5.4)
WIND_SPEED: Months = (2.3, 3.2, 3.7, 2.8, 2.8, 3.1, 2.4, 2.3, 2.9, 2.5, 2.4, 2.2)
LOWEST_M, HIGHEST_M = -430.0, 8849.0  # above sea: the shore of the Dead Sea, and Everest


class WeatherFile(Section):
    """One weather file, or a typical year where `format` is typical."""

    path: FilePath = Field(default="", description="file below data/raw/CITY; empty for a typical year")
    origin: str = Field(default="", description="where the file is to be had")
    holds: str = Field(default="hourly weather of at least one year", description="what the file should hold")
    format: Literal[
        "epw", "pvgis", "nasa_power", "era5", "csv", "umep", "sam", "nsrdb", "solcast", "solargis", "typical", "fetched"
    ] = Field(default="typical", description="reader")
    name: str = Field(default="", description="weather_id; empty: the file's name without its ending")
    longitude: float | None = Field(
        default=None, ge=-180, le=180, description="degrees east, where the file does not say"
    )
    latitude: float | None = Field(
        default=None, ge=-90, le=90, description="degrees north, where the file does not say"
    )
    altitude_m: float | None = Field(
        default=None, ge=LOWEST_M, le=HIGHEST_M, description="height above sea, where the file does not say"
    )
    utc_offset_hours: float | None = Field(
        default=None,
        ge=-12,
        le=14,
        description="fixed offset of the file's clock from UTC, where the file does not say or errs",
    )
    timezone: str = Field(default="", description="IANA zone of a plain CSV's clock, instead of utc_offset_hours")
    sun_offset_minutes: float | None = Field(
        default=None,
        ge=-60,
        le=120,
        description="where in the interval the sun stands, instead of the format's convention",
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="plain CSV: our name = its column (time, ghi, dni, dhi, temp_air, wind_speed)",
    )
    units: dict[str, str] = Field(
        default_factory=dict,
        description="our name = its unit, where it is not ours: kW/m2, Wh/m2, kWh/m2, kJ/m2, MJ/m2, J/m2 (sums of an "
        "hour), degF, K, km/h, kn, mph",
    )
    time_format: str = Field(default="", description="plain CSV: strptime format of the time column; empty: ISO 8601")
    label: Literal["start", "middle", "end", "instant"] = Field(
        default="start", description="plain CSV: what the time labels; instant where values belong to the very moment"
    )

    @property
    def weather_id(self) -> str:
        """What the point is called."""
        return self.name or Path(self.path).stem or self.format


class Irradiation(Section):
    """Monthly GHI and DHI of one climate: a city that names its own must name both."""

    ghi_kwh_per_m2: Months = assumption(
        GHI_KWH_PER_M2,
        unit="kWh/m2",
        mark="unverified",
        source="judgement: several climates of the delta, weighed, year 1,345 (1,280-1,420), below [tmyx_nanjing] "
        "1,498, whose ERA5 is too sunny",
        about="monthly global horizontal irradiation, local months January to December",
    )
    dhi_kwh_per_m2: Months = assumption(
        DHI_KWH_PER_M2,
        unit="kWh/m2",
        mark="unverified",
        source="judgement: several climates of the delta, weighed, year 745 (670-800), above [tmyx_nanjing] 586",
        about="monthly diffuse horizontal irradiation, local months",
    )

    @model_validator(mode="after")
    def _one_climate(self) -> Irradiation:
        named = self.model_fields_set & {"ghi_kwh_per_m2", "dhi_kwh_per_m2"}
        if len(named) == 1:
            raise ValueError(f"{named.pop()} is given alone; give ghi_kwh_per_m2 and dhi_kwh_per_m2 of one climate")
        return self


class Correction(Irradiation):
    """Monthly reference totals that a reanalysis or TMYx source is brought to."""


class TypicalSettings(Irradiation):
    """The synthetic typical year: monthly climate and the structure of its hours."""

    longitude: float = Field(default=119.45, ge=-180, le=180, description="degrees east of the typical year's place")
    latitude: float = Field(default=32.2, ge=-90, le=90, description="degrees north of the typical year's place")
    altitude_m: float = Field(
        default=10.0, ge=LOWEST_M, le=HIGHEST_M, description="height above sea of the typical year's place [m]"
    )
    seed: int = Field(default=321100, ge=0, description="seed of the random numbers: the same seed gives the same year")
    temp_air: Months = assumption(
        TEMP_AIR,
        unit="degC",
        mark="unverified",
        source="judgement: means of 1991-2020 of the region, +-0.5 K",
        about="monthly mean air temperature",
    )
    wind_speed: Months = assumption(
        WIND_SPEED,
        unit="m/s",
        mark="sourced",
        source="[tmyx_nanjing] 10 m",
        about="monthly mean wind speed at 10 m",
    )
    day_correlation: float = assumption(
        0.45,
        unit="1",
        mark="unverified",
        source="judgement: spells of weather last two to three days",
        about="lag-one correlation of day clearness in the Gaussian copula",
        low=0.2,
        high=0.6,
        ge=0,
        lt=1,
    )
    hour_correlation: float = assumption(
        0.7,
        unit="1",
        mark="unverified",
        source="judgement: clouds of one hour are mostly there in the next",
        about="lag-one correlation of clearness within the day",
        low=0.5,
        high=0.9,
        ge=0,
        lt=1,
    )
    hour_spread: float = assumption(
        0.18,
        unit="1",
        mark="unverified",
        source="judgement: hours of a half-clear day differ by a fifth",
        about="standard deviation of hourly clearness about its day at half-clear sky; none under clear or closed sky",
        low=0.05,
        high=0.25,
        ge=0,
        le=0.4,
    )
    diurnal_range_clear_k: float = assumption(
        11.0,
        unit="K",
        mark="unverified",
        source="judgement: the Yangtze delta under clear sky",
        about="daily temperature range under clear sky",
        low=9,
        high=14,
        ge=0,
    )
    diurnal_range_overcast_k: float = assumption(
        4.0,
        unit="K",
        mark="unverified",
        source="judgement: the Yangtze delta under closed sky",
        about="daily temperature range under closed sky",
        low=2,
        high=6,
        ge=0,
    )
    day_temperature_spread_k: float = assumption(
        2.8,
        unit="K",
        mark="unverified",
        source="judgement: fronts and warm spells of the delta",
        about="standard deviation of daily mean temperature about its season",
        low=2,
        high=4,
        ge=0,
    )
    weibull_shape: float = assumption(
        2.0,
        unit="1",
        mark="choice",
        source="judgement: Rayleigh, the usual default of wind statistics",
        about="shape of hourly wind speeds",
        low=1.6,
        high=2.4,
        gt=0.5,
    )
    year_spread: float = assumption(
        0.04,
        unit="1",
        mark="unverified",
        source="judgement: yearly sums of eastern China differ by 3-5 %",
        about="standard deviation of yearly irradiation from year to year, relative",
        low=0.03,
        high=0.05,
        ge=0,
        le=0.1,
    )
    years: int = Field(default=20, ge=2, le=60, description="synthetic years where several weather years are asked for")


class WeatherSettings(Section):
    """One or several weather points, how a site chooses among them, and what is mended."""

    points: tuple[WeatherFile, ...] = Field(
        default=(), description="weather files of the city; without one nothing is run"
    )
    several_years: bool = Field(
        default=False,
        description="also simulate every year the files hold (a typical year: synthetic ones), for the risk",
    )
    interpolation: Literal["nearest", "bilinear"] = Field(
        default="nearest",
        description="nearest point per site, or a bilinear blend of the yields of four points on a grid",
    )
    nominal_year: int = Field(
        default=2023, ge=1990, le=2100, description="calendar year, not a leap year, a typical year is stamped with"
    )
    max_gap_hours: int = assumption(
        3,
        unit="h",
        mark="choice",
        source="judgement: three hours of a day still have a shape; longer gaps are refused",
        about="longest gap that is interpolated and counted",
        ge=0,
        le=24,
    )
    sun_tolerance_minutes: float = assumption(
        15.0,
        unit="min",
        mark="choice",
        source="judgement: closure finds the sun to a minute or two, symmetry of the days to six",
        about="difference between a format's convention and the sun that is called out",
        gt=0,
    )
    clear_sky_excess: float = assumption(
        0.02,
        unit="1",
        mark="choice",
        source="judgement: a clear sky is modelled to some 2 %; [ineichen2002]",
        about="by how much direct irradiance may exceed Ineichen's clear sky after correction and in typical years",
        ge=0,
    )
    least_hour_share: float = assumption(
        0.75,
        unit="1",
        mark="choice",
        source="judgement: the mean of less than three quarters of an hour is not that of the hour",
        about="share of its steps above which an hour of shorter steps counts as whole",
        gt=0,
        le=1,
    )
    max_distance_km: float = assumption(
        100.0,
        unit="km",
        mark="choice",
        source="judgement: yearly irradiation changes by several percent over 100 km",
        about="distance between a site and its weather that is called out",
        gt=0,
    )
    climate_radius_km: float = assumption(
        200.0,
        unit="km",
        mark="choice",
        source="judgement: over 200 km of the Yangtze's plain monthly means differ by less than they are known",
        about="distance from the default climate's place within which its monthly totals are taken without a word",
        gt=0,
    )
    default_wind_speed: float = assumption(
        1.0,
        unit="m/s",
        mark="unverified",
        source="judgement: a light breeze, little cooling",
        about="wind speed where a file has none at all",
        low=0.5,
        high=2.5,
        ge=0,
    )
    correction: Correction | None = Field(default=None, description="monthly bias correction; absent: none")
    typical: TypicalSettings = TypicalSettings()

    @field_validator("points")
    @classmethod
    def _each_by_a_name(cls, points: tuple[WeatherFile, ...]) -> tuple[WeatherFile, ...]:
        names = Counter(one.weather_id for one in points)
        if repeated := [name for name, n in names.items() if n > 1]:
            raise ValueError(f"two points are called {min(repeated)!r}; give each a name")
        return points

    @field_validator("nominal_year")
    @classmethod
    def _no_leap_year(cls, year: int) -> int:
        if calendar.isleap(year):
            raise ValueError("choose a year of 365 days, for example 2023")
        return year

    @property
    def files(self) -> tuple[WeatherFile, ...]:
        """What is read: the points, or the typical year where none is named (a run without weather is refused)."""
        return self.points or (WeatherFile(format="typical"),)
