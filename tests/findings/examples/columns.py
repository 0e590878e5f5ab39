"""Examples of `pvmap/findings/catalogue/columns.py`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from findings.examples import example
from findings.examples.files import layer
from findings.examples.village import BUILDINGS, CRS, EAST, NORTH, check, put, rows

from pvmap.findings import Finding


def heights(folder: Path, values: list, column: str = "h", **more: list) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(len(values), **{column: values}, **more))
    return layer(folder, "b.geojson", columns={"height_m": column} | ({"floors": "storeys"} if more else {}))


@example("values-read-from-text")
def heights_with_units(folder: Path, faulty: bool) -> Iterable[Finding]:
    return heights(folder, ["8.5 米" if faulty else "8.5", "9"])


@example("zeros-are-missing")
def zeros_for_nothing(folder: Path, faulty: bool) -> Iterable[Finding]:
    return heights(folder, [8.5, 0.0 if faulty else 9.0])


@example("values-sentinel")
def a_byte_full_of_ones(folder: Path, faulty: bool) -> Iterable[Finding]:
    return heights(folder, [8.5, 9.5, 255.0 if faulty else 12.5])


@example("heights-look-like-storeys")
def storeys_in_metres(folder: Path, faulty: bool) -> Iterable[Finding]:
    return heights(folder, [1, 2, 3, 4, 6] * 5 if faulty else [3.2, 6.4, 9, 12, 18] * 5)


@example("heights-in-feet")
def feet_by_name(folder: Path, faulty: bool) -> Iterable[Finding]:
    return heights(folder, [30.5, 40.0], "ft_of_roof" if faulty else "height_m")


@example("storeys-look-like-metres")
def metres_in_storeys(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(3, storeys=[8.7, 9.3, 12.1] if faulty else [3, 3, 4]))
    return layer(folder, "b.geojson", columns={"floors": "storeys"})


@example("heights-and-storeys-disagree")
def a_tower_of_one_storey(folder: Path, faulty: bool) -> Iterable[Finding]:
    return heights(folder, [8.5, 60.0], storeys=[3, 1 if faulty else 20])


@example("heights-assumed")
def no_heights(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    return check(folder, BUILDINGS.replace(', height_m = "h"', "") if faulty else BUILDINGS)


@example("heights-of-neighbours")
def a_height_is_missing_in_a_street_of_towers(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(40, h=[50.0] * 39 + [None if faulty else 50.0]))
    return check(folder, BUILDINGS)


@example("heights-assumed-few")
def a_single_height_is_missing(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(12, h=[8.5] * 11 + [None if faulty else 9.0]))
    return check(folder, BUILDINGS)


@example("heights-missing")
def no_heights_and_none_assumed(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2, h=[8.5, None if faulty else 9.0]))
    return check(folder, BUILDINGS + "[rooftop]\nassume_heights = false\n")


@example("values-converted")
def centimetres_by_title(folder: Path, faulty: bool) -> Iterable[Finding]:
    return heights(folder, [850, 920] if faulty else [8.5, 9.2], "height_cm" if faulty else "height_m")


@example("values-stand-out")
def a_lost_decimal_point(folder: Path, faulty: bool) -> Iterable[Finding]:
    return heights(folder, [8.5, 21.5, 325.0 if faulty else 32.5])


@example("heights-too-high")
def roofs_above_the_sea(folder: Path, faulty: bool) -> Iterable[Finding]:
    return heights(folder, [h + 310.0 * faulty for h in (4.5, 6.2, 9.1, 17.8, 33.3)] * 4)


@example("heights-too-low")
def a_tenth_for_nothing(folder: Path, faulty: bool) -> Iterable[Finding]:
    return heights(folder, [8.5, 9.5, 0.1 if faulty else 2.4])


@example("heights-alike")
def a_default_for_all(folder: Path, faulty: bool) -> Iterable[Finding]:
    return heights(folder, [6.0 + 0.3 * k * (not faulty) for k in range(12)])


@example("heights-in-whole-metres")
def perhaps_storeys(folder: Path, faulty: bool) -> Iterable[Finding]:
    return heights(folder, [3, 4, 5, 6, 6, 11] * 3 if faulty else [3.2, 4.1, 5.5, 6, 6.1, 11] * 3)


@example("model-heights-disagree")
def a_model_in_feet(folder: Path, faulty: bool) -> Iterable[Finding]:
    faces = {"type": "MultiSurface", "lod": "1", "boundaries": [[[0, 1, 2]], [[3, 4, 5]]]}
    hall = {"type": "Building", "geometry": [faces], "attributes": {"measuredHeight": 29.5 if faulty else 9.0}}
    corners = [[EAST + x, NORTH + y, z] for z in (5.0, 14.0) for x, y in ((0, 0), (40, 0), (0, 30))]
    model = {"type": "CityJSON", "version": "1.1", "CityObjects": {"hall": hall}, "vertices": corners}
    (folder / "b.city.json").write_text(json.dumps(model))
    return layer(folder, "b.city.json", crs=f"EPSG:{CRS}")


@example("columns-left-unmapped")
def a_city_file_that_names_no_storeys(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(3, **{"建筑_层数" if faulty else "邻居": [2, 3, 4]}))
    return check(folder, BUILDINGS)
