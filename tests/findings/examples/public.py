"""Examples of the topic public."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import shapely
from findings.examples import example

from pvmap.findings import Finding
from pvmap.settings.city import VectorInput
from pvmap.sources.files import open_layer


def _overture(folder: Path, **columns: list) -> Iterable[Finding]:
    shapes = gpd.GeoDataFrame({"id": ["a"], **columns}, geometry=[shapely.box(119.4, 32.2, 119.401, 32.201)], crs=4326)
    shapes.to_parquet(folder / "buildings.parquet")
    return open_layer(VectorInput.model_validate({"path": "buildings.parquet", "preset": "overture"}), folder)[
        0
    ].findings


@example("set-terms")
def set_terms(folder: Path, faulty: bool) -> Iterable[Finding]:
    return _overture(folder, height=[9.0], num_floors=[3], **{"class": ["house"]}) if faulty else ()


@example("set-columns-absent")
def set_columns_absent(folder: Path, faulty: bool) -> Iterable[Finding]:
    more = {} if faulty else {"height": [9.0], "num_floors": [3], "class": ["house"]}
    return _overture(folder, **more)
