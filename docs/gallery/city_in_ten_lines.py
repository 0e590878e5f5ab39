"""A city in ten lines: run it, sum its districts, name its cheapest sites, save its map."""

import pvmap

run = pvmap.run_city("demo")
print(run.totals.round(1))

sums = run.appraisal.groupby(["district", "site_type"])[["capacity_kwp", "energy_kwh"]].sum()
print((sums / [1e3, 1e6]).round(1).set_axis(["MWp", "GWh a year"], axis=1))

unit = run.appraisal.attrs["units"]["lcoe_cny_per_kwh"]
cheapest = run.appraisal.nsmallest(5, "lcoe_cny_per_kwh").set_index("site_id")["lcoe_cny_per_kwh"]
print(f"Cheapest sites, {unit}:", cheapest.round(3).to_dict())

run.map().save("city.html")
