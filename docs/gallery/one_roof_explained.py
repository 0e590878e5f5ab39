"""One roof explained: what pvmap says of it, and the same roof under an open sky, hour by hour."""

import pandas as pd

import pvmap
from pvmap import energy

run = pvmap.run_city("demo")
roofs = run.appraisal.query("site_type == 'rooftop'")
roof = roofs.loc[roofs["capacity_kwp"].idxmax()]
print(run.explain(roof["site_id"]))

# The roof's largest surface under the weather of the run, with nothing in the way but its own rows.
surface = run.surfaces.query("site_id == @roof.site_id").nlargest(1, "capacity_limit_kwp").iloc[0]
point = run.about["weather"][0]
weather = run.weather.query("weather_id == @point['weather_id']").set_index("time")
station = energy.Station(
    weather, point["longitude"], point["latitude"], point["altitude_m"], point["sun_offset_minutes"]
)
fields = ["surface_tilt", "surface_azimuth", "mounting", "gcr", "albedo", "row_length_m", "edge_height_m"]
open_sky = energy.Surface(**surface[fields].to_dict())
hours = energy.simulate_surface(station, open_sky, run.settings.energy, utc_offset_hours=8.0)

monthly = hours[["poa_global", "ac"]].groupby(hours.index.month).sum()
print(pd.DataFrame({"kWh/m2": monthly["poa_global"] / 1e3, "kWh/kWp": monthly["ac"]}).round(1))
stored = run.yields.set_index("surface_id").loc[surface["surface_id"], "specific_yield_kwh_per_kwp"]
print(f"Open sky {hours['ac'].sum():,.0f} kWh/kWp, among its neighbours {stored:,.0f} kWh/kWp")
