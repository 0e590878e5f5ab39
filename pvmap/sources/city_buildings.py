"""Buildings of a city model as a layer: outline on the ground, height, and the attributes the model keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.errors import InputError
from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.settings.city import VectorInput
from pvmap.sources import citygml, cityjson
from pvmap.sources.city_model import (
    METRE,
    Face,
    crs_of_name,
    eastings_first,
    flat,
    footprint,
    height_m,
    height_unit,
    is_height,
    with_heights_in_metres,
)
from pvmap.sources.layer import RawLayer, wanted_columns
from pvmap.sources.where import rows_where

APART, APART_M = 2.0, 3.0  # judgement: chimneys and slopes make a storey's difference, no other unit so little
OWN = ("id", "height_m")  # columns of our name: the building's id, its height as measured or as it is drawn


def is_city_model(path: Path) -> bool:
    """Whether a file is CityGML or CityJSON."""
    return path.is_file() and (citygml.is_citygml(path) or cityjson.is_cityjson(path))


def read_buildings(path: Path, source: VectorInput) -> RawLayer:
    """Read the buildings of a city model; parts belong to their building, which has the height of the highest.

    Raises
    ------
    InputError
        The file is no such model, holds no building, or declares no CRS.
    """
    gml = citygml.is_citygml(path)
    model = citygml.read_city_model(path) if gml else cityjson.read_city_model(path)
    by_building: dict[str, list[Face]] = {}
    unit = METRE
    if model.faces:
        name = source.crs or model.crs_name
        stated = crs_of_name(name, source.path, "inputs.buildings")
        crs, unit = flat(stated), height_unit(name, stated)
        for face in with_heights_in_metres(eastings_first(model.faces, crs), unit):
            by_building.setdefault(face.building, []).append(face)
    if not by_building:
        raise InputError(
            f"{source.path} is {'CityGML' if gml else 'CityJSON'} without any building that has a shape; give other "
            "footprints as inputs.buildings; roof planes of LoD2 go to inputs.roofs_cityjson."
        )
    told = [model.attributes.get(identifier, {}) for identifier in by_building]
    frame = pd.DataFrame(told, dtype="str").fillna("")
    frame["id"] = list(by_building)
    measured = frame["measuredHeight"] if "measuredHeight" in frame else pd.Series("", index=frame.index)
    drawn = np.array([height_m(faces) for faces in by_building.values()])
    frame["height_m"] = [height_m(faces, told) for faces, told in zip(by_building.values(), measured, strict=True)]
    geometry = np.array([footprint(faces, crs) for faces in by_building.values()], object)
    present = [str(column) for column in frame.columns]
    wanted = wanted_columns(source, present)
    row = rows_where(source, frame, geometry)
    kept = list(dict.fromkeys([*OWN, *wanted.values()]))
    found = [
        *_doubt_heights(measured.to_numpy(object)[row], frame["height_m"].to_numpy(float)[row], drawn[row], row, source)
    ]
    if unit.metres != METRE.metres:
        found.append(finding("heights-converted", layer=source.path, unit=unit.name))
    return RawLayer(geometry[row], frame[kept].iloc[row], row, crs, tuple(found), own=OWN, names=wanted)


def _doubt_heights(
    told: np.ndarray, taken_m: np.ndarray, drawn_m: np.ndarray, row: np.ndarray, source: VectorInput
) -> Iterator[Finding]:
    """Tell heights that a model states and draws otherwise: a number for nothing, or another unit."""
    ratio = taken_m / drawn_m
    with np.errstate(invalid="ignore"):
        apart = np.isfinite(ratio) & ((ratio > APART) | (ratio < 1.0 / APART)) & (np.abs(taken_m - drawn_m) > APART_M)
    passed_over = (told != "") & np.array([not is_height(one) for one in told], bool)
    bad = apart | passed_over
    if bad.any():
        at = int(np.argmax(bad))
        yield finding(
            "model-heights-disagree", layer=source.path, column="measuredHeight", count=int(bad.sum()), total=len(row),
            rows=row[bad][:EXAMPLES], value=str(told[at])[:40], drawn_m=float(drawn_m[at]), taken_m=float(taken_m[at]),
        )  # fmt: skip
