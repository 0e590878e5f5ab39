"""Your own layer on the map: townships to visit first, and a substation, beside everything pvmap draws."""

import folium

import pvmap

run = pvmap.run_city("demo")
districts = run.zones.query("level == 'district' and site_type == 'rooftop' and zone_id != ''").to_crs(4326)
first = districts.nlargest(1, "capacity_kwp")

city = run.map()
outline = folium.FeatureGroup(name="先踏勘的区县 / visit first")
folium.GeoJson(
    first[["zone_id", "capacity_kwp", "geometry"]].to_json(),
    style_function=lambda _: {"color": "#DDAA33", "weight": 4, "fill": False},
).add_to(outline)
outline.add_to(city)

place = first.geometry.iloc[0].representative_point()
substation = folium.FeatureGroup(name="变电站 / substation")
folium.CircleMarker((place.y, place.x), radius=8, color="#BB5566", tooltip="110 kV").add_to(substation)
substation.add_to(city)

city.save("own_layer.html")  # in a notebook, the name `city` alone shows it
