"""Buildings of a city model as a layer: outline on the ground, height, and the attributes the model keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.errors import InputError
from pvmap.settings.city import VectorInput
from pvmap.sources import citygml, cityjson
from pvmap.sources.city_model import Face, crs_of_name, eastings_first, flat, footprint, height_m
from pvmap.sources.layer import RawLayer, wanted_columns
from pvmap.sources.where import rows_where

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
    if model.faces:
        crs = flat(crs_of_name(source.crs or model.crs_name, source.path, "inputs.buildings"))
        for face in eastings_first(model.faces, crs):
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
    frame["height_m"] = [height_m(faces, told) for faces, told in zip(by_building.values(), measured, strict=True)]
    geometry = np.array([footprint(faces, crs) for faces in by_building.values()], object)
    present = [str(column) for column in frame.columns]
    wanted = wanted_columns(source, present)
    row = rows_where(source, frame, geometry)
    kept = list(dict.fromkeys([*OWN, *wanted.values()]))
    return RawLayer(geometry[row], frame[kept].iloc[row], row, crs, own=OWN, names=wanted)
