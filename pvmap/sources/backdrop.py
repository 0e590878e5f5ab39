"""Waters and roads that are only drawn: no number depends on them."""

from __future__ import annotations

from pathlib import Path

from pyproj import CRS

from pvmap.settings.city import BackdropInput
from pvmap.sources.vector import VectorLayer, read_vector


def read_backdrop(source: BackdropInput, raw: Path, crs: CRS) -> VectorLayer:
    """Read one layer of waters or roads, which may be areas or lines; parameters and errors as in `read_vector`."""
    return read_vector(source, raw, crs, kinds=("Polygon", "LineString"))
