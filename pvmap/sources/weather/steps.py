"""Steps shorter than an hour become hours, where enough of them are there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pvmap.errors import WeatherError
from pvmap.findings import Finding, finding
from pvmap.sources.weather.reading import times_of


def to_hours(
    path: Path, data: pd.DataFrame, label: str, local: pd.Timedelta, least_share: float
) -> tuple[pd.DataFrame, float, tuple[Finding, ...]]:
    """Make hours of steps: labels at the starts of local hours, means of the steps.

    Parameters
    ----------
    path
        The file, for messages.
    data
        Rows in order of their UTC time.
    label
        What the times label: start, middle, end, or instant.
    local
        Local standard time minus UTC, so that half hours fall into the local hour.
    least_share
        Share of its steps that an hour needs. [1]

    Returns
    -------
    tuple of DataFrame, float and tuple of Finding
        Hours; where in them the sun stands [min]; hours that hold too little and are missing.

    Raises
    ------
    WeatherError
        For repeated times and steps that do not divide an hour.
    """
    if len(data) < 2:
        raise WeatherError(f"{path}: holds {len(data)} rows; a year has 8760 hours.")
    if data.index.has_duplicates:
        first = data.index[data.index.duplicated()][0]
        raise WeatherError(f"{path}: {first:%Y-%m-%d %H:%M} UTC is there twice; keep one row for each time.")
    step = float(pd.Series(data.index).diff().abs().mode().iloc[0] / pd.Timedelta(minutes=1))
    if step > 60 or 60 % step:
        raise WeatherError(f"{path}: rows are {step:g} minutes apart; give hourly rows or steps that divide an hour.")
    back = {"start": 0.0, "instant": 0.0, "middle": step / 2, "end": step}[label]
    data = data.set_axis(times_of(data) - pd.Timedelta(minutes=back))
    if step == 60:
        return data, 0.0 if label == "instant" else 30.0, ()
    hours = data.groupby((times_of(data) + local).floor("h") - local)
    enough = hours.count() >= least_share * 60 / step
    thin = (hours.count() > 0) & ~enough
    told = tuple(
        finding(
            "weather-hours-thin",
            layer=path.name,
            column=str(column),
            count=int(thin[column].sum()),
            total=len(thin),
            share_percent=f"{100 * least_share:.0f}",
        )
        for column in thin
        if thin[column].any()
    )
    return hours.mean().where(enough), (60.0 - step) / 2 if label == "instant" else 30.0, told
