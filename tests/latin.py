"""Latin words that Chinese texts may hold: units, names of standards and programs, people, proper names."""

from __future__ import annotations

import re

UNITS = """
kW kWp MW MWp Wp W kWh MWh GWh GW m m2 m3 km ha K s min t kgce degC CO2 AC DC h P50 P75 P90 IRR NPV
"""
NAMES = """
GB T DL ERA5 TMYx PVsyst pvlib python PVWatts Perez Hay Davies Erbs Ineichen OpenStreetMap WorldCover run.json PyPSA WAM
"""
ALLOWED = {*UNITS.split(), *NAMES.split()}


def latin(text: str) -> list[str]:
    """Latin words of a Chinese text that are neither units nor names."""
    return [word for word in re.findall(r"[A-Za-z][A-Za-z0-9.]*", text) if word.rstrip(".") not in ALLOWED]
