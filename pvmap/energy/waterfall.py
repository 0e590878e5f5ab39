"""How the light of a year becomes energy, loss by loss, for one surface: what ``pvmap explain`` prints."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from pvmap.energy.chain import Surface, inverter, plane_of_array, simulate_surface
from pvmap.energy.losses import mounting_parameters
from pvmap.energy.sky import WeatherPoint
from pvmap.settings.energy import EnergySettings


def explain_losses(
    point: WeatherPoint, surface: Surface, settings: EnergySettings, utc_offset_hours: float = 0.0
) -> pd.DataFrame:
    """List how the light of a year becomes its energy, step by step.

    Returns
    -------
    DataFrame
        Index ``step``; ``left`` after the step and ``change`` by the step [kWh/kWp, which is kWh/m2 for light], and
        ``share`` of what the step met. The last row is the first year's specific yield.
    """
    mounting = mounting_parameters(surface.mounting, settings)
    hours = point.interval_minutes / 60
    bare = replace(surface, sky_view_factor=1.0, horizon_band_share=1.0, sunlit=None)
    no_rows = replace(surface, rows_shade=False)
    shaded = simulate_surface(point, surface, settings, utc_offset_hours)

    def total(light: pd.DataFrame) -> float:
        return float(light["poa_global"].sum()) * hours / 1000

    left: list[tuple[str, float]] = [
        ("open-sky light", total(plane_of_array(point, replace(bare, rows_shade=False), settings))),
        ("terrain and neighbours", total(plane_of_array(point, no_rows, settings))),
        ("rows", total(shaded)),
    ]
    if mounting.bifacial:
        left.append(("rear", left[-1][1] + float(shaded["poa_rear"].sum()) * hours / 1000))
    linear = settings.model_copy(update={"electrical_shade": "linear"})
    entering = simulate_surface(point, surface, linear, utc_offset_hours)["effective_irradiance"]
    left.append(("reflection", float(entering.sum()) * hours / 1000))
    if settings.electrical_shade != "linear":
        left.append(("blocks in the shade", float(shaded["effective_irradiance"].sum()) * hours / 1000))
    cells = shaded["dc"] / mounting.dc_factor(surface.soiling)
    left.append(("temperature", float(cells.sum()) * hours))
    for name, share in mounting.dc_losses.items():
        share = surface.soiling if name == "soiling" and surface.soiling is not None else share
        left.append((name, left[-1][1] * (1 - share)))
    dc = shaded["dc"].to_numpy()
    left.append(("inverter", float(inverter(dc, mounting, settings, clip=False).sum()) * hours))
    left.append(("clipping", float(inverter(dc, mounting, settings).sum()) * hours))
    for name, share in mounting.ac_losses.items():
        left.append((name, left[-1][1] * (1 - share)))
    left.append(("first year", left[-1][1] * settings.first_year_factor))
    table = pd.DataFrame(left, columns=["step", "left"]).set_index("step")
    table["change"] = table["left"].diff()
    table["share"] = table["change"] / table["left"].shift()
    return table
